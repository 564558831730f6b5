"""The graph model in Neo4j and the Cypher that writes it: everything here is made from the schema alone.

A node is `(:Entity:Model {graph, id, name, ...})`: `Entity` is on all nodes, the other label is its type, `graph`
names the graph it belongs to. A relationship has the type of the edge, `graph`, `id` and the edge's attributes; its
evidence is in lists side by side, best sentence first. `kg_hash` tells whether a row changed, `kg_run` which load
wrote it last. `(:KgGraph {name})` stands for each graph that was loaded.

Values reach the server as parameters only. The statements take rows as lists, in the order of `Table.columns`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.errors import SchemaError
from kg.records import EdgeEvidence
from kg.schema import Schema

NODE = "Entity"
GRAPH = "KgGraph"
FULL_TEXT = "kg_names"

EVIDENCE: Mapping[str, tuple[str, Callable[[EdgeEvidence], Any]]] = {
    "evidence": ("string", lambda e: e.sentence),
    "evidence_sources": ("string", lambda e: f"{e.file}:{e.line}"),
    "evidence_sections": ("string", lambda e: e.section),
    "evidence_cues": ("string", lambda e: e.cue),
    "evidence_scores": ("number", lambda e: float(e.score)),
    "evidence_starts": ("integer", lambda e: e.start),
    "evidence_ends": ("integer", lambda e: e.end),
}
"""Properties of a relationship that tell its evidence, one item of each list a sentence: type of the items, value."""

# Takes the lock on the graph's node before it looks whose lease it is: one batch at a time, of the load that holds it.
FENCE = (
    f"MATCH (g:{GRAPH} {{name: $graph}}) SET g.lease = g.lease WITH g WHERE g.run = $run "
    "SET g.lease = datetime.realtime().epochMillis + $milliseconds WITH g"
)

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# What a query starts from. Other names and the Chinese ones are for the full-text index.
_LOOKED_UP = ("id", "name", "date", "arxiv_id")
# The aliases of an entity have both its names among them.
_SEARCHED = ("name", "title_zh", "aliases")


@dataclass(frozen=True, slots=True)
class Table:
    """One label or relationship type: the properties its rows have, and the statements about it."""

    type: str
    properties: tuple[str, ...]
    write: str
    state: str
    count: str
    delete: str


@dataclass(frozen=True, slots=True)
class Model:
    """Statements for all types of a schema.

    Loading needs the constraints; it goes faster without the indexes, which the server makes of what is there.
    """

    constraints: tuple[str, ...]
    indexes: tuple[str, ...]
    nodes: Mapping[str, Table]
    edges: Mapping[str, Table]


def model(schema: Schema) -> Model:
    """Make the model of a schema.

    Raises
    ------
    SchemaError
        A name in the schema is none that Cypher takes without quotes.
    """
    nodes = {name: ("name", *kind.attributes) for name, kind in schema.nodes.items()}
    edges = {name: (*kind.attributes, *EVIDENCE) for name, kind in schema.edges.items()}
    for name in {*nodes, *edges, *(p for names in (*nodes.values(), *edges.values()) for p in names)}:
        if not _IDENTIFIER.fullmatch(name):
            raise SchemaError(f"{name!r} in the schema is no name for Neo4j: use letters, digits and underscores.")
    return Model(
        (
            f"CREATE CONSTRAINT kg_node IF NOT EXISTS FOR (n:{NODE}) REQUIRE (n.graph, n.id) IS UNIQUE",
            f"CREATE CONSTRAINT kg_graph IF NOT EXISTS FOR (g:{GRAPH}) REQUIRE g.name IS UNIQUE",
        ),
        tuple(_indexes(nodes)),
        {name: _node_table(name, properties, nodes) for name, properties in nodes.items()},
        {name: _edge_table(name, properties) for name, properties in edges.items()},
    )


def _indexes(nodes: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for label, properties in nodes.items():
        for name in (p for p in _LOOKED_UP if p in ("id", *properties)):
            yield f"CREATE INDEX kg_{label.lower()}_{name} IF NOT EXISTS FOR (n:{label}) ON (n.{name})"
    searched = ", ".join(f"n.{p}" for p in _SEARCHED if any(p in properties for properties in nodes.values()))
    # cjk: pairs of Chinese characters, and words of Latin text.
    yield (
        f"CREATE FULLTEXT INDEX {FULL_TEXT} IF NOT EXISTS FOR (n:{NODE}) ON EACH [{searched}] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
    )


def _assignments(properties: tuple[str, ...], start: int) -> str:
    # A map with every property of the type: what a row lacks is null, and null removes; other properties stay.
    fixed = f"kg_hash: row[{start}], kg_run: $run"
    return ", ".join([fixed, *(f"{name}: row[{start + 1 + i}]" for i, name in enumerate(properties))])


def _state(name: str) -> str:
    # Lists, since a record for each row takes the driver several times as long.
    return f"RETURN right({name}.id, 2) AS part, collect({name}.id) AS ids, collect({name}.kg_hash) AS digests"


def _node_table(label: str, properties: tuple[str, ...], nodes: Mapping[str, tuple[str, ...]]) -> Table:
    others = "".join(f":{other}" for other in nodes if other != label)
    mine = f"MATCH (n:{NODE}:{label}) WHERE n.graph = $graph AND n.kg_hash IS NOT NULL"
    return Table(
        label,
        properties,
        write=(
            f"{FENCE} UNWIND $rows AS row MERGE (n:{NODE} {{graph: $graph, id: row[0]}}) "
            f"SET n:{label}, n += {{{_assignments(properties, 1)}}} REMOVE n{others} RETURN count(n) AS written"
        ),
        state=f"{mine} {_state('n')}",
        count=f"{mine} RETURN count(n) AS count",
        # What hangs on relationships that kg did not write stays.
        delete=(
            f"{FENCE} UNWIND $ids AS id MATCH (n:{NODE} {{graph: $graph, id: id}}) "
            "WHERE n.kg_hash IS NOT NULL AND NOT (n)--() DELETE n RETURN count(n) AS deleted"
        ),
    )


def _edge_table(name: str, properties: tuple[str, ...]) -> Table:
    mine = f"MATCH ()-[r:{name}]->() WHERE r.graph = $graph AND r.kg_hash IS NOT NULL"
    return Table(
        name,
        properties,
        write=(
            f"{FENCE} UNWIND $rows AS row MATCH (s:{NODE} {{graph: $graph, id: row[1]}}) "
            f"MATCH (t:{NODE} {{graph: $graph, id: row[2]}}) MERGE (s)-[r:{name} {{graph: $graph, id: row[0]}}]->(t) "
            f"SET r += {{{_assignments(properties, 3)}}} RETURN count(r) AS written"
        ),
        state=f"{mine} {_state('r')}",
        count=f"{mine} RETURN count(r) AS count",
        delete=f"{FENCE} {mine} AND r.id IN $ids DELETE r RETURN count(r) AS deleted",
    )
