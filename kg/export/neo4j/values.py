"""Values as Neo4j can hold them, and nodes and edges as rows of them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.export.base import clean
from kg.export.neo4j.model import EVIDENCE, Table
from kg.records import Edge, Node

Scalar = str | int | float | bool
Value = Scalar | list[Scalar] | None

_INTEGERS = range(-(2**63), 2**63)


def value(raw: Any) -> Value:
    """Return a value as a property can hold it; None says that the property is absent.

    Text loses what no encoding holds (lone surrogates, control characters: U+FFFD each, so that offsets still hold).
    An integer beyond 64 bits becomes text. A list has one type (numbers where all are, else text), no None and at
    least one item. Sets are sorted; maps and what is nested become JSON; anything else is told as text.
    """
    if isinstance(raw, str):
        return clean(raw) or None
    if raw is None or isinstance(raw, bool | int | float):
        return None if raw is None else _number(raw)
    if isinstance(raw, set | frozenset):
        raw = sorted(raw, key=repr)
    if isinstance(raw, list | tuple):
        return _list(raw)
    return _scalar(raw)


def _scalar(raw: Any) -> Scalar:
    if isinstance(raw, bool | int | float):
        return _number(raw)
    if isinstance(raw, list | tuple | Mapping):
        return clean(json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str))
    return clean(str(raw))


def _number(raw: bool | int | float) -> Scalar:
    # numpy's numbers are subclasses of Python's in part; the driver wants Python's own.
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int):
        return int(raw) if raw in _INTEGERS else str(raw)
    return float(raw) if math.isfinite(raw) else str(raw)


def _list(raw: Sequence[Any]) -> list[Scalar] | None:
    items = [_scalar(item) for item in raw if item is not None]
    kinds = {type(item) for item in items}
    if kinds == {int, float}:
        return [float(item) for item in items]
    if len(kinds) > 1:
        return [item if isinstance(item, str) else json.dumps(item) for item in items]
    return items or None


def identifier(text: str) -> str:
    """Return an id as UTF-8 can hold it: different ids stay different."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Row:
    """A node or an edge ready to be written.

    `key` is its id and, of an edge, the ids of both ends; `values` are its properties in the order of its table;
    `digest` tells whether they changed and `size` says how many bytes they take, about.
    """

    type: str
    key: tuple[str, ...]
    values: tuple[Value, ...]
    digest: int
    size: int

    @property
    def id(self) -> str:
        """Id of the node or the edge."""
        return self.key[0]


def node_row(node: Node, table: Table) -> Row:
    """Return a node as a row of the table of its type."""
    return _row(table, (identifier(node.id),), {"name": node.name, **node.attributes})


def edge_row(edge: Edge, table: Table) -> Row:
    """Return an edge as a row of the table of its type; its evidence becomes lists side by side."""
    evidence = {name: [read(proof) for proof in edge.evidence] for name, read in EVIDENCE.items()}
    ends = (identifier(edge.source), identifier(edge.target))
    return _row(table, (identifier(edge.id), *ends), {**edge.attributes, **evidence})


def _row(table: Table, key: tuple[str, ...], properties: Mapping[str, Any]) -> Row:
    values = tuple(value(properties.get(name)) for name in table.properties)
    text = json.dumps((table.type, key, table.properties, values), ensure_ascii=False, separators=(",", ":")).encode()
    digest = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)
    return Row(table.type, key, values, digest, len(text))


def parameters(rows: Iterable[Row]) -> list[list[Any]]:
    """Return rows as the statements take them: key, digest, values."""
    return [[*row.key, row.digest, *row.values] for row in rows]
