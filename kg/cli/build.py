"""`kg build`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from kg import console
from kg.cli.common import Known, common_options, graph_folder, is_quiet, is_verbose, json_option, plugin_names
from kg.console import plural

if TYPE_CHECKING:
    from kg.extract.base import Usage
    from kg.stats import Stats

_LISTED = 10


@click.command()
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--pipeline", type=Known("pipeline", plugin_names("extractors")), help="How to extract: `kg plugins` lists them."
)
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="Worker processes; else one a processor.")
@click.option("--strict", is_flag=True, help="Fail on a file that cannot be read, instead of leaving it out.")
@click.option(
    "--wait", type=float, default=0.0, metavar="SECONDS", help="Wait for another build of the graph; -1 for ever."
)
@json_option
@common_options
def build(
    sources: tuple[str, ...], pipeline: str | None, jobs: int | None, strict: bool, wait: float, as_json: bool
) -> None:
    """Build a graph from digests.

    SOURCE is a folder, a file, or - for standard input; digest formats are found by content. Without a SOURCE the
    graph is built again, from the sources and with the pipeline of its last build. Only what is new or changed is
    read; what was deleted is forgotten. Files that cannot be read are named and left out.

    \b
    Examples:
      kg build digests/
      kg build digests/ notes.md -g ~/graphs/mine --jobs 2
      kg build                      again, after new digests have come
    """  # noqa: D301
    from kg import pipeline as stages
    from kg.stats import stats
    from kg.store import open_graph

    folder = graph_folder()
    if not sources:
        manifest = open_graph(folder).manifest
        sources = tuple(manifest["sources"])
        pipeline = pipeline or manifest["pipeline"]["name"]
    begun = time.perf_counter()
    with console.progress(wanted=not is_quiet()) as report:
        built = stages.build(
            sources,
            folder,
            pipeline=pipeline or stages.DEFAULT_PIPELINE,
            jobs=jobs,
            strict=strict,
            wait=wait,
            progress=report,
        )
    seconds = time.perf_counter() - begun
    with built.graph as graph:
        figures = stats(graph, top=1)
    if as_json:
        console.emit_json({"seconds": round(seconds, 3), "usage": built.usage, "stats": figures})
    elif not is_quiet():
        _report(figures, seconds, built.usage)


def _report(figures: Stats, seconds: float, usage: Usage | None) -> None:
    from kg.stats import skipped

    left_out = skipped(figures.dropped)
    shown = left_out if is_verbose() else left_out[:_LISTED]
    for d in shown:
        click.echo(f"skipped: {d.detail}", err=True)
    if len(left_out) > len(shown):
        click.echo(f"… and {len(left_out) - len(shown):,} more: kg stats --all", err=True)
    copied, refusals, empty, orders, invented = (
        sum(r.count for r in figures.reasons if r.reason == word)
        for word in ("copied", "refusal", "no-papers", "orders", "invented")
    )
    click.echo(
        f"{plural(figures.papers, 'paper')} from {plural(figures.files, 'file')} in {seconds:.1f} s, "
        f"graph in {figures.graph}"
    )
    click.echo(_counted("entities", figures.entities))
    click.echo(_counted("edges", figures.edges))
    click.echo(
        f"left out: {plural(len(left_out), 'file or entry', 'files or entries')}, "
        f"{plural(copied, 'copied paragraph')}, {plural(refusals, 'refusal')}"
        + (f"; {plural(empty, 'file')} without papers" if empty else "")
        + (f"; {plural(invented, 'name')} that the text does not have" if invented else "")
        + (f"; {plural(orders, 'sentence')} with orders to a language model" if orders else "")
    )
    if usage is not None:
        click.echo(
            f"asked {usage.model}: {plural(usage.requests, 'request')}, {plural(usage.cached, 'answer')} known before, "
            f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
            + (f", cost {usage.cost:.4f}" if usage.cost is not None else "")
        )
    names = [f'kg show "{top[0].name}"' for t, top in figures.top.items() if t == "Model"]
    click.echo("next: " + "   ".join(["kg stats", *names, "kg export html -o graph.html"]))


def _counted(what: str, counts: dict[str, int]) -> str:
    return f"{sum(counts.values()):,} {what}: " + ", ".join(f"{n:,} {name}" for name, n in counts.items())
