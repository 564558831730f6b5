"""`kg eval`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg import console
from kg.cli.common import Text, common_options, graph_folder, json_option
from kg.console import heading, plural, table
from kg.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kg.calibration import Calibration
    from kg.evaluate import Evaluation, Score
    from kg.faults import FaultGroup

_LISTED = 10
_GROUPS = 20


@click.command("eval")
@click.argument("gold", metavar="GOLD.jsonl", type=click.Path(path_type=Path))
@click.option("--errors", is_flag=True, help="List what was missed and what is wrong, what costs most first.")
@click.option("--calibration", is_flag=True, help="Say how often edges of each confidence are right.")
@click.option("--paper", type=Text(), metavar="ID", help="Only this gold paper: its id, arXiv id or title.")
@json_option
@common_options
def evaluate(gold: Path, errors: bool, calibration: bool, paper: str | None, as_json: bool) -> None:
    """Precision, recall and F1 against annotated papers.

    An entity is right when its type is one of the gold types and one of its names is one of the gold names, however
    spelled; optional gold entities are neither right nor wrong. Passing mentions are left out, as in an export.

    \b
    GOLD.jsonl has one paper a line (here broken up):
      {"id": "p1", "title": "English title, as in the digest",
       "entities": [{"names": ["SDXL", "Stable Diffusion XL"], "type": ["Model"],
                     "relations": ["USES"], "optional": false, "salient": false}],
       "date": "2024-01-24", "arxiv_id": "2401.13627", "venue": "CVPR 2024",
       "topics": ["Image Generation"], "institutions": ["NTU"]}
    id, title and entities are needed; null or a missing field is not judged. `kg annotate` writes such a file to
    correct, and checks it.

    --errors says which kinds, patterns and names cost most over all papers, then lists each fault with its cost: the
    errors that it makes in the figures, of the entity and of its relations. --calibration shows, for edges by their
    confidence, the share that is right, and how far confidence is off on average.

    \b
    Examples:
      kg eval gold.jsonl
      kg eval gold.jsonl --errors --paper 2401.13627
      kg eval gold.jsonl --calibration
      kg eval gold.jsonl --json | jq .relation.f1
    """  # noqa: D301
    from kg.evaluate import evaluate as judge
    from kg.gold import only, read_gold
    from kg.store import Selection, open_graph

    papers = read_gold(gold)
    if paper is not None:
        papers = only(papers, paper)
    with open_graph(graph_folder()) as whole, whole.select(Selection()) as graph:
        result = judge(papers, graph.nodes(), graph.edges(evidence=False), graph.formats())
        if len(result.papers_missing) == result.papers:
            raise InputError(
                f"none of the {plural(result.papers, 'paper')} in {gold} is in {whole.folder}: build the digests that "
                "they come from, or name another graph with -g."
            )
    if as_json:
        console.emit_json(_json(result, errors, calibration))
    else:
        console.emit(
            *_rendered(result),
            *(_calibration(result.calibration) if calibration else ()),
            *(_faults(result) if errors else ()),
        )


def _rendered(result: Evaluation) -> Iterator[RenderableType]:
    columns = ("", "precision", "recall", "F1", "right", "wrong", "missed")
    rows = {
        "entities": result.entity,
        "entities, any type": result.entity_untyped,
        "relations": result.relation,
        **{f"  {name}": score for name, score in (*result.by_type.items(), *result.by_relation.items())},
    }
    yield table(columns, (_row(name, score) for name, score in rows.items()), right=range(1, 7))
    yield heading("Found")
    shares = {"proposed entities, salient tasks": result.core, **result.metadata}
    yield table(
        ("", "share", "right", "of"),
        ((n, _share(s.recall, s.right + s.missed), s.right, s.right + s.missed) for n, s in shares.items()),
        right=range(1, 4),
    )
    if len(result.by_format) > 1:
        yield heading("By format of the digest")
        yield table(
            ("", "papers", "entity F1", "relation F1"),
            ((n or "?", p.papers, _f1(p.entity), _f1(p.relation)) for n, p in result.by_format.items()),
            right=range(1, 4),
        )
    missing = result.papers_missing
    yield ""
    yield f"{result.papers:,} gold papers, {result.papers - len(missing):,} of them in the graph"
    if missing:
        more = f" … and {len(missing) - _LISTED:,} more" if len(missing) > _LISTED else ""
        yield f"not there: {', '.join(missing[:_LISTED])}{more}"


def _row(name: str, s: Score) -> tuple[Any, ...]:
    found, there = s.right + s.wrong, s.right + s.missed
    shares = _share(s.precision, found), _share(s.recall, there), _share(s.f1, found or there)
    return name, *shares, s.right, s.wrong, s.missed


def _f1(s: Score) -> str:
    return _share(s.f1, s.right + s.wrong + s.missed)


def _share(value: float, of: int) -> str:
    return f"{value:.3f}" if of else "-"


def _calibration(found: Calibration) -> Iterator[RenderableType]:
    yield heading("Calibration")
    yield table(
        ("confidence", "edges", "mean", "right"),
        ((f"{b.low:.1f}-{b.high:.1f}", b.edges, f"{b.confidence:.3f}", f"{b.share:.3f}") for b in found.bins),
        right=range(1, 4),
    )
    yield f"expected calibration error {found.error:.3f}, {plural(found.edges, 'edge')}"


def _faults(result: Evaluation) -> Iterator[RenderableType]:
    from kg import faults

    every = result.faults
    total = sum(f.cost for f in every)
    kinds = faults.by_kind(every)
    for title, columns, groups in (
        ("Errors by kind", ("kind",), kinds),
        ("Errors by pattern", ("kind", "what", "detail"), faults.by_pattern(every)),
        ("Errors by name, of several papers", ("kind", "what", "name"), faults.by_name(every)),
    ):
        if groups:
            yield heading(title)
            yield _grouped(columns, groups, total)
    for kind in kinds:
        yield heading(f"{kind.kind}: {kind.faults:,}")
        yield table(
            ("cost", "paper", "what", "name", "note"),
            ((f.cost, f.paper, f.what, f.name, f.detail) for f in faults.costliest(every) if f.kind == kind.kind),
            right=[0],
        )


def _grouped(columns: Sequence[str], groups: Sequence[FaultGroup], total: int) -> RenderableType:
    """The costliest groups, with the names of some of their attributes."""
    rows = [
        (g.cost, f"{g.cost / total:.0%}", g.faults, g.papers, *(getattr(g, c) for c in columns))
        for g in groups[:_GROUPS]
    ]
    if len(groups) > _GROUPS:
        rest = groups[_GROUPS:]
        cost = sum(g.cost for g in rest)
        rows.append((cost, f"{cost / total:.0%}", sum(g.faults for g in rest), "", f"… {len(rest):,} more"))
    heads = ("note" if c == "detail" else c for c in columns)
    return table(("cost", "share", "faults", "papers", *heads), rows, right=range(4))


def _json(result: Evaluation, errors: bool, calibration: bool) -> Mapping[str, Any]:
    return {
        "papers": result.papers,
        "papers_missing": result.papers_missing,
        "entity": _figures(result.entity),
        "entity_untyped": _figures(result.entity_untyped),
        "relation": _figures(result.relation),
        "core_recall": round(result.core.recall, 4),
        "by_type": {name: _figures(score) for name, score in result.by_type.items()},
        "by_relation": {name: _figures(score) for name, score in result.by_relation.items()},
        "metadata": {name: {"right": s.right, "total": s.right + s.missed} for name, s in result.metadata.items()},
        "by_format": {
            name: {"papers": p.papers, "entity": _figures(p.entity), "relation": _figures(p.relation)}
            for name, p in result.by_format.items()
        },
        **(_calibration_json(result.calibration) if calibration else {}),
        **(_faults_json(result) if errors else {}),
    }


def _calibration_json(found: Calibration) -> Mapping[str, Any]:
    bins = [
        {
            "low": b.low,
            "high": b.high,
            "edges": b.edges,
            "confidence": round(b.confidence, 4),
            "right": round(b.share, 4),
        }
        for b in found.bins
    ]
    return {"calibration": {"error": round(found.error, 4), "edges": found.edges, "bins": bins}}


def _faults_json(result: Evaluation) -> Mapping[str, Any]:
    from kg import faults

    groups = {
        "kinds": faults.by_kind(result.faults),
        "patterns": faults.by_pattern(result.faults),
        "names": faults.by_name(result.faults),
    }
    return {"errors": faults.costliest(result.faults), "error_groups": groups}


def _figures(s: Score) -> dict[str, float]:
    rounded = {"precision": s.precision, "recall": s.recall, "f1": s.f1}
    return {n: round(v, 4) for n, v in rounded.items()} | {"right": s.right, "wrong": s.wrong, "missed": s.missed}
