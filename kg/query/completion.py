"""What may come next in a Cypher query: labels, types, properties, names, commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.query.base import Named
from kg.query.tables import EVIDENCE
from kg.query.text import open_string
from kg.resolve.spelling import key
from kg.schema import schema

KEYWORDS = (
    "MATCH", "OPTIONAL MATCH", "WHERE", "RETURN", "WITH", "UNWIND", "ORDER BY", "LIMIT", "SKIP", "DISTINCT", "AS",
    "AND", "OR", "NOT", "IN", "CONTAINS", "STARTS WITH", "ENDS WITH", "IS NULL", "IS NOT NULL", "UNION", "CASE", "WHEN",
    "THEN", "ELSE", "END", "DESC", "EXISTS",
)  # fmt: skip
FUNCTIONS = (
    "count(", "collect(", "min(", "max(", "avg(", "sum(", "size(", "head(", "last(", "left(", "type(", "coalesce(",
    "toLower(", "toString(", "toInteger(", "nodes(", "relationships(", "length(",
)  # fmt: skip
_MOST = 200
_TYPE = re.compile(r"\[\s*\w*\s*:[\w|]*?(\w*)$")
_LABEL = re.compile(r"(?:\(|\w)\s*:(?:\w+\|)*(\w*)$")
_PROPERTY = re.compile(r"\w\.(\w*)$|\{\s*(?:\w+\s*:[^{},]*,\s*)*(\w*)$")
_WORD = re.compile(r"(\w*)$")


@dataclass(slots=True)
class Names:
    """Names of the graph's nodes, read when first asked for, found by how they begin in any spelling."""

    load: Callable[[], Iterable[Named]]
    _keys: list[tuple[str, int, str]] | None = field(default=None)

    def beginning(self, text: str) -> Iterator[str]:
        """Names that begin so, those that more papers are about first."""
        if self._keys is None:
            self._keys = sorted((key(name), -node.paper_count, name) for node in self.load() for name in node.names)
        wanted = key(text)
        fitting = sorted((k for k in self._keys if k[0].startswith(wanted)), key=lambda k: k[1:])
        yield from dict.fromkeys(name for _, _, name in fitting[:_MOST])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that can be completed: commands with what they do, names of queries with their parameters, names."""

    commands: Mapping[str, str]
    queries: Mapping[str, str]
    names: Names


def complete(before: str, words: Vocabulary) -> Iterator[tuple[str, int, str]]:
    """What may stand at the end of a text: each with how many characters it takes the place of, and a remark."""
    if re.fullmatch(r"\s*:\w*", before):
        yield from _of(words.commands, before.strip())
    elif re.fullmatch(r"\s*@[\w-]*", before):
        yield from _of({f"@{name}": about for name, about in words.queries.items()}, before.strip())
    elif before.lstrip().startswith((":", "@")):
        yield from _names(re.split(r"[\s=]", before)[-1].lstrip("'\""), words)
    elif (inside := open_string(before)) is not None:
        for name, length, about in _names(inside, words):
            yield name.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"'), length, about
    else:
        yield from _cypher(before)


def _of(entries: Mapping[str, str], start: str) -> Iterator[tuple[str, int, str]]:
    for name, about in entries.items():
        if name.startswith(start):
            yield name, len(start), about


def _names(start: str, words: Vocabulary) -> Iterator[tuple[str, int, str]]:
    if start:
        for name in words.names.beginning(start):
            yield name, len(start), ""


def _cypher(before: str) -> Iterator[tuple[str, int, str]]:
    known = schema()
    if found := _TYPE.search(before):
        yield from _of({name: e.description for name, e in known.edges.items()}, found[1])
    elif found := _LABEL.search(before):
        yield from _of({name: n.description for name, n in known.nodes.items()}, found[1])
    elif found := _PROPERTY.search(before):
        attributes = (*known.node_attributes().values(), *known.edge_attributes().values())
        about = {"id": "identity", "name": "display name", **{a.name: a.description for a in attributes}}
        yield from _of(about | dict.fromkeys(EVIDENCE, "its sentences"), found[1] or found[2] or "")
    elif (word := _WORD.search(before)) and word[1]:
        start = word[1]
        for name in (*KEYWORDS, *FUNCTIONS):
            if name.casefold().startswith(start.casefold()):
                yield name, len(start), ""
