"""What each part of extraction is worth: the cross-validated figures of `accurate` with one part left out at a time.

Usage: python benchmarks/ablation.py WORK [--without PART]...

WORK is the work folder of a training (`kg train ... --work WORK`): what its networks say of papers that they have not
seen is taken from there. Everything else is fitted anew for each part, some minutes each; nothing is written.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from common import machine, shared

from kg.extract import pipeline as components
from kg.extract import text as layout
from kg.extract.encoder import Reading, reading
from kg.extract.priors import Prior, Priors
from kg.extract.subwords import Subwords
from kg.train import decide
from kg.train.examples import load
from kg.train.run import FOLDS


def _without_lexicon() -> None:
    components.COMPONENTS = tuple(c for c in components.COMPONENTS if c != "kg_lexicon")


def _without_priors() -> None:
    Priors.load = classmethod(lambda cls: Priors({}, {}))


def _without_translations() -> None:
    decide.fit_translations = lambda *_: ({}, 2.0)


def _without_second_names() -> None:
    # Of what is kept. What is not may still become a name of something.
    decide.SAME = 2.0


def _without_label() -> None:
    decide.repeated = lambda data, chances: np.zeros(len(chances), bool)


def _without_trees() -> None:
    decide.boosted = lambda papers, data, first, report: (first, dict.fromkeys(decide.MODELS), [])


PARTS: dict[str, Callable[[], None]] = {
    "nothing": lambda: None,
    "encoder": lambda: None,
    "lexicon": _without_lexicon,
    "priors": _without_priors,
    "translations": _without_translations,
    "second-names": _without_second_names,
    "one-candidate-a-thing": _without_label,
    "trees": _without_trees,
}


def main() -> None:
    """Fit without each part and print what cross-validation says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--without", action="append", choices=PARTS)
    a = parser.parse_args()
    print(machine())
    for part in a.without or PARTS:
        # A process each: what a part changes stays with it.
        child = os.fork()
        if not child:
            _measure(a.work, part)
            os._exit(0)
        os.waitpid(child, 0)


def _measure(work: Path, part: str) -> None:
    begun = time.monotonic()
    PARTS[part]()
    decide.fitting.write = lambda *_: None
    pairs = load(shared("gold", "train.jsonl"), shared("corpus"))
    own = msgspec.json.decode((work / "priors.json").read_bytes(), type=list[dict[str, Prior]])
    readings: list[Reading | None] = [None] * len(pairs)
    if part != "encoder":
        subwords = Subwords(work / "subwords.model")
        for fold in range(FOLDS):
            with np.load(work / f"fold-{fold}.npz") as said:
                for i in range(fold, len(pairs), FOLDS):
                    tokens = subwords.encode(layout.of_entry(pairs[i][1]).string)
                    readings[i] = reading(tokens.starts, tokens.ends, said[str(i)].astype(np.float32))
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        decide.fit_pipeline(Path(folder), pairs, own, readings, lines.append)
    print(f"without {part} ({time.monotonic() - begun:.0f} s)")
    for line in lines:
        if line.startswith("cross-validated"):
            print(f"  {line.removeprefix('cross-validated ')}", flush=True)


if __name__ == "__main__":
    main()
