"""Time and memory of `kg build` on the 28,778 papers of the shared corpus, whole and with one more day.

Usage: python benchmarks/build.py [--jobs 2] [--pipeline fast]
"""

from __future__ import annotations

import argparse
import shutil
import tarfile
import tempfile
from pathlib import Path

from common import kg, machine, run, shared


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pipeline", default="fast")
    parser.add_argument("--keep", type=Path, help="leave the graph in this folder")
    a = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        with tarfile.open(shared("corpus", "huggingarxiv.tar.xz")) as archive:
            archive.extractall(work, filter="data")
        files = sorted((work / "papers").rglob("*.md"))
        graph = a.keep or work / "graph"
        build = kg("build", "papers", "-g", graph.absolute(), "--jobs", str(a.jobs), "--pipeline", a.pipeline, "-q")
        # The last day is kept back, to come as one more day's files.
        days = sorted({f.parent for f in files})
        late = work / "late"
        shutil.move(days[-1], late)
        first = run(build, cwd=work)
        print(
            f"build of {len(files)} papers, --jobs {a.jobs}: "
            f"{first.seconds:.1f} s, {first.megabytes:.0f} MB in all processes"
        )
        again = run(build, cwd=work)
        print(f"the same again, nothing new: {again.seconds:.1f} s, {again.megabytes:.0f} MB")
        count = len(list(late.iterdir()))
        shutil.move(late, days[-1])
        day = run(build, cwd=work)
        print(f"one more day ({count} papers): {day.seconds:.1f} s, {day.megabytes:.0f} MB")


if __name__ == "__main__":
    main()
