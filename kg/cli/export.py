"""`kg export`: one subcommand for each exporter, made from what the exporter says of itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg import console
from kg.cli.common import IsoDate, Known, Text, common_options, edge_types, graph_folder, is_quiet, linked_types
from kg.console import plural
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.export.base import Exporter

_SELECTION: tuple[Callable[[Any], Any], ...] = (
    click.option("--mentions", is_flag=True, help="Passing mentions too."),
    click.option(
        "--min-confidence",
        type=click.FloatRange(0, 1),
        default=0.0,
        metavar="C",
        help="Only edges as sure as this, 0 to 1.",
    ),
    click.option(
        "--min-papers", type=click.IntRange(0), default=0, metavar="N", help="Only what N papers in it link to."
    ),
    click.option("--topic", "topics", multiple=True, type=Text(), metavar="TOPIC", help="Only papers with this topic."),
    click.option("--until", type=IsoDate(), default="", help="Only papers of this day, month or year, or earlier."),
    click.option("--since", type=IsoDate(), default="", help="Only papers of this day, month or year, or later."),
    click.option(
        "--relation", "relations", multiple=True, type=Known("relation", edge_types), help="Only edges of this type."
    ),
    click.option(
        "--type", "types", multiple=True, type=Known("type", linked_types), help="Only papers and nodes of this type."
    ),
)


class _Targets(click.Group):
    """Subcommands from the registry; an exporter is imported when its command is used or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from kg import registry

        return registry.names("exporters")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from kg import registry

        name = cmd_name.casefold()
        return _command(name, registry.load("exporters", name)) if name in registry.names("exporters") else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise click.UsageError(
                f"{args[0]!r} is no export target: choose from {', '.join(self.list_commands(ctx))}.", ctx
            )
        return super().resolve_command(ctx, args)


@click.group(cls=_Targets, subcommand_metavar="TARGET [OPTIONS]")
@common_options
def export() -> None:
    """Write the graph, or a selection of it, for other programs.

    `kg export TARGET --help` lists the options of a target. All take a selection, in which --type, --relation and
    --topic may be repeated.

    \b
    Examples:
      kg export html -o graph.html --type Model --type Dataset --min-papers 2
      kg export graphml -o graph.graphml --since 2024-03 --topic "Image Generation"
      kg export csv -o tables/ --relation USES --min-confidence 0.5
      kg export jsonl -o out/ --mentions
    """  # noqa: D301


def _command(name: str, exporter: Exporter) -> click.Command:
    def run(output: Path | None = None, **given: Any) -> None:
        _run(exporter, output, given)

    run.__doc__ = f"{exporter.summary}\n\n\b\nExample:\n  kg export {name}{_example(name, exporter)}"
    function: Any = run
    for option in (*_SELECTION, *(_option(n, exporter) for n in reversed(exporter.options))):
        function = option(function)
    if not exporter.server:
        what = "Folder" if exporter.folder else f"File ({exporter.suffix})"
        path = click.Path(path_type=Path, file_okay=not exporter.folder, dir_okay=exporter.folder)
        function = click.option(
            "-o",
            "--output",
            metavar="OUT",
            required=True,
            type=path,
            help=f"{what} to write; files of the same name are replaced.",
        )(function)
    return click.command(name, short_help=exporter.summary)(common_options(function))


def _example(name: str, exporter: Exporter) -> str:
    if exporter.server:
        return ""
    return f" -o {name}/" if exporter.folder else f" -o graph{exporter.suffix}"


def _option(name: str, exporter: Exporter) -> Callable[[Any], Any]:
    """The click option of an exporter's option; its type is that of the default."""
    default, about = exporter.options[name], exporter.help.get(name)
    if about is not None and about.secret:
        # Never on the command line, where other users of the machine could read it.
        return click.option(
            f"--{name}", hidden=True, expose_value=True, callback=_secret, envvar=about.environment, help=about.help
        )
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        default=default,
        is_flag=isinstance(default, bool),
        envvar=(about.environment or None) if about else None,
        show_envvar=bool(about and about.environment),
        show_default=not isinstance(default, bool) and default != "",
        help=about.help if about else None,
    )


def _secret(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    source = ctx.get_parameter_source(param.name or "")
    if source is click.core.ParameterSource.COMMANDLINE:
        raise InputError(f"--{param.name}: a secret is not for the command line; set {param.envvar}.")
    if value is None and sys.stdin.isatty():
        value = str(click.prompt(str(param.name).capitalize(), hide_input=True, err=True))
    return value or ""


def _run(exporter: Exporter, output: Path | None, given: dict[str, Any]) -> None:
    from kg.store import Selection, open_graph

    options = {name: given.pop(name) for name in exporter.options}
    with open_graph(graph_folder()) as whole, whole.select(Selection(**given)) as graph:
        nodes, edges = graph.counts()
        unsaid = "MENTIONS" not in edges and "MENTIONS" in whole.counts()[1]
        if not nodes:
            raise InputError(f"nothing in {whole.folder} fits the selection: nothing was written; ask for less.")
        with console.progress(wanted=not is_quiet()) as report:
            written = exporter(graph, output, report, **options)
    if is_quiet():
        return
    if isinstance(written, list):
        total = f"{plural(sum(nodes.values()), 'node')}, {plural(sum(edges.values()), 'edge')}"
        without = " (passing mentions left out: --mentions)" if unsaid else ""
        click.echo(f"wrote {', '.join(str(path) for path in written)}: {total}{without}")
    else:
        numbers = [i for i, head in enumerate(written.headers) if head in written.numbers]
        table = [console.table(written.headers, written.rows, right=numbers)] if written.headers else []
        console.emit(*table, *written.notes)
