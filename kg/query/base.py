"""What both engines share: the questions one can put to them, the answers, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kg.errors import KgError


class QueryError(KgError):
    """A query that the engine does not take; the message says what to write instead where that is known."""

    exit_code = 9


class QueryTimeoutError(QueryError):
    """A query took longer than it may."""


class EngineError(KgError):
    """The engine itself is out of order: not installed, not reachable, or it does not let us in."""

    exit_code = 10


@dataclass(frozen=True, slots=True)
class Query:
    """A read-only Cypher query. `limit` cuts the rows and `timeout`, in seconds, the time; 0 stands for no limit."""

    cypher: str
    parameters: Mapping[str, Any]
    limit: int = 0
    timeout: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of plain values, the same from both engines; `cut` says that there are more than the query's limit.

    A node is a mapping with `type`, `id`, `name` and its attributes, a relationship one with `type`, `id` and its
    attributes, a path the list of its nodes and relationships in turn.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool = False
    notes: tuple[str, ...] = ()

    def records(self) -> list[dict[str, Any]]:
        """Rows as mappings by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Named:
    """A node with its names, as far as looking it up needs them."""

    id: str
    type: str
    name: str
    name_zh: str
    aliases: tuple[str, ...]
    paper_count: int

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Named:
        """A row of what the engines return on a node."""
        node, kind, name, name_zh, aliases, paper_count = row
        return cls(node, kind, name, name_zh, tuple(a for a in aliases if a), paper_count)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, its own first."""
        return tuple(dict.fromkeys(n for n in (self.name, self.name_zh, *self.aliases) if n))


class Engine(Protocol):
    """Something that answers Cypher about the graph."""

    @property
    def dialect(self) -> str:
        """Which text of a named query it takes: "embedded" or "neo4j"."""
        ...

    @property
    def title(self) -> str:
        """What a person would call it."""
        ...

    def run(self, query: Query) -> Result:
        """Answer a query.

        Raises
        ------
        QueryError
            The query is wrong, would write, or takes too long.
        EngineError
            The engine cannot be asked.
        """
        ...

    def named(self, name: str) -> list[Named]:
        """Nodes that have this id, or a name of the same spelling key."""
        ...

    def names(self) -> Iterator[Named]:
        """All nodes with their names, sorted by id."""
        ...

    def close(self) -> None:
        """Let go of what the engine holds."""
        ...
