"""Cypher on a Neo4j server that holds the graph."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from kg.export.neo4j.model import GRAPH, NODE
from kg.export.neo4j.server import Server, ServerLostError, connected, explained
from kg.find import squeezed
from kg.query.base import Named, Query, QueryError, QueryTimeoutError, Result
from kg.query.text import prepared
from kg.query.values import graph_thing
from kg.resolve.spelling import key
from kg.schema import schema

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction

_NAMES = (
    f"RETURN n.id, [l IN labels(n) WHERE l <> '{NODE}'][0], n.name, coalesce(n.name_zh, n.title_zh, ''), "
    "CASE WHEN n.aliases IS NULL THEN [n.arxiv_id, n.doi] ELSE n.aliases END, coalesce(n.paper_count, 0) ORDER BY n.id"
)
# Aliases have the names of an entity among them. They are folded much as `kg.resolve.spelling.key` does, so that only
# what may fit travels; that function has the last word.
_FOLDED = "replace(replace(replace(replace(toLower(name), ' ', ''), '-', ''), '_', ''), '.', '')"
_FOLDING = str.maketrans("", "", " -_.")
_LIKELY = (
    f"MATCH (n:{NODE}) WHERE n.id = $name OR any(name IN CASE WHEN n.aliases IS NULL "
    f"THEN [n.name, n.title_zh, n.arxiv_id, n.doi] ELSE n.aliases END WHERE {_FOLDED} IN $forms)"
)


class ServerEngine:
    """The engine that asks a Neo4j server; it connects when it is made.

    Raises
    ------
    KgError
        The server is not there, or does not let us in.
    """

    dialect = "neo4j"

    def __init__(self, server: Server) -> None:
        self.server = server
        self._stack = ExitStack()
        self._driver: Driver = self._stack.enter_context(connected(server))
        self._note = self._several_graphs()

    @property
    def title(self) -> str:
        """What a person would call it."""
        return str(self.server)

    def run(self, query: Query) -> Result:
        """Answer a query; see `Engine.run`."""
        cypher, given = prepared(query)
        columns, rows = self._read(cypher, given, query)
        cut = bool(query.limit) and len(rows) > query.limit
        return Result(columns, tuple(rows[: query.limit] if cut else rows), cut, self._note)

    def named(self, name: str) -> list[Named]:
        """Nodes that have this id, or a name of the same spelling key."""
        folded = name.lower().translate(_FOLDING)
        given = {"name": name, "forms": [*squeezed(name), folded]}
        likely = map(Named.of, self.run(Query(f"{_LIKELY} {_NAMES}", given)).rows)
        wanted = key(name)
        return [n for n in likely if n.id == name or wanted in map(key, n.names)]

    def names(self) -> Iterator[Named]:
        """All nodes with their names, sorted by id."""
        return map(Named.of, self.run(Query(f"MATCH (n:{NODE}) {_NAMES}", {})).rows)

    def close(self) -> None:
        """Close the connection."""
        self._stack.close()

    def _read(self, cypher: str, given: dict[str, Any], query: Query) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        from neo4j import READ_ACCESS, unit_of_work
        from neo4j.exceptions import DriverError, Neo4jError

        @unit_of_work(timeout=query.timeout or None)
        def work(transaction: ManagedTransaction) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
            result = transaction.run(cypher, given)
            records = result.fetch(query.limit + 1) if query.limit else list(result)
            return tuple(result.keys()), [tuple(map(plain, record.values())) for record in records]

        fetch_size = min(query.limit + 1, 1000) if query.limit else 1000
        try:
            with self._driver.session(
                database=self.server.database or None, default_access_mode=READ_ACCESS, fetch_size=fetch_size
            ) as session:
                return session.execute_read(work)
        except Neo4jError as error:
            raise self._refused(error, query) from error
        except (DriverError, OSError) as error:
            raise ServerLostError(f"the server at {self.server.uri} went away during the query: ask again.") from error

    def _refused(self, error: Exception, query: Query) -> Exception:
        code, message = str(getattr(error, "code", "")), str(getattr(error, "message", "") or error)
        if "TransactionTimedOut" in code:
            return QueryTimeoutError(
                f"the query took longer than {query.timeout:g} s: narrow it down, or give it more with --timeout."
            )
        if code.endswith(("Statement.AccessMode", "Request.Invalid")) and "write" in message.lower():
            return QueryError("this query would write, and `kg query` only reads: load a graph with `kg export neo4j`.")
        if ".Statement." in code or ".Procedure." in code:
            first = message.split("\n")[0]
            return QueryError(f"this Cypher is not understood: {' '.join(first.split()).rstrip('.')}.")
        return explained(error, self.server)

    def _several_graphs(self) -> tuple[str, ...]:
        names = [row[0] for row in self.run_quietly(f"MATCH (g:{GRAPH}) RETURN g.name ORDER BY g.name")]
        if len(names) < 2:
            return ()
        return (f"this database holds the graphs {', '.join(names)} and a query sees them all, unless it asks for one: "
                f"`MATCH (n {{graph: '{names[0]}'}})`",)  # fmt: skip

    def run_quietly(self, cypher: str) -> list[tuple[Any, ...]]:
        """Rows of a query of our own."""
        return self._read(cypher, {}, Query(cypher, {}))[1]


def plain(value: Any) -> Any:
    """A value of the driver as plain Python: nodes, relationships and paths as `Result` tells them."""
    from neo4j.graph import Node, Path, Relationship

    if isinstance(value, Node):
        labels = sorted(value.labels - {NODE})
        kind = next((label for label in labels if label in schema().nodes), labels[0] if labels else NODE)
        return graph_thing(kind, dict(value.items()))
    if isinstance(value, Relationship):
        return graph_thing(value.type, dict(value.items()))
    if isinstance(value, Path):
        steps = [part for pair in zip(value.nodes, value.relationships, strict=False) for part in pair]
        return [plain(part) for part in (*steps, value.nodes[-1])]
    if hasattr(value, "iso_format"):
        return value.iso_format()  # dates, times and durations; these are tuples too
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {n: plain(v) for n, v in value.items()}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
