"""`kg train`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.common import common_options, is_quiet
from kg.errors import InputError

_PIPELINES = ("fast", "accurate")


@click.command()
@click.argument("gold", metavar="GOLD.jsonl", type=click.Path(path_type=Path))
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--pipeline",
    "pipelines",
    multiple=True,
    type=click.Choice(_PIPELINES),
    help="Which to train; else both. `accurate` needs what `fast` learns.",
)
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=Path("train"),
    metavar="FOLDER",
    help="Where to keep what is done; else ./train. Run again, training goes on from there.",
)
@click.option(
    "--texts",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="More digests, for the vocabulary of the encoder.",
)
@click.option("--epochs", type=click.IntRange(1), default=3, help="Passes over the papers; else 3.")
@click.option("--seed", type=int, default=7, help="Of all chance; else 7.")
@common_options
def train(
    gold: Path,
    corpus: Path,
    pipelines: tuple[str, ...],
    work: Path,
    texts: tuple[Path, ...],
    epochs: int,
    seed: int,
) -> None:
    """Train the extractors on annotated papers.

    GOLD.jsonl holds annotations as `kg annotate` writes them, CORPUS the digests they belong to: `source` names a
    file in it, or the title finds the paper. The models of this installation are replaced. Interrupted, the same
    command goes on. Needs pip install 'kg-digests[train]'; `fast` takes minutes, `accurate` some two hours on two
    cores, less with a GPU.

    \b
    Examples:
      kg train gold.jsonl digests/
      kg train gold.jsonl digests/ --pipeline fast
    """  # noqa: D301
    try:
        from kg.train.run import Plan
        from kg.train.run import train as run
    except ImportError as error:
        raise InputError(f"training needs {error.name}: pip install 'kg-digests[train]' brings it.") from error
    for path in (gold, corpus, *texts):
        if not path.exists():
            raise InputError(f"{path} does not exist: name the annotations, then the folder of their digests.")

    def report(line: str) -> None:
        if not is_quiet():
            click.echo(line, err=True)

    run(Plan(gold, corpus, work, texts, seed, epochs), pipelines or _PIPELINES, report)
