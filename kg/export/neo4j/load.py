"""A load: constraints, nodes, relationships, what is stale, indexes; the server ends up equal to the graph.

What is on the server already is read first, as ids and digests, so that only what changed is written. Nothing is
deleted before everything is written: a load that breaks off leaves the old and the new side by side, and the next one
mends it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kg import __version__
from kg.export.base import GraphView, Progress, no_progress
from kg.export.neo4j.lease import Lease, leased
from kg.export.neo4j.model import Model, Table, model
from kg.export.neo4j.report import Change, Report, Tally
from kg.export.neo4j.server import Server, ServerError, connected
from kg.export.neo4j.transactions import Known, Reader, Settings, UnevenLoadError, Writer, writing
from kg.export.neo4j.values import Row, edge_rows, node_rows
from kg.schema import schema

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

_INDEX_SECONDS = 600
_REPORT_EVERY = 1000


class InterruptedLoadError(ServerError):
    """The user broke the load off."""

    exit_code = 130


@dataclass(frozen=True, slots=True)
class _Stage:
    """Nodes, or relationships: their tables, their rows in the graph and how many these may be."""

    kind: str
    name: str
    tables: Mapping[str, Table]
    rows: Iterator[Row]
    size: int


def load(graph: GraphView, server: Server, settings: Settings, progress: Progress = no_progress) -> Report:
    """Make a server equal to a graph; nothing that kg did not write is touched.

    Parameters
    ----------
    graph : GraphView
        The graph, or a selection of it: the rest of the graph of that name leaves the server.
    server : Server
        Where to write.
    settings : Settings
        Name of the graph, size of the batches, and whether to write at all.
    progress : callable
        Called with the stage, what is done and the total.

    Returns
    -------
    Report
        What was done, compared with what the server holds.

    Raises
    ------
    ServerError
        The server is not there, refuses or goes away, something else writes there, or the load was interrupted.
    BusyError
        Another load writes this graph.
    """
    statements = model(schema())
    try:
        with connected(server) as driver:
            sessions = partial(server.session, driver)
            reader = Reader(sessions, settings.graph)
            if settings.dry_run:
                tally = _compare(_stages(graph, statements), reader, progress)
            else:
                _create(sessions, statements.constraints)
                lease = Lease(settings.graph, secrets.token_hex(8), settings.lease_seconds)
                with leased(sessions, lease, settings.wait), writing(sessions, lease, settings) as writer:
                    tally = _write(_stages(graph, statements), reader, writer, progress)
                    # To keep them up to date row by row would double the time of a first load.
                    _create(sessions, statements.indexes)
                    _reconcile(statements, tally, reader, settings.graph)
                    writer.complete(_about(_changes(statements, tally)))
    except KeyboardInterrupt:
        raise InterruptedLoadError(
            f"interrupted; the server at {server.uri} may hold a part of the load: run the same command again to "
            "complete it."
        ) from None
    return Report(str(server), settings.graph, tuple(_changes(statements, tally)), settings.dry_run)


def changes(rows: Iterable[Row], known: Known) -> Iterator[tuple[Row, str]]:
    """Yield rows with what is to become of them: created, updated or unchanged.

    Takes what it meets out of `known`; what is left in the end is stale.
    """
    for row in rows:
        digest = known[row.type].pop(row.id, None)
        if digest is not None:
            yield row, "unchanged" if digest == row.digest else "updated"
        else:
            # A node that changed its type is there under another one.
            elsewhere = [ids for ids in known.values() if ids.pop(row.id, None) is not None]
            yield row, "updated" if elsewhere else "created"


def _stages(graph: GraphView, statements: Model) -> tuple[_Stage, _Stage]:
    sizes = graph.manifest.get("rows", {})
    nodes, edges = sizes.get("nodes", 0) + sizes.get("papers", 0), sizes.get("edges", 0)
    return (
        _Stage("node", "nodes", statements.nodes, node_rows(graph.nodes(), statements), nodes),
        _Stage("relationship", "relations", statements.edges, edge_rows(graph.edges(), statements), edges),
    )


def _create(sessions: Callable[[], Session], statements: Iterable[str]) -> None:
    """Make constraints or indexes that are not there yet, and wait until they are of use."""

    def create(transaction: ManagedTransaction) -> None:
        for statement in statements:
            transaction.run(statement).consume()

    with sessions() as session:
        session.execute_write(create)
        session.run("CALL db.awaitIndexes($seconds)", seconds=_INDEX_SECONDS).consume()


def _compare(stages: Iterable[_Stage], reader: Reader, progress: Progress) -> Tally:
    """Count what a load would do."""
    tally = Tally()
    for stage in stages:
        known = reader.known(stage.tables)
        for row, outcome in _reported(stage, known, progress):
            tally.add(stage.kind, row.type, outcome)
        for type_, ids in known.items():
            tally.add(stage.kind, type_, "deleted", len(ids))
    return tally


def _write(stages: Iterable[_Stage], reader: Reader, writer: Writer, progress: Progress) -> Tally:
    """Write what is new or changed; then, relationships first, delete what is stale."""
    tally, stale = Tally(), list[tuple[_Stage, Known]]()
    for stage in stages:
        known = reader.known(stage.tables)
        for row, outcome in _reported(stage, known, progress):
            tally.add(stage.kind, row.type, outcome)
            if outcome != "unchanged":
                writer.add(stage.tables[row.type], row)
        writer.flush()
        stale.append((stage, known))
    for stage, known in reversed(stale):
        for type_, ids in known.items():
            deleted = writer.delete(stage.tables[type_], ids)
            tally.add(stage.kind, type_, "deleted", deleted)
            tally.add(stage.kind, type_, "kept", len(ids) - deleted)
    return tally


def _reported(stage: _Stage, known: Known, progress: Progress) -> Iterator[tuple[Row, str]]:
    done = 0
    for done, pair in enumerate(changes(stage.rows, known), 1):
        if done % _REPORT_EVERY == 0:
            progress(stage.name, done, max(done, stage.size))
        yield pair
    progress(stage.name, done, done)


def _reconcile(statements: Model, tally: Tally, reader: Reader, graph: str) -> None:
    for kind, tables in (("node", statements.nodes), ("relationship", statements.edges)):
        for type_, table in tables.items():
            there, expected = reader.count(table), tally.change(kind, type_).total
            if there != expected:
                raise UnevenLoadError(
                    f"the server holds {there} {kind}s {type_} of the graph {graph!r} where {expected} should be: "
                    "something else writes there; let it end and run the same command again."
                )


def _changes(statements: Model, tally: Tally) -> list[Change]:
    kinds = (("node", statements.nodes), ("relationship", statements.edges))
    return [tally.change(kind, type_) for kind, tables in kinds for type_ in tables]


def _about(done: Iterable[Change]) -> dict[str, str | int]:
    """What the node of a graph says about it."""
    totals = {"node": 0, "relationship": 0}
    for change in done:
        totals[change.kind] += change.total
    sizes = {"nodes": totals["node"], "relationships": totals["relationship"]}
    return {**sizes, "kg": __version__, "schema": schema().version}
