"""`kg annotate`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg import console
from kg.cli.common import Known, common_options, is_quiet, is_verbose, plugin_names
from kg.console import plural
from kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.annotate.papers import Digests

_LISTED = 10


@click.command()
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    metavar="FILE.jsonl",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=Path("-"),
    help="File to write, else standard output; papers are added to one that is there.",
)
@click.option(
    "--pipeline",
    type=Known("pipeline", plugin_names("extractors")),
    help="What suggests: `kg plugins` lists extractors.",
)
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help="Only N papers, chosen by chance; N more where the file has some.",
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="S", help="Another seed, another sample.")
@click.option("--doubtful", type=click.IntRange(1), metavar="N", help="Only the N papers it is least sure of.")
@click.option("--text", is_flag=True, help="Write the texts, too, to FILE.texts.md, with the names in bold.")
@click.option(
    "--check",
    "checked",
    metavar="FILE.jsonl",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write nothing: say what is wrong with a file; with SOURCE, names that the texts don't have, too.",
)
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="Worker processes; else one a processor.")
@common_options
def annotate(
    sources: tuple[str, ...],
    output: Path,
    pipeline: str | None,
    sample: int | None,
    seed: int,
    doubtful: int | None,
    text: bool,
    checked: Path | None,
    jobs: int | None,
) -> None:
    """Write annotations to correct by hand, and check them.

    Reads digests as `kg build` does and writes one JSON line a paper: what the extractor finds, in the format of `kg
    eval`, with names as the entry has them in the order of their first mention. In a FILE.jsonl that is there, every
    line stays as it is and papers that it lacks are added: corrections are never lost.

    --check finds what is no JSON, unknown types and relations, relations that a type can't have, things and papers
    that stand there twice, and, where SOURCE has the texts, names that they don't have. It prints file:line: what,
    and fails if there is more than warnings. A name that the text has in another form only, as the standard name in the
    other language is, counts as sound; -v lists such names.

    \b
    Examples:
      kg annotate digests/ -o gold.jsonl --sample 20 --text
      kg annotate --check gold.jsonl digests/
      kg eval gold.jsonl --errors
    """  # noqa: D301
    from kg.annotate.papers import digests

    workers = jobs or os.cpu_count() or 1
    if checked is not None:
        if sources:
            with digests(sources, workers) as found:
                _check(checked, found)
        else:
            _check(checked, None)
        return
    if not sources:
        raise click.UsageError("Missing argument 'SOURCE...'.")
    if sample is not None and doubtful is not None:
        raise click.UsageError("--sample and --doubtful are two ways to choose: give one.")
    path = None if str(output) == "-" else output
    if text and path is None:
        raise click.UsageError("--text writes a file beside FILE.jsonl: give -o FILE.jsonl.")
    from kg.annotate import file, suggest
    from kg.annotate.reading import page_beside, write_page
    from kg.pipeline import DEFAULT_PIPELINE

    page = page_beside(path) if path and text else None
    with console.progress(wanted=not is_quiet()) as report, digests(sources, workers, report) as found:
        done = file.annotated(path) if path else []
        chosen = file.remaining(found, done)
        if sample is not None:
            chosen = suggest.sample(chosen, sample, seed)
        suggestions = suggest.suggest(found.texts(chosen), pipeline or DEFAULT_PIPELINE, workers, report)
        if doubtful is not None:
            suggestions = suggest.doubtful(suggestions, doubtful)
        if path is None:
            click.echo(file.lines(suggestions), nl=False)
        elif suggestions:
            file.append(path, file.lines(suggestions))
        if path and page:
            write_page(page, path, found)
    if not is_quiet():
        _skipped(found)
        if path:
            _written(path, len(done), [s.record for s in suggestions], page)


def _skipped(found: Digests) -> None:
    from kg.stats import skipped

    left_out = skipped(found.dropped)
    for d in left_out[:_LISTED]:
        click.echo(f"skipped: {d.detail}", err=True)
    if len(left_out) > _LISTED:
        click.echo(f"… and {len(left_out) - _LISTED:,} more: kg build and kg stats --all name them", err=True)


def _written(path: Path, before: int, records: Sequence[Mapping[str, Any]], page: Path | None) -> None:
    if records:
        entities = plural(sum(len(r["entities"]) for r in records), "entity", "entities")
        there = f", after {before:,} that it had" if before else ""
        click.echo(f"wrote {plural(len(records), 'paper')} with {entities} to {path}{there}")
    else:
        click.echo(f"{path} has all these papers already: nothing was added")
    if page is not None:
        click.echo(f"wrote their texts to {page}")
    click.echo(f"next: correct {path}, then kg annotate --check {path} SOURCE")


def _check(path: Path, found: Digests | None) -> None:
    from kg.annotate.check import check
    from kg.gold import Gold

    def text_of(paper: Gold) -> str | None:
        there = found.find(paper) if found is not None else None
        if found is None or there is None:
            return None
        (text,) = found.texts([there])
        return text.names

    problems = check(path, text_of if found is not None else None, is_verbose())
    errors = sum(not p.warning for p in problems)
    for problem in problems:
        if not (problem.warning and is_quiet()):
            click.echo(str(problem))
    if errors:
        raise InputError(f"{path} has {plural(errors, 'error')}.")
    if not is_quiet():
        click.echo(f"{path} is sound" + (f": {plural(len(problems), 'warning')}" if problems else ""))
