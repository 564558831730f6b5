"""What the tests of Neo4j share: queries of their own, a graph in memory, nodes and edges in one line."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from neo4j import GraphDatabase

from kg.export.neo4j.server import Server
from kg.export.neo4j.values import identifier
from kg.records import Edge, EdgeEvidence, Node


def edge_id(source: str, edge_type: str, target: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of an edge's identity."""
    return hashlib.sha256("\x1f".join((source, edge_type, target)).encode()).hexdigest()[:16]


class Database:
    """Queries for tests, beside the code that is tested."""

    def __init__(self, process) -> None:
        self.process = process
        self.server = Server(process.uri, "neo4j", process.password, "neo4j")

    def query(self, cypher: str, **parameters: Any) -> list[list[Any]]:
        auth = (self.server.username, self.server.password)
        with GraphDatabase.driver(self.server.uri, auth=auth, notifications_min_severity="OFF") as driver:
            return [r.values() for r in driver.execute_query(cypher, parameters, database_="neo4j").records]

    def value(self, cypher: str, **parameters: Any) -> Any:
        return self.query(cypher, **parameters)[0][0]

    def plan(self, cypher: str, **parameters: Any) -> list[str]:
        """The operators of a statement's plan."""

        def operators(plan: dict[str, Any]) -> Iterator[str]:
            yield plan["operatorType"].partition("@")[0].partition("(")[0]
            for child in plan.get("children", ()):
                yield from operators(child)

        auth = (self.server.username, self.server.password)
        with GraphDatabase.driver(self.server.uri, auth=auth, notifications_min_severity="OFF") as driver:
            done = driver.execute_query(f"EXPLAIN {cypher}", parameters, database_="neo4j")
            return list(operators(done.summary.plan))

    def content(self) -> list[Any]:
        """All that is in the database, so that two moments can be compared."""
        nodes = self.query("MATCH (n) RETURN elementId(n), labels(n), properties(n)")
        edges = self.query("MATCH (a)-[r]->(b) RETURN elementId(r), elementId(a), type(r), elementId(b), properties(r)")
        return sorted(repr(x) for x in nodes + edges)


@dataclass(frozen=True)
class Small:
    """A graph in memory."""

    all_nodes: tuple[Node, ...]
    all_edges: tuple[Edge, ...]
    manifest: dict[str, Any] = field(default_factory=dict)

    def nodes(self) -> Iterator[Node]:
        return iter(sorted(self.all_nodes, key=lambda n: n.id))

    def edges(self, evidence: bool = True) -> Iterator[Edge]:
        return iter(sorted(self.all_edges, key=lambda e: e.id))

    def without(self, *ids: str) -> "Small":
        return Small(
            tuple(n for n in self.all_nodes if n.id not in ids),
            tuple(e for e in self.all_edges if not {e.source, e.target} & set(ids)),
        )

    def with_node(self, node: Node) -> "Small":
        return replace(self, all_nodes=(*(n for n in self.all_nodes if n.id != node.id), node))

    def with_edge(self, edge: Edge) -> "Small":
        return replace(self, all_edges=(*(e for e in self.all_edges if e.id != edge.id), edge))


def entity(node_id: str, node_type: str, name: str, **attributes: Any) -> Node:
    seen = {"paper_count": 1, "first_seen": "2023-02-10", "last_seen": "2024-01-24"}
    return Node(node_id, node_type, name, {"aliases": [name], **seen, **attributes})


def edge(source: str, edge_type: str, target: str, *sentences: str, **attributes: Any) -> Edge:
    proofs = tuple(
        EdgeEvidence(s, 2, 6, "方法", line, "lexicon", 0.9, "2024-01-24.md") for line, s in enumerate(sentences, 7)
    )
    common = {"confidence": 0.9, "count": len(proofs), "first_seen": "2023-02-10", "last_seen": "2023-02-10"}
    return Edge(
        edge_id(source, edge_type, identifier(target)), source, target, edge_type, {**common, **attributes}, proofs
    )
