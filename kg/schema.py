"""The graph schema as `schemas/graph.toml` states it, and the check of a graph against it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kg.errors import SchemaError
from kg.resources import resource

_JSON_TYPES: Mapping[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "strings": {"type": "array", "items": {"type": "string"}},
    "date": {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"},
}
_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "strings": (list, tuple),
    "date": str,
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a node or edge type; `type` is string, integer, number, strings or date."""

    name: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class NodeType:
    """A node type: what it is and what makes two of them the same."""

    name: str
    description: str
    identity: str
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class EdgeType:
    """An edge type with the node types it may join; `same_type` asks for one type at both ends."""

    name: str
    description: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    same_type: bool
    attributes: Mapping[str, Attribute]

    def joins(self, source: str, target: str) -> bool:
        """Whether an edge of this type may go from one node type to another."""
        return source in self.source and target in self.target and (not self.same_type or source == target)


@dataclass(frozen=True, slots=True)
class Schema:
    """Node and edge types by name, in the order of the file."""

    version: str
    entity_types: tuple[str, ...]
    nodes: Mapping[str, NodeType]
    edges: Mapping[str, EdgeType]

    def node_attributes(self, *types: str) -> dict[str, Attribute]:
        """Attributes of the given node types (all types if none is given), in the order of the schema."""
        return {n: a for t in types or self.nodes for n, a in self.nodes[t].attributes.items()}

    def edge_attributes(self, *types: str) -> dict[str, Attribute]:
        """Attributes of the given edge types (all types if none is given), in the order of the schema."""
        return {n: a for t in types or self.edges for n, a in self.edges[t].attributes.items()}

    def relations_to(self, node_type: str) -> tuple[str, ...]:
        """Edge types that a paper may have to a node type."""
        return tuple(e.name for e in self.edges.values() if e.joins("Paper", node_type))

    def check_node(self, node_id: str, node_type: str, attributes: Mapping[str, Any]) -> None:
        """Raise `SchemaError` unless a node of that type may have these attributes."""
        if node_type not in self.nodes:
            raise SchemaError(f"node {node_id} has the type {node_type!r}; the schema has {', '.join(self.nodes)}.")
        _check_values(f"node {node_id}", attributes, self.nodes[node_type].attributes)

    def check_edge(self, edge_id: str, edge_type: str, source: str, target: str, attributes: Mapping[str, Any]) -> None:
        """Raise `SchemaError` unless an edge may join these node types and have these attributes."""
        if edge_type not in self.edges:
            raise SchemaError(f"edge {edge_id} has the type {edge_type!r}; the schema has {', '.join(self.edges)}.")
        if not self.edges[edge_type].joins(source, target):
            raise SchemaError(f"edge {edge_id}: {edge_type} may not go from {source} to {target}.")
        _check_values(f"edge {edge_id}", attributes, self.edges[edge_type].attributes)

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of one line of `nodes.jsonl` (`$defs/node`) or `edges.jsonl` (`$defs/edge`)."""
        evidence = {
            "type": "object",
            "required": ["sentence", "start", "end", "section", "source", "cue", "score"],
            "properties": {
                "sentence": {"type": "string", "minLength": 1},
                "start": {"type": "integer", "minimum": 0},
                "end": {"type": "integer", "minimum": 0},
                "section": {"type": "string"},
                "source": {"type": "string", "description": "file:line"},
                "cue": {"type": "string"},
                "score": {"type": "number", "minimum": 0, "maximum": 1},
            },
            "additionalProperties": False,
        }
        node_variants = [_variant(n.name, n.description, n.attributes) for n in self.nodes.values()]
        edge_variants = [_variant(e.name, e.description, e.attributes) for e in self.edges.values()]
        for variant in node_variants:
            variant["required"] = ["id", "type", "name", "aliases"]
            variant["properties"] |= {
                "id": {"type": "string", "minLength": 1},
                "name": {"type": "string", "minLength": 1},
                "aliases": _JSON_TYPES["strings"],
            }
        for variant in edge_variants:
            variant["required"] = ["id", "source", "target", "type", "confidence", "evidence"]
            variant["properties"] |= {
                "id": {"type": "string", "minLength": 1},
                "source": {"type": "string", "minLength": 1},
                "target": {"type": "string", "minLength": 1},
                "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                "evidence": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/evidence"}},
            }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"kg graph, schema version {self.version}",
            "$defs": {"node": {"oneOf": node_variants}, "edge": {"oneOf": edge_variants}, "evidence": evidence},
            "anyOf": [{"$ref": "#/$defs/node"}, {"$ref": "#/$defs/edge"}],
        }


def _variant(name: str, description: str, attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    properties: dict[str, Any] = {"type": {"const": name}}
    for attribute in attributes.values():
        properties[attribute.name] = {**_JSON_TYPES[attribute.type], "description": attribute.description}
    return {
        "type": "object",
        "title": name,
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }


def _check_values(what: str, values: Mapping[str, Any], attributes: Mapping[str, Attribute]) -> None:
    for name, value in values.items():
        attribute = attributes.get(name)
        if attribute is None:
            raise SchemaError(f"{what} has the attribute {name!r}, which the schema does not give its type.")
        if not isinstance(value, _PYTHON_TYPES[attribute.type]) or isinstance(value, bool):
            raise SchemaError(f"{what}: {name} is {value!r}, not of the type {attribute.type}.")


def _attributes(table: Mapping[str, Mapping[str, str]]) -> dict[str, Attribute]:
    return {name: Attribute(name, a["type"], a["description"]) for name, a in table.items()}


@cache
def schema() -> Schema:
    """The schema of `schemas/graph.toml`."""
    raw = tomllib.loads(resource("schemas/graph.toml").read_text(encoding="utf-8"))
    common_node, common_edge = _attributes(raw["common"]["node"]), _attributes(raw["common"]["edge"])
    nodes = {
        name: NodeType(
            name,
            n["description"],
            n["identity"],
            _attributes(n.get("attributes", {}))
            if name == "Paper"
            else common_node | _attributes(n.get("attributes", {})),
        )
        for name, n in raw["nodes"].items()
    }
    edges = {
        name: EdgeType(
            name,
            e["description"],
            tuple(e["source"]),
            tuple(e["target"]),
            e.get("same_type", False),
            common_edge | _attributes(e.get("attributes", {})),
        )
        for name, e in raw["edges"].items()
    }
    return Schema(raw["version"], tuple(raw["groups"]["entity"]), nodes, edges)
