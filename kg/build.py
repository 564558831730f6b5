"""The graph in NetworkX, every node and edge checked against the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import networkx as nx

from kg.collector import no_collection
from kg.errors import SchemaError
from kg.records import Edge, Node
from kg.schema import schema


def to_networkx(nodes: Iterable[Node], edges: Iterable[Edge]) -> nx.MultiDiGraph:
    """Link nodes by edges in a `networkx.MultiDiGraph`.

    Nodes are keyed by id and carry `type`, `name` and their attributes. Edges are keyed by their type and carry
    `id`, their attributes and `evidence`, a tuple of `EdgeEvidence`.

    Raises
    ------
    SchemaError
        A node or edge that the schema does not allow, an edge without an end or without evidence.
    """
    graph = nx.MultiDiGraph()
    with no_collection():
        graph.add_nodes_from(_checked_nodes(nodes))
        graph.add_edges_from(_checked_edges(graph, edges))
    return graph


def _checked_nodes(nodes: Iterable[Node]) -> Iterator[tuple[str, dict[str, Any]]]:
    check, seen = schema().check_node, set()
    for node in nodes:
        signature = (node.type, _signature(node.attributes))
        if signature not in seen:
            check(node.id, node.type, node.attributes)
            seen.add(signature)
        yield node.id, {"type": node.type, "name": node.name, **node.attributes}


def _checked_edges(graph: nx.MultiDiGraph, edges: Iterable[Edge]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    check, seen, types = schema().check_edge, set(), graph.nodes
    for edge in edges:
        try:
            source, target = types[edge.source]["type"], types[edge.target]["type"]
        except KeyError as error:
            raise SchemaError(f"{_called(edge)} has an end that is no node: {error}.") from None
        signature = (edge.type, source, target, _signature(edge.attributes))
        if signature not in seen:
            check(edge.id, edge.type, source, target, edge.attributes)
            seen.add(signature)
        if not edge.attributes.get("count"):
            raise SchemaError(f"{_called(edge)} has no evidence.")
        yield edge.source, edge.target, edge.type, {"id": edge.id, "evidence": edge.evidence, **edge.attributes}


def _called(edge: Edge) -> str:
    return f"edge {edge.id} ({edge.source} {edge.type} {edge.target})"


def _signature(attributes: Mapping[str, Any]) -> tuple[object, ...]:
    """What the schema looks at: names and Python types. One check serves all that agree in them."""
    return (*attributes, *map(type, attributes.values()))
