"""`kg stats`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from kg import console
from kg.cli.common import common_options, graph_folder, json_option
from kg.console import heading, plural, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kg.records import Dropped
    from kg.stats import Stats, Top

_LISTED = 10


@click.command()
@click.option(
    "--top", type=click.IntRange(min=0), default=5, show_default=True, metavar="N", help="Entities of each type."
)
@click.option("--all", "everything", is_flag=True, help="List everything that was left out.")
@json_option
@common_options
def stats(top: int, everything: bool, as_json: bool) -> None:
    """Figures of the graph, and what the build left out.

    Numbers of nodes and edges by type, the entities that most papers are linked to, and every file, entry and
    paragraph that was left out, with the reason.

    \b
    Examples:
      kg stats
      kg stats --top 20 --all
      kg stats --json | jq .nodes.Model
    """  # noqa: D301
    from kg.stats import stats as figures_of
    from kg.store import open_graph

    with open_graph(graph_folder()) as graph:
        figures = figures_of(graph, top)
    if as_json:
        console.emit_json(figures)
    else:
        console.emit(*_rendered(figures, None if everything else _LISTED))


def _rendered(figures: Stats, limit: int | None) -> Iterator[RenderableType]:
    from kg.stats import MEANINGS

    about = figures.about
    yield (
        f"{figures.graph}: {plural(figures.papers, 'paper')} from {plural(figures.files, 'file')}"
        + (f", {figures.first} to {figures.last}" if figures.first else "")
        + (f", {figures.undated:,} without a date" if figures.undated else "")
    )
    yield f"kg {about['kg']}, schema {about['schema']}, pipeline {about['pipeline']['name']}"
    for title, counts in (("Nodes", figures.nodes), ("Edges", figures.edges)):
        yield heading(title)
        yield table(("type", "count"), counts.items(), right=[1])
    for node_type, top in figures.top.items():
        yield heading(f"{node_type}: most papers")
        yield table(("papers", "name", "also"), ((t.papers, t.name, _other_name(t)) for t in top), right=[0])
    if figures.reasons:
        yield heading("Left out")
    for reason in figures.reasons:
        yield f"{reason.count:,} {reason.reason}: {MEANINGS.get(reason.reason, reason.stage)}"
        yield from _details([d for d in figures.dropped if d.reason == reason.reason], limit)


def _other_name(top: Top) -> str:
    return next((name for name in (top.name_zh, top.name_en) if name not in ("", top.name)), "")


def _details(dropped: Sequence[Dropped], limit: int | None) -> Iterator[RenderableType]:
    for d in dropped[:limit]:
        yield f"  {d.detail}"
    if limit is not None and len(dropped) > limit:
        yield f"  … and {len(dropped) - limit:,} more: kg stats --all"
