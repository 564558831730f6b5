"""Reading and extracting many files: chunks of files, worker processes, shards that survive a kill.

A chunk is a set of files that lie together, with one shard (`kg.shards`) for what reading and one for what extracting
gave. What has not changed since, a file or an entry, is taken from the shard, so that a build does the work for what
is new and a killed build goes on where it stopped. Shards depend on the files alone, not on how a build came by them.
"""

from __future__ import annotations

import gc
import hashlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from kg import read, registry, screen, shards
from kg.errors import InputError, KgError
from kg.extract.base import BatchExtractor, Extractor, Usage
from kg.records import Dropped, Entry, Extraction, ReadResult, Source

_FILES_IN_A_CHUNK = 128
_SMALL = 200  # files or entries below which worker processes cost more than they save
_MOST_WORKERS = 61  # Windows waits for no more
T = TypeVar("T")
R = TypeVar("R")
Progress = Callable[[str, int, int], None]
Copies = Mapping[Source, tuple[screen.Copy, ...]]

_stop: Event | None = None  # in a worker: set when its build is interrupted


@dataclass(frozen=True, slots=True)
class Reading:
    """All entries of all files, sorted by source, without passages; the passages lie in the shards.

    `chunk[i]` is the chunk of entry `i`; `entry`, `passage` and `value` are parallel, in no order: fingerprint
    `value[k]` belongs to passage `passage[k]` of entry `entry[k]`.
    """

    entries: tuple[Entry, ...]
    chunk: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    inputs: tuple[tuple[str, str, int, str], ...]  # file, sha256, number of entries, format
    entry: NDArray[np.int32]
    passage: NDArray[np.int32]
    value: NDArray[np.uint64]


def chunks_of(files: Sequence[read.InputFile]) -> dict[str, list[read.InputFile]]:
    """Put files into chunks by the folder they lie in, large folders into several.

    A new file changes the chunk it falls into and no other, but where a folder grows past a power of two.
    """
    folders: dict[str, list[read.InputFile]] = defaultdict(list)
    for file in files:
        folders[file.name.rpartition("/")[0]].append(file)
    chunks: dict[str, list[read.InputFile]] = defaultdict(list)
    for folder, inside in folders.items():
        parts = 1
        while parts * _FILES_IN_A_CHUNK < len(inside):
            parts *= 2
        name = _digest(folder)[:2]
        for file in inside:
            part = int(_digest(file.name)[:8], 16) % parts
            chunks[f"{name}-{part:x}" if part else name].append(file)
    return dict(sorted(chunks.items()))


def read_all(
    files: Sequence[read.InputFile], cache_dir: Path, jobs: int, progress: Progress, stdin: bytes = b""
) -> Reading:
    """Read every file that changed since its shard was written, and gather what all shards hold.

    `stdin` is what standard input gave, read once by the caller since workers have none.
    """
    folder = cache_dir / "read"
    folder.mkdir(parents=True, exist_ok=True)
    chunks = chunks_of(files)
    tasks, size = [], 0
    for name, inside in chunks.items():
        shard, stamp = folder / f"{name}.parquet", _digest_of_files(inside, stdin)
        if not shards.is_current(shard, version=read_version(), files=stamp):
            tasks.append((shard, tuple(inside), stdin))
            size += len(inside)
    for done, _ in enumerate(map_chunks(_read_chunk, tasks, jobs, size), 1):
        progress("reading", done, len(tasks))
    _forget(folder, chunks)
    return _gather(folder, chunks)


def extract_all(
    reading: Reading,
    copies: Mapping[int, tuple[screen.Copy, ...]],
    extractor: str,
    cache_dir: Path,
    jobs: int,
    progress: Progress,
) -> list[Path]:
    """Extract from every entry that changed since its shard was written; the paths of all shards."""
    folder = cache_dir / "extract"
    folder.mkdir(parents=True, exist_ok=True)
    marked: dict[str, dict[Source, tuple[screen.Copy, ...]]] = defaultdict(dict)
    for index, found in copies.items():
        marked[reading.chunk[index]][reading.entries[index].source] = found
    chunks: dict[str, int] = defaultdict(int)  # entries of each
    for name in reading.chunk:
        chunks[name] += 1
    every = [(cache_dir / "read" / f"{n}.parquet", folder / f"{n}.parquet", marked[n]) for n in sorted(chunks)]
    tasks = [task for task in every if not shards.is_current(task[1], **_extract_stamp(extractor, *task))]
    size = sum(chunks[shard.stem] for _, shard, _ in tasks)
    pipeline = _extractor(extractor)
    if isinstance(pipeline, BatchExtractor):
        pipeline.usage()  # what a build before this one asked, and broke off
        # It waits rather than computes, keeps count of what it asked, and may take a minute for an entry.
        done = itertools.count(1)
        for task in tasks:
            _extract_chunk(extractor, task, lambda: progress("extracting", next(done), size))
    else:
        for n, _ in enumerate(map_chunks(partial(_extract_chunk, extractor), tasks, jobs, size), 1):
            progress("extracting", n, len(tasks))
    _forget(folder, chunks)
    return [shard for _, shard, _ in every]


def left_out(extracted: Iterable[Path]) -> tuple[Dropped, ...]:
    """What extraction left out, from the paths that `extract_all` gave."""
    found = [d for shard in extracted for d in shards.read_dropped(shard)]
    return tuple(sorted(found, key=lambda d: (d.source, d.reason, d.text, d.detail)))


def usage(extractor: str) -> Usage | None:
    """What an extractor asked of a service since the last call, None for one that asks none."""
    found = _extractor(extractor)
    return found.usage() if isinstance(found, BatchExtractor) else None


def entries_with_passages(reading: Reading, indexes: Iterable[int], cache_dir: Path) -> dict[int, Entry]:
    """Some entries of a reading with their passages, by index."""
    wanted: dict[str, dict[Source, int]] = defaultdict(dict)
    for i in indexes:
        wanted[reading.chunk[i]][reading.entries[i].source] = i
    found: dict[int, Entry] = {}
    for chunk, of_source in wanted.items():
        files = {source.file for source in of_source}
        for entry in shards.read_entries(cache_dir / "read" / f"{chunk}.parquet", files):
            if entry.source in of_source:
                found[of_source[entry.source]] = entry
    return found


def map_chunks(function: Callable[[T], R], tasks: Sequence[T], jobs: int, size: int) -> Iterator[R]:
    """Results of a function over tasks, in worker processes where the work (`size` files or entries) is worth it.

    Results come in any order. A worker that dies raises `KgError`; finished shards stay, so the next run goes on.
    """
    if jobs <= 1 or len(tasks) <= 1 or size < _SMALL:
        yield from map(function, tasks)
        return
    context = multiprocessing.get_context("spawn")
    # Workers leave Ctrl-C to the parent, which tells them to stop: the entry they are at is finished, what waits is
    # dropped.
    workers = min(jobs, len(tasks), _MOST_WORKERS)
    stop = context.Event()
    pool = ProcessPoolExecutor(workers, context, _begin_worker, (stop,))
    try:
        waiting = {pool.submit(function, task) for task in tasks}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BrokenProcessPool as error:
        raise KgError(
            "a worker process died (out of memory?): run the same command again, it goes on from there."
        ) from error
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _begin_worker(stop: Event) -> None:
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when its parent was killed: a pool's workers would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read_chunk(task: tuple[Path, tuple[read.InputFile, ...], bytes]) -> None:
    shard, files, stdin = task
    table = shards.load(shard, shards.READ, version=read_version())
    known = {(row["file"], row["sha256"]): row for row in table.to_pylist()} if table is not None else {}
    rows = []
    for file in files:
        data = _bytes(file, stdin)
        if isinstance(data, Dropped):
            rows.append(shards.read_row(file.name, "", ReadResult((), (data,))))
            continue
        sha = hashlib.sha256(data).hexdigest()
        row = known.get((file.name, sha))
        rows.append(row or shards.read_row(file.name, sha, read.read_file(file.name, data)))
    stamp = _digest("".join(f"{row['sha256']} {row['file']}\n" for row in rows))
    shards.store(shard, pa.Table.from_pylist(rows, shards.READ), version=read_version(), files=stamp)


def _bytes(file: read.InputFile, stdin: bytes) -> bytes | Dropped:
    try:
        return file.read() if file.path is not None else stdin
    except InputError as error:
        return Dropped("read", "unreadable", Source(file.name, 1), str(error))


def _digest_of_files(files: Iterable[read.InputFile], stdin: bytes) -> str:
    """A digest over the bytes and names of files; one that cannot be read counts as changed only when it can."""
    lines = []
    for file in files:
        data = _bytes(file, stdin)
        sha = "" if isinstance(data, Dropped) else hashlib.sha256(data).hexdigest()
        lines.append(f"{sha} {file.name}\n")
    return _digest("".join(lines))


def _gather(folder: Path, chunks: Mapping[str, Sequence[read.InputFile]]) -> Reading:
    decode = msgspec.json.Decoder(ReadResult).decode
    found: list[tuple[Entry, str]] = []
    dropped: list[Dropped] = []
    inputs: list[tuple[str, str, int, str]] = []
    passages: list[NDArray[np.int32]] = [np.empty(0, np.int32)]  # of each entry
    sizes: list[NDArray[np.int32]] = [np.empty(0, np.int32)]  # fingerprints of each passage
    values: list[NDArray[np.uint64]] = [np.empty(0, np.uint64)]
    for name in chunks:
        table = pq.read_table(folder / f"{name}.parquet", columns=[c for c in shards.READ.names if c != "passages"])
        columns = {c: table[c].combine_chunks() for c in table.column_names}
        for file, sha, head in zip(*(columns[c].to_pylist() for c in ("file", "sha256", "head")), strict=True):
            result = decode(head)
            dropped += result.dropped
            inputs.append((file, sha, len(result.entries), result.entries[0].format if result.entries else ""))
            found += ((entry, name) for entry in result.entries)
        passages.append(columns["passage_counts"].flatten().to_numpy())
        sizes.append(columns["print_counts"].flatten().to_numpy())
        values.append(columns["prints"].flatten().to_numpy())
    order = sorted(range(len(found)), key=lambda i: found[i][0].source)
    place = np.empty(len(found), np.int32)
    place[order] = np.arange(len(found), dtype=np.int32)
    per_entry, per_passage = np.concatenate(passages), np.concatenate(sizes)
    entry_of = np.repeat(place, per_entry)
    passage_of = np.arange(len(entry_of)) - np.repeat(np.cumsum(per_entry) - per_entry, per_entry)
    return Reading(
        tuple(found[i][0] for i in order),
        tuple(found[i][1] for i in order),
        tuple(sorted(dropped, key=lambda d: (d.source, d.reason, d.text))),
        tuple(sorted(inputs)),
        np.repeat(entry_of, per_passage),
        np.repeat(passage_of.astype(np.int32), per_passage),
        np.concatenate(values),
    )


def _extract_stamp(extractor: str, source: Path, shard: Path, copies: Copies) -> dict[str, str]:
    return {
        "version": extract_version(extractor),
        "read": hashlib.sha256(source.read_bytes()).hexdigest(),
        "copies": _digest(msgspec.json.encode(sorted(copies.items()))),
    }


def _extract_chunk(extractor: str, task: tuple[Path, Path, Copies], tick: Callable[[], None] = lambda: None) -> None:
    source, shard, copies = task
    pipeline, stamp = _extractor(extractor), _extract_stamp(extractor, *task)
    entries = {}
    for entry in shards.read_entries(source):
        marked = copies.get(entry.source)
        clean = screen.without(entry, marked) if marked else entry
        entries[_digest(msgspec.json.encode(clean))] = clean
    table = shards.load(shard, shards.EXTRACT, version=stamp["version"])
    done = set(table["entry"].to_pylist()) if table is not None else set()
    for _ in entries.keys() & done:
        tick()
    new = {digest: entry for digest, entry in entries.items() if digest not in done}
    fresh = []
    # Until all of it is done the shard is not current, but the next run has what is in it.
    stamp, finished = stamp | {"read": ""}, stamp
    try:
        for digest, extraction in zip(new, _extractions(pipeline, new.values()), strict=True):
            fresh.append(shards.extract_row(digest, extraction))
            tick()
            if _stop is not None and _stop.is_set():
                break
        else:
            stamp = finished
    finally:
        tables = [pa.Table.from_pylist(fresh, shards.EXTRACT)]
        if table is not None:
            kept = pa.array(sorted(entries.keys() & done), pa.string())
            tables.append(table.filter(pc.is_in(table["entry"], kept)))
        rows = pa.concat_tables(tables).sort_by([(column, "ascending") for column in ("file", "line", "n")])
        shards.store(shard, rows, **stamp)


def extract(extractor: str, entry: Entry) -> Extraction:
    """What an extractor of that name, loaded once, finds in an entry."""
    return _extract(_extractor(extractor), entry)


def _extractions(extractor: Extractor, entries: Iterable[Entry]) -> Iterator[Extraction]:
    if isinstance(extractor, BatchExtractor):
        return extractor.extract_all(entries)
    return (_extract(extractor, entry) for entry in entries)


def _extract(extractor: Extractor, entry: Entry) -> Extraction:
    try:
        return extractor.extract(entry)
    except Exception as error:
        error.add_note(f"This happened to the {extractor.name} extractor in the entry at {entry.source}.")
        raise


def read_version() -> str:
    """What reading depends on besides the files: the code, and which readers are installed."""
    readers = [f"{p.name}={p.package}" for p in registry.plugins() if p.kind == "readers"]
    return "/".join((str(shards.FORMAT), read.VERSION, *readers))


def extract_version(extractor: str) -> str:
    """What extracting depends on besides the entries: the extractor, and which package brings it."""
    (package,) = (p.package for p in registry.plugins() if (p.kind, p.name) == ("extractors", extractor))
    return f"{shards.FORMAT}/{extractor}/{package}/{_extractor(extractor).version}"


@cache
def _extractor(name: str) -> Extractor:
    extractor: Extractor = registry.load("extractors", name)()
    # The lexicon stays: the cycle collector need not look at it, and not with every entry at what comes and goes.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    return extractor


def _digest(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _forget(folder: Path, chunks: Mapping[str, Any]) -> None:
    """Remove shards of files that are gone, and what a killed worker left."""
    for path in folder.iterdir():
        if path.suffix != ".parquet" or path.stem not in chunks:
            path.unlink(missing_ok=True)
