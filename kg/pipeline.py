"""The five stages, one call each: read, screen, extract, resolve, build. Start reading here.

`build` turns digests into a graph folder (`kg.store`). Work that was done for a file stays in the folder's cache, so
the next build does only what is new; the graph itself is put together anew each time, which is why a build on a grown
folder and a build from scratch give the same bytes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import BusyError, GraphNotFoundError, InputError
from kg.records import Dropped, Edge, Node
from kg.store import Graph, open_graph, write_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pyarrow as pa

    from kg.extract.base import Usage
    from kg.resolve.papers import Paper
    from kg.work import Progress, Reading

DEFAULT_PIPELINE = "accurate"
# Raise it whenever the stages after extraction may give another graph from the same findings.
_LINKING = "3"
# Files that hold no papers are no fault: a licence or an index lies in many folders.
HARMLESS = frozenset({"no-papers"})


@dataclass(frozen=True, slots=True)
class Built:
    """What a build gave: the graph, what was left out, and what it asked of a service (None where it asked none)."""

    graph: Graph
    dropped: tuple[Dropped, ...]
    usage: Usage | None = None


def silent(stage: str, done: int, total: int) -> None:
    """No progress report."""


def build(
    sources: Sequence[str],
    folder: Path,
    *,
    pipeline: str = DEFAULT_PIPELINE,
    jobs: int | None = None,
    strict: bool = False,
    wait: float = 0.0,
    progress: Progress = silent,
) -> Built:
    """Build the graph of some digests in a folder.

    Parameters
    ----------
    sources : sequence of str
        Folders, files, or "-" for standard input.
    folder : Path
        The graph folder. What is in it stays as it is until the new graph is whole.
    pipeline : str
        Name of an extractor.
    jobs : int, optional
        Worker processes; as many as there are processors if not given.
    strict : bool
        Fail on a file that cannot be read, instead of leaving it out.
    wait : float
        Seconds to wait for another build of the same folder, forever if negative.
    progress : callable
        Called with the stage, what is done and the total.

    Raises
    ------
    InputError
        A source does not exist, no paper was found, or (with `strict`) a file cannot be read.
    BusyError
        Another build holds the folder.
    """
    from kg import read, registry, work
    from kg.collector import no_collection
    from kg.lexicon import Lexicon
    from kg.resolve.link import link
    from kg.resolve.papers import papers as papers_of

    registry.check("extractors", pipeline)
    files = read.find_files(sources)
    stdin = sys.stdin.buffer.read() if any(f.path is None for f in files) else b""
    with locked(folder, wait), no_collection():
        cache, jobs = folder / "cache", jobs or os.cpu_count() or 1
        reading = work.read_all(files, cache, jobs, progress, stdin)
        check(sources, reading, strict)
        about = _about(sources, pipeline, reading)
        current = _current(folder, about)
        if current is not None:
            return current
        papers = papers_of(reading.entries)
        copies, copied = screened(reading, papers, cache)
        shards = work.extract_all(reading, copies, pipeline, cache, jobs, progress)
        progress("linking", 0, 3)
        with link(reading.entries, papers, shards, Lexicon.load(), cache / "linking") as db:
            progress("linking", 1, 3)
            dropped = (*reading.dropped, *copied, *work.left_out(shards))
            with ThreadPoolExecutor(1) as beside:
                # NetworkX checks the graph while the tables are written; they become the graph only if it is right.
                checked = beside.submit(_check_graph, db.cursor(), papers)
                graph = write_graph(folder, _tables(db, papers, dropped, reading), about, checked.result)
                progress("linking", 2, 3)
        progress("linking", 3, 3)
    return Built(graph, dropped, work.usage(pipeline))


@contextmanager
def locked(folder: Path, wait: float) -> Iterator[None]:
    """Hold a graph folder for a build."""
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "build.lock")
        lock.acquire(timeout=wait)
    except Timeout:
        raise BusyError(
            f"another build is at work in {folder}: wait for it (--wait does that for you), or give -g another folder."
        ) from None
    except OSError as error:
        raise InputError(f"{folder} cannot be a graph folder: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()


def check(sources: Sequence[str], reading: Reading, strict: bool = False) -> None:
    """Raise `InputError` where reading found no paper, or (with `strict`) a file that cannot be read."""
    bad = [d for d in reading.dropped if d.stage == "read" and d.reason not in HARMLESS | {"refusal"}]
    if strict and bad:
        more = f" ({len(bad) - 1} more like it)" if len(bad) > 1 else ""
        raise InputError(f"{bad[0].detail}{more} Nothing was built because of --strict.")
    if not reading.entries:
        why = f" {bad[0].detail}" if bad else ""
        raise InputError(f"no paper was found in {', '.join(sources)}.{why}")


def _current(folder: Path, about: Mapping[str, Any]) -> Built | None:
    """The graph that stands in the folder if it is the one that these inputs give."""
    try:
        graph = open_graph(folder)
    except GraphNotFoundError:
        return None
    if any(graph.manifest.get(name) != value for name, value in about.items()) or not graph.is_sound():
        return None
    with graph:
        return Built(graph, tuple(graph.dropped()))


def screened(
    reading: Reading, papers: Sequence[Paper], cache: Path
) -> tuple[dict[int, tuple[Any, ...]], tuple[Dropped, ...]]:
    """Copied passages by entry, and the report of them."""
    from kg import screen, work

    paper_of = {i: p.id for p in papers for i in p.entries}
    pairs = screen.candidates(reading.entry, reading.passage, reading.value)
    near = {i for a, _, b, _ in pairs for i in (a, b)}
    entries = work.entries_with_passages(reading, sorted(near), cache)
    copies = screen.judge(pairs, entries.__getitem__, lambda a, b: paper_of[a] == paper_of[b])
    return copies, tuple(d for i in sorted(copies) for d in screen.dropped(entries[i], copies[i]))


def _tables(
    db: duckdb.DuckDBPyConnection, papers: Sequence[Paper], dropped: Sequence[Dropped], reading: Reading
) -> dict[str, pa.Table | pa.RecordBatchReader]:
    import pyarrow as pa

    strings = pa.list_(pa.string())
    paper_types = {"urls": strings, "authors": strings, "source": strings}
    input_types = {"file": pa.string(), "sha256": pa.string(), "entries": pa.int32(), "format": pa.string()}
    rows = [_paper_row(p) for p in papers]
    names = list(rows[0])
    other = [d.other for d in dropped]
    tables: dict[str, pa.Table | pa.RecordBatchReader] = {
        "papers": pa.table({n: pa.array([r[n] for r in rows], paper_types.get(n, pa.string())) for n in names}),
        "dropped": pa.table(
            {
                "stage": pa.array([d.stage for d in dropped], pa.string()),
                "reason": pa.array([d.reason for d in dropped], pa.string()),
                "file": pa.array([d.source.file for d in dropped], pa.string()),
                "line": pa.array([d.source.line for d in dropped], pa.int32()),
                "detail": pa.array([d.detail for d in dropped], pa.string()),
                "text": pa.array([d.text for d in dropped], pa.string()),
                "other_file": pa.array([o.file if o else "" for o in other], pa.string()),
                "other_line": pa.array([o.line if o else 0 for o in other], pa.int32()),
            }
        ),
        "inputs": pa.table(
            {
                name: pa.array([row[i] for row in reading.inputs], kind)
                for i, (name, kind) in enumerate(input_types.items())
            }
        ),
    }
    # Streamed: the evidence of a large corpus is larger than all else together.
    for name in ("nodes", "edges", "evidence", "aliases"):
        tables[name] = db.cursor().table(name).to_arrow_reader()
    return tables


def _paper_row(paper: Paper) -> dict[str, Any]:
    row = {name: value for name, value in asdict(paper).items() if name != "entries"}
    return row | {"source": [str(s) for s in paper.source]}


def _check_graph(db: duckdb.DuckDBPyConnection, papers: Sequence[Paper]) -> None:
    """Put the graph together in NetworkX, which checks it against the schema."""
    from kg.build import to_networkx
    from kg.schema import schema

    node_names, edge_names = ["paper_count", "first_seen", "last_seen"], list(schema().edge_attributes())

    def rows(columns: Sequence[str], table: str) -> Iterator[tuple[Any, ...]]:
        result = db.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608 - names of the schema
        while batch := result.fetchmany(10_000):
            yield from batch

    def nodes() -> Iterator[Node]:
        for paper in papers:
            yield Node(paper.id, "Paper", paper.title, {"title": paper.title, "date": paper.date})
        for row in rows(("id", "type", "name", *node_names), "nodes"):
            yield Node(row[0], row[1], row[2], dict(zip(node_names, row[3:], strict=True)))

    def edges() -> Iterator[Edge]:
        for row in rows(("id", "source", "target", "type", *edge_names), "edges"):
            values = zip(edge_names, row[4:], strict=True)
            # Interned: a name stands in hundreds of thousands of edges.
            ends = (sys.intern(row[1]), sys.intern(row[2]), sys.intern(row[3]))
            yield Edge(row[0], *ends, {n: v for n, v in values if v is not None and v != ""})

    to_networkx(nodes(), edges())


def _about(sources: Sequence[str], pipeline: str, reading: Reading) -> Mapping[str, Any]:
    import hashlib

    from kg import __version__, work
    from kg.schema import schema

    listing = "".join(f"{sha} {file}\n" for file, sha, _, _ in reading.inputs)
    return {
        "kg": __version__,
        "schema": schema().version,
        "pipeline": {
            "name": pipeline,
            "version": work.extract_version(pipeline),
            "reader": work.read_version(),
            "linking": _LINKING,
        },
        "sources": sorted(set(sources)),
        "inputs": {"files": len(reading.inputs), "sha256": hashlib.sha256(listing.encode()).hexdigest()},
    }
