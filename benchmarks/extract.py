"""How many papers a second an extractor reads on one core, and how long it takes to start.

Usage: python benchmarks/extract.py [--pipeline fast] [--papers 1500]

CPU time of this process, over extraction alone. The machine may be busy: each batch of papers counts with its fastest
of several runs.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tarfile
import time

from common import machine, shared

from kg import read, work
from kg.extract.base import Extractor
from kg.records import Entry

BATCH = 20
STARTS = {
    "python": "",
    "import spaCy": "import spacy",
    "import the extractor": "import kg.extract.extractors",
    "the lexicon": "from kg.lexicon import Lexicon; Lexicon.load()",
    "its automaton": "from kg.extract.lexicon_matcher import matcher; matcher()",
    "priors and models": "from kg.extract.fitted import Fitted; from kg.extract.priors import Priors;"
    " Fitted.load('fast'); Priors.load()",
    "the rest": "kg.extract.extractors.FastExtractor()",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipeline", default="fast")
    parser.add_argument("--papers", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=4)
    a = parser.parse_args()
    print(machine())
    code, before = "import time\n", 0.0
    for part, step in STARTS.items():
        code += f"{step}\n"
        after = min(_start(code) for _ in range(a.runs))
        print(f"{part}: {1000 * (after - before):.0f} ms")
        before = after
    papers = sample(a.papers)
    extractor = work._extractor(a.pipeline)
    for entry in papers[:BATCH]:
        extractor.extract(entry)
    batches = [papers[i : i + BATCH] for i in range(0, len(papers), BATCH)]
    best = [float("inf")] * len(batches)
    for _ in range(a.runs):
        for i, batch in enumerate(batches):
            best[i] = min(best[i], _cost(extractor, batch))
    seconds = sum(best)
    print(f"{a.pipeline}: {len(papers) / seconds:.0f} papers/s on one core, {1000 * seconds / len(papers):.2f} ms each")


def sample(size: int) -> list[Entry]:
    """Papers of the shared corpus, the same ones each time."""
    entries: list[Entry] = []
    with tarfile.open(shared("corpus", "huggingarxiv.tar.xz")) as archive:
        files = sorted((m for m in archive if m.isfile() and m.name.endswith(".md")), key=lambda m: m.name)
        for member in sorted(random.Random(7).sample(files, size), key=lambda m: m.offset):  # noqa: S311
            entries += read.read_file(member.name, archive.extractfile(member).read()).entries
    return entries


def _cost(extractor: Extractor, papers: list[Entry]) -> float:
    start = time.process_time()
    for entry in papers:
        extractor.extract(entry)
    return time.process_time() - start


def _start(code: str) -> float:
    command = [sys.executable, "-c", f"{code}print(time.process_time())"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
