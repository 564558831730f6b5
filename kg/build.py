"""The graph in NetworkX, every node and edge checked against the schema."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

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
    rules = schema()
    graph = nx.MultiDiGraph()
    types: dict[str, str] = {}
    for node in nodes:
        rules.check_node(node.id, node.type, node.attributes)
        types[node.id] = node.type
        graph.add_node(node.id, type=node.type, name=node.name, **node.attributes)
    for edge in edges:
        source, target = types.get(edge.source), types.get(edge.target)
        if source is None or target is None:
            raise SchemaError(f"edge {edge.id} ({edge.source} {edge.type} {edge.target}) has an end that is no node.")
        rules.check_edge(edge.id, edge.type, source, target, edge.attributes)
        if not edge.attributes.get("count"):
            raise SchemaError(f"edge {edge.id} ({edge.source} {edge.type} {edge.target}) has no evidence.")
        graph.add_edge(edge.source, edge.target, edge.type, id=edge.id, evidence=edge.evidence, **edge.attributes)
    return graph
