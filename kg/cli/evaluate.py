"""`kg eval`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg import console
from kg.cli.common import Text, common_options, graph_folder, json_option
from kg.console import heading, plural, table
from kg.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kg.evaluate import Evaluation, Score

_LISTED = 10


@click.command("eval")
@click.argument("gold", metavar="GOLD.jsonl", type=click.Path(path_type=Path))
@click.option("--errors", is_flag=True, help="List what was missed and what is wrong.")
@click.option("--paper", type=Text(), metavar="ID", help="Only this gold paper: its id, arXiv id or title.")
@json_option
@common_options
def evaluate(gold: Path, errors: bool, paper: str | None, as_json: bool) -> None:
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
    id, title and entities are needed; null or a missing field is not judged.

    \b
    Examples:
      kg eval gold.jsonl
      kg eval gold.jsonl --errors --paper 2401.13627
      kg eval gold.jsonl --json | jq .relation.f1
    """  # noqa: D301
    from kg.evaluate import evaluate as judge
    from kg.gold import only, read_gold
    from kg.store import Selection, open_graph

    papers = read_gold(gold)
    if paper is not None:
        papers = only(papers, paper)
    with open_graph(graph_folder()) as whole, whole.select(Selection()) as graph:
        result = judge(papers, graph.nodes(), graph.edges(evidence=False))
        if len(result.papers_missing) == result.papers:
            raise InputError(
                f"none of the {plural(result.papers, 'paper')} in {gold} is in {whole.folder}: build the digests that "
                "they come from, or name another graph with -g."
            )
    if as_json:
        console.emit_json(_json(result, errors))
    else:
        console.emit(*_rendered(result), *(_faults(result) if errors else ()))


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


def _share(value: float, of: int) -> str:
    return f"{value:.3f}" if of else "-"


def _faults(result: Evaluation) -> Iterator[RenderableType]:
    from kg.evaluate import FAULTS

    counts = Counter(f.kind for f in result.faults)
    for kind in FAULTS:
        if counts[kind]:
            yield heading(f"{kind}: {counts[kind]:,}")
            yield table(
                ("paper", "what", "name", "note"),
                ((f.paper, f.what, f.name, f.detail) for f in result.faults if f.kind == kind),
            )


def _json(result: Evaluation, errors: bool) -> Mapping[str, Any]:
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
        **({"errors": result.faults} if errors else {}),
    }


def _figures(s: Score) -> dict[str, float]:
    rounded = {"precision": s.precision, "recall": s.recall, "f1": s.f1}
    return {n: round(v, 4) for n, v in rounded.items()} | {"right": s.right, "wrong": s.wrong, "missed": s.missed}
