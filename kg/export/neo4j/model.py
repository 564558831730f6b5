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

EVIDENCE: Mapping[str, Callable[[EdgeEvidence], Any]] = {
    "evidence": lambda e: e.sentence,
    "evidence_sources": lambda e: f"{e.file}:{e.line}",
    "evidence_sections": lambda e: e.section,
    "evidence_cues": lambda e: e.cue,
    "evidence_scores": lambda e: float(e.score),
    "evidence_starts": lambda e: e.start,
    "evidence_ends": lambda e: e.end,
}
"""Properties of a relationship that tell its evidence, one item of each list a sentence."""

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LOOKED_UP = ("name", "name_en", "name_zh", "date", "arxiv_id")
_SEARCHED = ("name", "name_en", "name_zh", "title_zh", "aliases")


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
    """Statements for all types of a schema."""

    constraints: tuple[str, ...]
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
        tuple(constraints(nodes)),
        {name: _node_table(name, properties, nodes) for name, properties in nodes.items()},
        {name: _edge_table(name, properties) for name, properties in edges.items()},
    )


def constraints(nodes: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield statements that make constraints and indexes, unless they are there."""
    yield f"CREATE CONSTRAINT kg_node IF NOT EXISTS FOR (n:{NODE}) REQUIRE (n.graph, n.id) IS UNIQUE"
    yield f"CREATE CONSTRAINT kg_graph IF NOT EXISTS FOR (g:{GRAPH}) REQUIRE g.name IS UNIQUE"
    for label, properties in nodes.items():
        for name in (p for p in _LOOKED_UP if p in properties):
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


def _node_table(label: str, properties: tuple[str, ...], nodes: Mapping[str, tuple[str, ...]]) -> Table:
    others = "".join(f":{other}" for other in nodes if other != label)
    mine = f"MATCH (n:{NODE}:{label}) WHERE n.graph = $graph AND n.kg_hash IS NOT NULL"
    return Table(
        label,
        properties,
        write=(
            f"UNWIND $rows AS row MERGE (n:{NODE} {{graph: $graph, id: row[0]}}) "
            f"SET n:{label}, n += {{{_assignments(properties, 1)}}} REMOVE n{others} RETURN count(n) AS written"
        ),
        state=f"{mine} RETURN n.id AS id, n.kg_hash AS digest",
        count=f"{mine} RETURN count(n) AS count",
        # What hangs on relationships that kg did not write stays.
        delete=(
            f"UNWIND $ids AS id MATCH (n:{NODE} {{graph: $graph, id: id}}) "
            "WHERE n.kg_hash IS NOT NULL AND NOT (n)--() DELETE n RETURN count(n) AS deleted"
        ),
    )


def _edge_table(name: str, properties: tuple[str, ...]) -> Table:
    mine = f"MATCH ()-[r:{name}]->() WHERE r.graph = $graph AND r.kg_hash IS NOT NULL"
    return Table(
        name,
        properties,
        write=(
            f"UNWIND $rows AS row MATCH (s:{NODE} {{graph: $graph, id: row[1]}}) "
            f"MATCH (t:{NODE} {{graph: $graph, id: row[2]}}) MERGE (s)-[r:{name} {{graph: $graph, id: row[0]}}]->(t) "
            f"SET r += {{{_assignments(properties, 3)}}} RETURN count(r) AS written"
        ),
        state=f"{mine} RETURN r.id AS id, r.kg_hash AS digest",
        count=f"{mine} RETURN count(r) AS count",
        delete=f"{mine} AND r.id IN $ids DELETE r RETURN count(r) AS deleted",
    )
