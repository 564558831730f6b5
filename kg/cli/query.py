"""`kg query`."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from kg import console
from kg.cli.common import common_options, graph_folder, is_quiet
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.query.base import Engine, Query
    from kg.query.named import NamedQuery

TABLE_ROWS = 100
SECONDS = 60.0


def engine_options(function: Any) -> Any:
    """Add --uri and what belongs to it, --queries and --timeout; the password comes from NEO4J_PASSWORD or a prompt."""
    for option in (
        click.option(
            "--timeout",
            type=click.FloatRange(0),
            default=SECONDS,
            show_default=True,
            metavar="S",
            help="The most seconds; 0 for any.",
        ),
        click.option(
            "--queries",
            "folders",
            multiple=True,
            type=click.Path(path_type=Path),
            envvar="KG_QUERIES",
            show_envvar=True,
            metavar="DIR",
            help="A folder of queries of your own.",
        ),
        click.option("--database", default="", envvar="NEO4J_DATABASE", show_envvar=True, help="Of the server."),
        click.option(
            "--username", default="neo4j", envvar="NEO4J_USERNAME", show_envvar=True, help="Who logs in to the server."
        ),
        click.option("--embedded", is_flag=True, help="Ask the graph folder even if NEO4J_URI is set."),
        click.option(
            "--uri",
            default="",
            envvar="NEO4J_URI",
            show_envvar=True,
            help="Ask a server, such as neo4j://localhost:7687.",
        ),
    ):
        function = option(function)
    return function


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of queries that begin like this."""
    from kg.query.named import load_all

    if not incomplete.startswith("@"):
        return []
    queries = load_all(ctx.params.get("folders") or ())
    return [CompletionItem(f"@{n}", help=q.summary) for n, q in queries.items() if f"@{n}".startswith(incomplete)]


@click.command()
@click.argument("cypher", required=False, shell_complete=_names)
@click.argument("values", nargs=-1)
@click.option("-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter; JSON, else text.")
@click.option("-l", "--list", "listed", is_flag=True, help="List the queries that go by a name.")
@click.option("--text", "as_text", is_flag=True, help="Print the Cypher of @NAME instead of asking.")
@click.option("--json", "form", flag_value="json", help="Print JSON, for programs.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV, for spreadsheets.")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(0),
    default=None,
    metavar="N",
    help=f"The most rows; 0 for all.  [default: {TABLE_ROWS} in a table]",
)
@engine_options
@common_options
def query(
    cypher: str | None,
    values: tuple[str, ...],
    parameters: tuple[str, ...],
    listed: bool,
    as_text: bool,
    form: str | None,
    limit: int | None,
    folders: tuple[Path, ...],
    timeout: float,
    **server: Any,
) -> None:
    """Ask the graph in Cypher, or by the name of a query.

    CYPHER is a query that reads, - for one from standard input, or @NAME with the VALUES of its parameters in their
    order. Nothing needs to be installed: the graph itself is asked, unless --uri names a Neo4j server.

    \b
    Examples:
      kg query "MATCH (p:Paper)-[:USES]->(m:Model) RETURN m.name, count(*) AS papers ORDER BY papers DESC"
      kg query --list
      kg query @papers-using SDXL
      kg query @datasets-by-task -p task=图像恢复 -p limit=5 --json
      kg query "MATCH (m {name: $name}) RETURN m" -p name=CLIP --uri neo4j://localhost:7687
    """  # noqa: D301
    from kg.query import named

    if listed:
        _list(named.load_all(folders), form)
    elif not cypher:
        raise click.UsageError("there is no query: write Cypher, @NAME, or --list.")
    elif as_text:
        _show_text(named.get(named.load_all(folders), cypher), bool(_uri(server)))
    else:
        form = form or "table"
        rows = (TABLE_ROWS if form == "table" else 0) if limit is None else limit
        engine = engine_of(**server)
        try:
            _ask(engine, _query(engine, cypher, values, parameters, folders, rows, timeout), form)
        finally:
            engine.close()


def engine_of(uri: str, embedded: bool, username: str, database: str, where: str = "") -> Engine:
    """The engine that the options name; `where`, a folder or an address, goes before them."""
    from kg.query import connect

    address = (where if "://" in where else "") or ("" if where else _uri({"uri": uri, "embedded": embedded}))
    folder = Path(where) if where and not address else graph_folder()
    return connect(
        folder,
        uri=address,
        username=username,
        password=password() if address else "",
        database=database,
        building=_building,
    )


def _uri(server: dict[str, Any]) -> str:
    return "" if server["embedded"] else str(server["uri"])


def password() -> str:
    """The password of the server, from its variable or asked for: never from the command line."""
    found = os.environ.get("NEO4J_PASSWORD", "")
    if not found and sys.stdin.isatty():
        found = str(click.prompt("Password", hide_input=True, err=True))
    return found


def standard_input() -> codecs.StreamReader:
    """Standard input as UTF-8, whatever the locale says."""
    return codecs.getreader("utf-8")(sys.stdin.buffer, "replace")


def _building() -> None:
    if not is_quiet() and sys.stderr.isatty():
        click.echo("preparing the graph for queries, once ...", err=True)


def _query(
    engine: Engine,
    cypher: str,
    values: Sequence[str],
    parameters: Sequence[str],
    folders: Sequence[Path],
    limit: int,
    timeout: float,
) -> Query:
    from kg.query import named
    from kg.query.base import Query
    from kg.query.values import parse_parameters

    given = parse_parameters(parameters)
    if cypher.startswith("@"):
        found = named.get(named.load_all(folders), cypher)
        return found.query(engine, found.positional(values) | given, limit=limit, timeout=timeout)
    if values:
        raise InputError(f"{values[0]!r} is one word too many: quote the whole query, or give -p NAME=VALUE.")
    return Query(standard_input().read() if cypher == "-" else cypher, given, limit, timeout)


def _ask(engine: Engine, asked: Query, form: str) -> None:
    from kg.query.shell import remarks, shown

    result = engine.run(asked)
    show(shown(result, form))
    if not is_quiet():
        for note in remarks(result, asked.limit, "--limit"):
            click.echo(note, err=True)


def show(part: Any) -> None:
    """Print a part of an answer: a table, or text as it is."""
    if isinstance(part, str):
        click.echo(part)
    else:
        console.emit(part)


def _list(queries: dict[str, NamedQuery], form: str | None) -> None:
    if form == "json":
        console.emit_json(
            [
                {
                    "name": q.name,
                    "summary": q.summary,
                    "details": q.details,
                    "parameters": [
                        {"name": p.name, "type": p.type, "default": p.default, "description": p.description}
                        for p in q.parameters
                    ],
                    "file": str(q.path),
                }
                for q in queries.values()
            ]
        )
        return
    rows = [(f"@{q.name}", " ".join(p.name for p in q.parameters), q.summary) for q in queries.values()]
    console.emit(console.table(("query", "parameters", "what it answers"), rows))


def _show_text(found: NamedQuery, on_server: bool) -> None:
    from kg.query.shell import described

    click.echo(described(found, "neo4j" if on_server else "embedded"))
