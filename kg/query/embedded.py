"""Cypher without a server: ladybug on a store made from the graph's tables."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import GraphNotFoundError
from kg.query import dialect
from kg.query.base import EngineError, Named, Query, QueryError, QueryTimeoutError, Result
from kg.query.embedded_file import discard, open_file
from kg.query.text import column_names, prepared
from kg.query.values import graph_thing
from kg.resolve.spelling import key
from kg.store import Graph, open_graph

if TYPE_CHECKING:
    import ladybug

_NAMES = (
    "RETURN n.id, label(n), n.name, coalesce(n.name_zh, n.title_zh, ''), "
    "CASE WHEN n.aliases IS NULL THEN [n.arxiv_id, n.doi] ELSE n.aliases END, coalesce(n.paper_count, 0) ORDER BY n.id"
)
_PAPER = "RETURN n.id, label(n), n.name, coalesce(n.title_zh, ''), [n.arxiv_id, n.doi], 0"
_ENTITY = "RETURN n.id, label(n), n.name, coalesce(n.name_zh, ''), coalesce(n.aliases, []), n.paper_count"
_BY_KEY = "MATCH (n) WHERE n.id = $name OR list_contains(n.keys, $key) RETURN label(n), n.id ORDER BY n.id"
_BROKEN = ("Storage exception", "may be corrupted", "Checksum", "Cannot read")
_INTERRUPTED = "Interrupted."


class Embedded:
    """The engine that asks the graph in a folder; it follows when the graph changes.

    Parameters
    ----------
    folder : Path
        The graph folder.
    building : callable
        Called before the store is made, which takes some seconds.
    """

    dialect = "embedded"

    def __init__(self, folder: Path, building: Callable[[], None] = lambda: None) -> None:
        self.folder = folder
        self._building = building
        self._graph: Graph | None = None
        self._database: ladybug.Database | None = None

    @property
    def title(self) -> str:
        """What a person would call it."""
        return f"the graph in {self.folder}"

    def run(self, query: Query) -> Result:
        """Answer a query; see `Engine.run`."""
        cypher, given = prepared(query)
        try:
            return self._run(cypher, given, query)
        except _BrokenError:
            # Bytes of the store have gone bad after it was made: it is made anew, once.
            self._remake()
            return self._run(cypher, given, query)

    def named(self, name: str) -> list[Named]:
        """Nodes that have this id, or a name of the same spelling key."""
        found = self.run(Query(_BY_KEY, {"name": name, "key": key(name)})).rows
        # What a node has is read for those found only: by label and id, which is a look into an index.
        details = (
            self.run(Query(f"MATCH (n:{kind} {{id: $id}}) {_PAPER if kind == 'Paper' else _ENTITY}", {"id": node}))
            for kind, node in found
        )
        return [Named.of(row) for result in details for row in result.rows]

    def names(self) -> Iterator[Named]:
        """All nodes with their names, sorted by id."""
        return map(Named.of, self.run(Query(f"MATCH (n) {_NAMES}", {})).rows)

    def close(self) -> None:
        """Close the store."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _run(self, cypher: str, given: Mapping[str, Any], query: Query) -> Result:
        import ladybug

        with ladybug.Connection(self._current()) as connection:
            if query.timeout:
                connection.set_query_timeout(max(1, int(query.timeout * 1000)))
            try:
                answer = _interruptible(connection, lambda: connection.execute(cypher, dict(given)))
            except RuntimeError as error:
                raise self._explained(cypher, str(error), query) from error
            except (TypeError, ValueError) as error:
                raise QueryError(f"a parameter has a value that the engine cannot take: {error}.") from error
            with answer:
                columns = column_names(cypher) or ()
                found = answer.get_column_names()
                rows = answer.get_n(query.limit + 1) if query.limit else answer.get_all()
        cut = bool(query.limit) and len(rows) > query.limit
        return Result(
            columns if len(columns) == len(found) else tuple(found),
            tuple(tuple(plain(v) for v in row) for row in (rows[: query.limit] if cut else rows)),
            cut,
            dialect.differences(cypher),
        )

    def _explained(self, cypher: str, message: str, query: Query) -> Exception:
        if message == _INTERRUPTED:
            return QueryTimeoutError(
                f"the query took longer than {query.timeout:g} s: narrow it down, or give it more with --timeout."
            )
        if any(sign in message for sign in _BROKEN):
            return _BrokenError(message)
        return QueryError(dialect.explain(cypher, message))

    def _current(self) -> ladybug.Database:
        if self._database is None or self._graph is None or self._is_old(self._graph):
            self.close()
            self._graph, self._database = open_file(self.folder, self._building)
        return self._database

    def _is_old(self, graph: Graph) -> bool:
        try:
            return bool(open_graph(self.folder).manifest["tables"] != graph.manifest["tables"])
        except GraphNotFoundError:
            return False  # what is open can still be asked

    def _remake(self) -> None:
        self.close()
        if self._graph is not None:
            discard(self._graph)


class _BrokenError(EngineError):
    """The store is damaged."""


def _interruptible(connection: ladybug.Connection, work: Callable[[], Any]) -> Any:
    """The result of some work of a connection, which runs beside so that Ctrl-C reaches us while it does."""
    result: list[Any] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        connection.interrupt()
        thread.join()
        raise
    if failure:
        raise failure[0]
    return result[0]


def plain(value: Any) -> Any:
    """A value of ladybug as plain Python: nodes, relationships and paths as `Result` tells them."""
    if isinstance(value, dict):
        if "_NODES" in value and "_RELS" in value:
            nodes, edges = (list(map(plain, value[part])) for part in ("_NODES", "_RELS"))
            return [step for pair in zip(nodes, edges, strict=False) for step in pair] + nodes[len(edges) :]
        if "_LABEL" in value:
            return graph_thing(value["_LABEL"], {n: v for n, v in value.items() if not n.startswith("_")})
        return {n: plain(v) for n, v in value.items() if n not in ("_ID", "_SRC", "_DST")}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value
