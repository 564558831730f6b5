"""One thing of a graph with its neighbours, and the sentences that prove it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from kg.find import Match, find
from kg.records import EdgeEvidence, Node
from kg.schema import schema
from kg.store import BEST_FIRST, Alias, Graph

_EVIDENCE = ("sentence", "start", "end", "section", "line", "cue", "score", "file")

# The edges of one node with what stands at their other end: the newest of each type and direction.
_NEIGHBOURS = """
WITH near AS (
    SELECT id AS edge, type, false AS incoming, target AS other, confidence, count, value, year, last_seen
    FROM edge WHERE source = ?
    UNION ALL
    SELECT id, type, true, source, confidence, count, value, year, last_seen FROM edge WHERE target = ?
), named AS (
    SELECT id, type, name, coalesce(name_zh, '') AS name_zh FROM all_nodes
    UNION ALL SELECT id, 'Paper', title, title_zh FROM all_papers
), ranked AS (
    SELECT near.type AS relation, incoming, count(*) OVER (PARTITION BY near.type, incoming) AS total,
           named.id, named.type, named.name, name_zh, last_seen, confidence, near.count, value, year, edge,
           row_number() OVER (PARTITION BY near.type, incoming
                              ORDER BY last_seen DESC, confidence DESC, near.count DESC, named.name, named.id) AS place
    FROM near JOIN named ON named.id = near.other WHERE list_contains(?, near.type)
)
SELECT * EXCLUDE (place) FROM ranked WHERE place <= ? ORDER BY relation, incoming, place
"""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What an edge leads to, and the best sentence that proves it; `count` is how many do."""

    id: str
    type: str
    name: str
    name_zh: str
    date: str
    confidence: float
    count: int
    value: str
    year: int | None
    evidence: EdgeEvidence | None


@dataclass(frozen=True, slots=True)
class Relation:
    """Neighbours by one relation, the newest first; `total` is how many there are."""

    type: str
    incoming: bool
    total: int
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing: itself, its names, its neighbours, how many passing mentions were left out, and others of its name."""

    node: Node
    aliases: tuple[Alias, ...]
    relations: tuple[Relation, ...]
    mentions_left_out: int
    others: tuple[Match, ...]


def show(graph: Graph, name: str, *, node_type: str = "", limit: int = 10, mentions: bool = False) -> Shown:
    """What a graph knows of one thing.

    Parameters
    ----------
    graph : Graph
        A whole graph.
    name : str
        Any name of it; see `kg.find.find`.
    node_type : str
        Only a thing of this type, where a name fits several.
    limit : int
        Neighbours of each relation and direction.
    mentions : bool
        Show passing mentions too.

    Raises
    ------
    NameNotFoundError
        Nothing goes by that name.
    """
    match, *others = find(graph, name, node_type)
    relations = [r for r in schema().edges if mentions or r != "MENTIONS"]
    left_out = 0
    if not mentions:
        count = "SELECT count(*) FROM edge WHERE type = 'MENTIONS' AND (source = ? OR target = ?)"
        left_out = next(graph.sql(count, [match.id, match.id]))[0]
    return Shown(
        next(graph.nodes([match.id])),
        tuple(graph.aliases(match.id)),
        tuple(_relations(graph, match.id, relations, limit)),
        left_out,
        tuple(others),
    )


def _relations(graph: Graph, node: str, relations: list[str], limit: int) -> Iterator[Relation]:
    rows = list(graph.sql(_NEIGHBOURS, [node, node, relations, limit]))
    proofs = _best_evidence(graph, [row[-1] for row in rows])
    rows.sort(key=lambda row: relations.index(row[0]))
    for (relation, incoming, total), group in groupby(rows, key=lambda row: row[:3]):
        found = tuple(Neighbour(*(*row[3:-1], proofs.get(row[-1]))) for row in group)
        yield Relation(relation, incoming, total, found)


def _best_evidence(graph: Graph, edges: list[str]) -> dict[str, EdgeEvidence]:
    columns = ", ".join(f'"{c}"' for c in _EVIDENCE)
    rows = graph.sql(
        f"SELECT edge, {columns} FROM evidence WHERE edge IN (SELECT unnest(?)) "  # noqa: S608
        f"QUALIFY row_number() OVER (PARTITION BY edge ORDER BY {BEST_FIRST}) = 1",
        [edges],
    )
    return {row[0]: EdgeEvidence(*row[1:]) for row in rows}
