"""What the benchmarks share: where the corpus is, what machine this is, what a command cost."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall-clock seconds, and the peak of the resident memory of all processes together, in MB."""

    seconds: float
    megabytes: float


def shared(*parts: str) -> Path:
    """A file of the shared folder (`KG_SHARED`, else beside the checkout); ends the benchmark where it is missing."""
    path = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared"), *parts)
    if not path.exists():
        sys.exit(f"{path.name} is not here: this benchmark measures the shared corpus (set KG_SHARED to its folder).")
    return path


def machine() -> str:
    """One line on the machine and the versions that matter."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), "?")
    packages = ", ".join(f"{p} {version(p)}" for p in ("kg-digests", "spacy", "duckdb", "pyarrow", "networkx", "lxml"))
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}, {packages}"


def run(command: Sequence[str | Path], **options: object) -> Cost:
    """Run a command to its end and say what it cost; fails when the command does."""
    start = time.perf_counter()
    process = subprocess.Popen([str(c) for c in command], **options)  # type: ignore[call-overload]
    peak, done = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.1):
            peak = max(peak, _tree_megabytes(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    if code:
        sys.exit(f"{' '.join(map(str, command))} failed with {code}")
    return Cost(seconds, peak)


def kg(*arguments: str | Path) -> list[str | Path]:
    """A kg command of this environment."""
    return [sys.executable, "-m", "kg", *arguments]


def _tree_megabytes(root: int) -> float:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    tree, grown = {root}, True
    while grown:
        children = {p for p, parent in parents.items() if parent in tree} - tree
        grown = bool(children)
        tree |= children
    total = 0.0
    for pid in tree:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
        total += pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return total
