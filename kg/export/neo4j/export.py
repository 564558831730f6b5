"""`kg export neo4j`: the exporter, and its closing table."""

from __future__ import annotations

from kg.console import plural
from kg.errors import InputError
from kg.export.base import GraphView, Option, Progress, Summary, clean, exporter, no_progress
from kg.export.neo4j.load import load
from kg.export.neo4j.report import Report, headers, rows
from kg.export.neo4j.server import Server, checked_uri
from kg.export.neo4j.transactions import Settings

DEFAULT_GRAPH = "kg"
_LONGEST_NAME = 200


def checked_name(name: str) -> str:
    """Return the name of a graph.

    Raises
    ------
    InputError
        It is empty, too long, or no text that a server can hold.
    """
    if not name.strip() or clean(name) != name or len(name) > _LONGEST_NAME:
        raise InputError(
            f"{name[:40]!r} is no name for a graph: give --graph-name up to {_LONGEST_NAME} letters, such as papers."
        )
    return name


def summary(report: Report) -> Summary:
    """Return what a load has to say: the closing table, and what it comes to."""
    verb = "would hold" if report.dry_run else "holds"
    sizes = plural(report.total("total", "node"), "node"), plural(report.total("total", "relationship"), "relationship")
    notes = [f"{report.server} {verb} the graph {report.graph!r}: {', '.join(sizes)}"]
    if report.dry_run:
        notes.append("nothing was written, because of --dry-run")
    elif not report.changed:
        notes.append("nothing had changed")
    if kept := report.total("kept"):
        notes.append(
            f"{plural(kept, 'node')} of old stayed, since relationships that kg did not write hang on "
            f"{'it' if kept == 1 else 'them'}"
        )
    table = rows(report)
    return Summary(headers(), tuple(table), tuple(notes), headers()[2:])


@exporter(
    server=True,
    uri=Option("Address of the server, such as neo4j://localhost:7687.", "NEO4J_URI"),
    username=Option("Who logs in.", "NEO4J_USERNAME"),
    password=Option("Password", "NEO4J_PASSWORD", secret=True),
    database=Option("Database; else the user's home database.", "NEO4J_DATABASE"),
    graph_name=Option("Name of the graph in that database, which may hold several."),
    dry_run=Option("Only say what would be written."),
    wait=Option("Seconds to wait for another load of this graph to end; forever if negative."),
)
def export(
    graph: GraphView,
    *,
    uri: str = "",
    username: str = "neo4j",
    password: str = "",
    database: str = "",
    graph_name: str = DEFAULT_GRAPH,
    dry_run: bool = False,
    wait: float = 0.0,
    progress: Progress = no_progress,
) -> Summary:
    """Neo4j server, made equal to the graph, with indexes and evidence; a rerun writes only what changed."""
    server = Server(checked_uri(uri), username, password, database)
    return summary(load(graph, server, Settings(checked_name(graph_name), dry_run, wait), progress))
