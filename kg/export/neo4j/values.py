"""Values as Neo4j can hold them, and nodes and edges as rows of them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from kg.errors import SchemaError
from kg.export.base import clean
from kg.export.neo4j.model import EVIDENCE, Model, Table
from kg.records import Edge, EdgeEvidence, Node

Scalar = str | int | float | bool
Value = Scalar | list[Scalar] | None

# Another one writes all rows again: for a change in how properties are made of attributes.
_VERSION = 1
_LEAST, _MOST = -(2**63), 2**63 - 1
# In characters: an index takes some 8,000 bytes, and of an id and the name of its graph no more than that together.
_INDEXED_NAME = 1_900
_INDEXED_ID = 1_000


def value(raw: Any) -> Value:
    """Return a value as a property can hold it; None says that the property is absent.

    Text loses what no encoding holds (lone surrogates, control characters: U+FFFD each, so that offsets still hold).
    An integer beyond 64 bits becomes text. A list has one type (numbers where all are, else text), no None and at
    least one item. Sets are sorted; maps and what is nested become JSON; anything else is told as text.
    """
    if raw is None or raw == "":
        return None
    if type(raw) is str:
        return clean(raw)
    if isinstance(raw, set | frozenset):
        raw = sorted(raw, key=repr)
    if isinstance(raw, list | tuple):
        return _list(raw)
    return _scalar(raw)


def _scalar(raw: Any) -> Scalar:
    if isinstance(raw, str):
        return clean(raw)
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
        return int(raw) if _LEAST <= raw <= _MOST else str(raw)
    return float(raw) if math.isfinite(raw) else str(raw)


def _list(raw: Sequence[Any]) -> list[Scalar] | None:
    # Nearly all lists are of text, and a load has millions of them.
    if set(map(type, raw)) == {str}:
        return [clean(item) for item in raw]
    items = [_scalar(item) for item in raw if item is not None]
    kinds = set(map(type, items))
    if kinds == {int, float}:
        return [float(item) for item in items]
    if len(kinds) > 1:
        return [item if isinstance(item, str) else json.dumps(item) for item in items]
    return items or None


def identifier(text: str) -> str:
    """Return an id as UTF-8 and an index can hold it: different ids stay different."""
    found = text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(found) <= _INDEXED_ID:
        return found
    return f"{found[:_INDEXED_ID]}…{hashlib.sha256(found.encode()).hexdigest()}"


def _label(name: str) -> str:
    return name if len(name) <= _INDEXED_NAME else f"{name[:_INDEXED_NAME]}…"


@dataclass(frozen=True, slots=True)
class Row:
    """A node or an edge ready to be written.

    `key` is its id and, of an edge, the ids of both ends; `digest` tells whether anything of it changed and `size`
    says how many bytes it takes, about.
    """

    table: Table
    key: tuple[str, ...]
    attributes: Mapping[str, Any]
    evidence: tuple[EdgeEvidence, ...]
    digest: int
    size: int

    @property
    def type(self) -> str:
        """Label or relationship type."""
        return self.table.type

    @property
    def id(self) -> str:
        """Id of the node or the edge."""
        return self.key[0]

    def values(self) -> list[Value]:
        """Return the properties in the order of the table; evidence becomes lists side by side."""
        return [
            value(
                [EVIDENCE[name][1](proof) for proof in self.evidence] if name in EVIDENCE else self.attributes.get(name)
            )
            for name in self.table.properties
        ]


def node_rows(nodes: Iterable[Node], statements: Model) -> Iterator[Row]:
    """Yield nodes as rows of the tables of their types.

    Raises
    ------
    SchemaError
        The schema has no such type.
    """
    for node in nodes:
        table = _table(statements.nodes, node.type)
        yield _row(table, (identifier(node.id),), {"name": _label(node.name), **node.attributes})


def edge_rows(edges: Iterable[Edge], statements: Model) -> Iterator[Row]:
    """Yield edges as rows of the tables of their types; their evidence becomes lists side by side.

    Raises
    ------
    SchemaError
        The schema has no such type.
    """
    for edge in edges:
        table = _table(statements.edges, edge.type)
        key = (identifier(edge.id), identifier(edge.source), identifier(edge.target))
        yield _row(table, key, edge.attributes, edge.evidence)


def _table(tables: Mapping[str, Table], type_: str) -> Table:
    try:
        return tables[type_]
    except KeyError:
        raise SchemaError(f"{type_!r} is no type of the schema, which has {', '.join(tables)}.") from None


def _row(
    table: Table, key: tuple[str, ...], attributes: Mapping[str, Any], evidence: tuple[EdgeEvidence, ...] = ()
) -> Row:
    # Of what came in, since to make properties of it takes much longer and most rows of a reload are as they were.
    content: tuple[Any, ...] = (_VERSION, table.type, key, table.properties, attributes, evidence)
    try:
        text = msgspec.json.encode(content, order="deterministic")
    except (ValueError, TypeError, OverflowError):
        text = json.dumps(content, default=_plain, sort_keys=True).encode()
    digest = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)
    return Row(table, key, attributes, evidence, digest, len(text))


def _plain(raw: Any) -> Any:
    if isinstance(raw, set | frozenset):
        return sorted(raw, key=repr)
    return asdict(raw) if isinstance(raw, EdgeEvidence) else str(raw)


def parameters(rows: Iterable[Row]) -> list[list[Any]]:
    """Return rows as the statements take them: key, digest, values."""
    return [[*row.key, row.digest, *row.values()] for row in rows]
