"""Which part of a large graph to show: the best connected nodes, or those around one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from heapq import heapify, heappop, heappush

from kg.errors import InputError
from kg.export.base import GraphView
from kg.records import Edge, EdgeEvidence, Node
from kg.schema import schema
from kg.store import BEST_FIRST, Graph

Outline = tuple[list[str], list[tuple[str, str]]]
"""The ids of all nodes of a graph, and the ends of all its edges."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some nodes, the edges among them, how many nodes there are in all, and the node in the middle ("" for none)."""

    nodes: list[Node]
    edges: list[Edge]
    total: int
    focus: str = ""


def part(graph: GraphView, limit: int, focus: str = "", hops: int = 1, known: Outline | None = None) -> Part:
    """Return the nodes that are best connected, or those around one, and the edges among them.

    Parameters
    ----------
    graph : GraphView
        The graph, or a selection of it.
    limit : int
        The most nodes to return.
    focus : str
        Id of a node: only it and what is at most `hops` edges away.
    known : Outline, optional
        The outline of the graph, if it is at hand.

    Raises
    ------
    InputError
        The limit is below one, or the graph does not hold the node to focus on.
    """
    if limit < 1:
        raise InputError(f"limit is {limit}: a page shows at least one node.")
    ids, pairs = known or outline(graph)
    if focus and focus not in set(ids):
        raise InputError(f"{focus} is not in the selection: ask for more of the graph, or focus on something else.")
    if focus:
        kept = around(focus, pairs, hops, limit)
    else:
        kept = ids if len(ids) <= limit else best_connected(ids, pairs, limit)
    nodes, edges = among(graph, kept, whole=len(kept) == len(ids))
    return Part(nodes, edges, len(ids), focus)


def outline(graph: GraphView) -> Outline:
    """Return the ids of all nodes, and the ends of all edges."""
    if isinstance(graph, Graph):
        ids = [str(row[0]) for row in graph.sql("SELECT id FROM node ORDER BY id")]
        return ids, [(row[0], row[1]) for row in graph.sql("SELECT source, target FROM edge ORDER BY id")]
    return [node.id for node in graph.nodes()], [(edge.source, edge.target) for edge in graph.edges(evidence=False)]


def among(graph: GraphView, ids: Sequence[str], whole: bool = False) -> tuple[list[Node], list[Edge]]:
    """Return some nodes and the edges among them, with their evidence; `whole` says that these are all."""
    if isinstance(graph, Graph) and not whole:
        return list(graph.nodes(ids)), list(_stored_edges(graph, ids))
    kept = set(ids)
    nodes = [node for node in graph.nodes() if node.id in kept]
    return nodes, [edge for edge in graph.edges() if edge.source in kept and edge.target in kept]


def _stored_edges(graph: Graph, ids: Sequence[str]) -> Iterator[Edge]:
    """The edges among some nodes, without a look at the evidence of all others."""
    names = list(schema().edge_attributes())
    parts = [field.name for field in fields(EdgeEvidence)]
    some = "SELECT * FROM edge WHERE source IN (SELECT unnest(?)) AND target IN (SELECT unnest(?))"
    proofs: dict[str, list[EdgeEvidence]] = {}
    columns = ", ".join(f'v."{name}"' for name in parts)  # "end" is a word of SQL
    for row in graph.sql(
        f"SELECT v.edge, {columns} FROM evidence v "  # noqa: S608
        f"SEMI JOIN ({some}) e ON e.id = v.edge "
        f"ORDER BY edge, {BEST_FIRST}",
        [ids, ids],
    ):
        proofs.setdefault(row[0], []).append(EdgeEvidence(**dict(zip(parts, row[1:], strict=True))))
    for row in graph.sql(f"SELECT id, source, target, type, {', '.join(names)} FROM ({some}) ORDER BY id", [ids, ids]):  # noqa: S608
        present = {n: v for n, v in zip(names, row[4:], strict=True) if v not in (None, "", [])}
        yield Edge(row[0], row[1], row[2], row[3], present, tuple(proofs.get(row[0], ())))


def around(start: str, pairs: Collection[tuple[str, str]], hops: int, limit: int) -> list[str]:
    """Return the nodes within some hops of one, sorted; of the outermost that do not all fit, those with most edges."""
    neighbours: dict[str, list[str]] = {}
    for source, target in pairs:
        neighbours.setdefault(source, []).append(target)
        neighbours.setdefault(target, []).append(source)
    found, outermost = {start}, {start}
    for _ in range(hops):
        reached = {other for node in outermost for other in neighbours.get(node, ())} - found
        ordered = sorted(reached, key=lambda node: (-len(neighbours[node]), node))
        outermost = set(ordered[: limit - len(found)])
        found |= outermost
    return sorted(found)


def best_connected(nodes: Iterable[str], pairs: Iterable[tuple[str, str]], limit: int) -> list[str]:
    """Return the nodes that are best connected among themselves, sorted.

    The node with the fewest edges goes, again and again, until `limit` are left: the densest part of the graph.
    (The nodes with the most edges of all would be hubs that share few edges with each other.)
    """
    index = {node: i for i, node in enumerate(sorted(nodes))}
    neighbours: list[list[int]] = [[] for _ in index]
    for source, target in pairs:
        s, t = index[source], index[target]
        neighbours[s].append(t)
        neighbours[t].append(s)
    degree = [len(found) for found in neighbours]
    heap = [(d, -i) for i, d in enumerate(degree)]
    heapify(heap)
    gone = [False] * len(index)
    left = len(index)
    while left > limit:
        fewest, minus = heappop(heap)
        if gone[-minus] or fewest != degree[-minus]:
            continue
        gone[-minus] = True
        left -= 1
        for i in neighbours[-minus]:
            if not gone[i]:
                degree[i] -= 1
                heappush(heap, (degree[i], -i))
    return [node for node, i in index.items() if not gone[i]]
