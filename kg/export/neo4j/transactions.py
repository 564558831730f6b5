"""What a load reads from the server and writes to it, in transactions that are retried."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from kg.export.neo4j import lease as leases
from kg.export.neo4j.lease import Lease
from kg.export.neo4j.model import Table
from kg.export.neo4j.server import ServerError
from kg.export.neo4j.values import Row, parameters

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

Known = dict[str, dict[str, int]]
"""Digests of what the server holds, by type and id."""

_UNDER_WAY = 2


class UnevenLoadError(ServerError):
    """The server does not hold what was written: something else writes there too."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to load: the name of the graph, and how much one transaction takes."""

    graph: str = "kg"
    dry_run: bool = False
    wait: float = 0.0
    rows: int = 5_000
    bytes: int = 4_000_000
    lease_seconds: float = leases.SECONDS


class Reader:
    """What the server holds of a graph."""

    def __init__(self, sessions: Callable[[], Session], graph: str) -> None:
        self._sessions = sessions
        self._graph = graph

    def known(self, tables: Mapping[str, Table]) -> Known:
        """Read ids and digests, type by type."""
        with self._sessions() as session:
            return {name: session.execute_read(self._digests, table.state) for name, table in tables.items()}

    def count(self, table: Table) -> int:
        """Count the rows of one type."""
        with self._sessions() as session:
            return session.execute_read(lambda t: int(t.run(table.count, graph=self._graph).single(strict=True)[0]))

    def _digests(self, transaction: ManagedTransaction, statement: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for record in transaction.run(statement, graph=self._graph):
            found.update(zip(record["ids"], record["digests"], strict=True))
        return found


class Writer:
    """Writes batches in threads of its own while the next one is made.

    One batch travels while the server works on another; the lease lets one in at a time. Ctrl-C reaches the main
    thread only: transactions under way end in good order.
    """

    def __init__(
        self, pool: ThreadPoolExecutor, sessions: Callable[[], Session], lease: Lease, settings: Settings
    ) -> None:
        self._pool = pool
        self._sessions = sessions
        self._lease = lease
        self._settings = settings
        self._batches: dict[str, list[Row]] = defaultdict(list)
        self._sizes: dict[str, int] = defaultdict(int)
        self._tables: dict[str, Table] = {}
        self._under_way: deque[Future[int]] = deque()

    def add(self, table: Table, row: Row) -> None:
        """Write a row, sooner or later."""
        self._tables[table.type] = table
        self._batches[table.type].append(row)
        self._sizes[table.type] += row.size
        full = len(self._batches[table.type]) >= self._settings.rows or self._sizes[table.type] >= self._settings.bytes
        if full:
            self._send(table)

    def flush(self) -> None:
        """Write what was not written yet."""
        for type_ in list(self._batches):
            self._send(self._tables[type_])
        while self._under_way:
            self._under_way.popleft().result()

    def delete(self, table: Table, ids: Iterable[str]) -> int:
        """Delete rows by id; return how many there were to delete."""
        remaining, deleted = iter(ids), 0
        while batch := list(islice(remaining, self._settings.rows)):
            deleted += self._pool.submit(self._execute, self._delete, table, batch).result()
        return deleted

    def complete(self, about: dict[str, Any]) -> None:
        """Note that the graph is whole."""
        with self._sessions() as session:
            session.execute_write(self._lease.complete, about)

    def _send(self, table: Table) -> None:
        rows = self._batches.pop(table.type)
        self._sizes.pop(table.type)
        if len(self._under_way) == _UNDER_WAY:
            self._under_way.popleft().result()
        self._under_way.append(self._pool.submit(self._execute, self._write, table, rows))

    def _execute(self, work: Callable[..., int], *arguments: Any) -> int:
        with self._sessions() as session:
            return session.execute_write(work, *arguments)

    def _write(self, transaction: ManagedTransaction, table: Table, rows: Sequence[Row]) -> int:
        written = self._run(transaction, table.write, rows=parameters(rows))
        if written != len(rows):
            self._lease.renew(transaction)
            # An end that is not there drops its row without a word.
            raise UnevenLoadError(
                f"{len(rows) - written} relationships {table.type} lack an end on the server: something else deletes "
                f"nodes of the graph {self._lease.graph!r} there; let it end and run the same command again."
            )
        return written

    def _delete(self, transaction: ManagedTransaction, table: Table, ids: Sequence[str]) -> int:
        deleted = self._run(transaction, table.delete, ids=ids)
        if deleted != len(ids):
            self._lease.renew(transaction)
        return deleted

    def _run(self, transaction: ManagedTransaction, statement: str, **values: Any) -> int:
        return int(transaction.run(statement, {**self._lease.parameters(), **values}).single(strict=True)[0])


@contextmanager
def writing(sessions: Callable[[], Session], lease: Lease, settings: Settings) -> Iterator[Writer]:
    """Write for a block; what is under way when it ends, ends first."""
    with ThreadPoolExecutor(_UNDER_WAY, thread_name_prefix="kg-neo4j") as pool:
        yield Writer(pool, sessions, lease, settings)
