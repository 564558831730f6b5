"""Neo4j: a running server made equal to the graph. Start reading in `load`."""

from kg.export.neo4j.export import export

__all__ = ["export"]
