"""Precision, recall and F1 of `kg build` on the annotated digests of the shared corpus that were kept for choosing.

Usage: python benchmarks/quality.py [--pipeline NAME]
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from common import kg, machine, run, shared


def main() -> None:
    """Build, evaluate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pipeline", default="fast")
    a = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        graph = Path(name) / "graph"
        corpus = shared("corpus", "dev").resolve()
        cost = run(kg("build", corpus, "-g", graph, "--pipeline", a.pipeline, "-q"))
        print(f"built in {cost.seconds:.1f} s")
        subprocess.run([*map(str, kg("eval", shared("gold", "dev.jsonl"), "-g", graph))], check=True)


if __name__ == "__main__":
    main()
