"""Reading and extracting many files: chunks of files, worker processes, shards that survive a kill.

A chunk is a set of files that lie together; its shard is one Parquet file in the graph's cache, renamed into place when
it is whole. A shard is used again for every file (reading) or entry (extraction) whose digest has not changed, so a
build does the work for what is new and a killed build goes on where it stopped. Shards depend on the files alone,
not on how a build came by them.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from kg import read, registry, screen
from kg.errors import KgError
from kg.records import Dropped, Entry, Evidence, Extraction, Passage, ReadResult, Relation, Source
from kg.resolve.spelling import key

_FILES_IN_A_CHUNK = 128
_SHARD = 3  # format of the shards
_READ_VERSION = f"{_SHARD}/{read.VERSION}"
_SMALL = 200  # files below which worker processes cost more than they save
T = TypeVar("T")
R = TypeVar("R")
Progress = Callable[[str, int, int], None]

_READ = pa.schema(
    [
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("head", pa.binary()),  # ReadResult without passages, JSON
        ("passages", pa.binary()),  # the passages of each entry, JSON
        ("passage_counts", pa.list_(pa.int32())),  # passages of each entry
        ("print_counts", pa.list_(pa.int32())),  # fingerprints of each passage
        ("prints", pa.list_(pa.uint64())),
    ]
)
# A place in a sentence of the entry: `sentence` counts its sentences from 0.
_PLACE = [("sentence", pa.int32()), ("start", pa.int32()), ("end", pa.int32()), ("cue", pa.string())]
_SENTENCE = pa.struct([("text", pa.string()), ("section", pa.string()), ("line", pa.int32())])
_NAME = pa.struct([("key", pa.string()), ("text", pa.string()), ("count", pa.int32()), *_PLACE])
_RELATION = pa.struct(
    [
        ("type", pa.string()),
        ("confidence", pa.float64()),
        ("value", pa.string()),
        ("evidence", pa.list_(pa.struct([*_PLACE, ("score", pa.float64())]))),
    ]
)
_FINDING = pa.struct(
    [
        ("type", pa.string()),
        ("term", pa.string()),
        ("main", pa.string()),  # spelling key of the main name
        ("confidence", pa.float64()),
        ("based_on", pa.bool_()),
        ("names", pa.list_(_NAME)),
        ("relations", pa.list_(_RELATION)),
    ]
)
_EXTRACT = pa.schema(
    [
        ("entry", pa.string()),  # digest of what was extracted from
        ("file", pa.string()),
        ("line", pa.int32()),
        ("n", pa.int32()),
        ("sentences", pa.list_(_SENTENCE)),
        ("findings", pa.list_(_FINDING)),
    ]
)


@dataclass(frozen=True, slots=True)
class Reading:
    """All entries of all files, sorted by source, without passages; the passages lie in the shards.

    `chunk[i]` is the chunk of entry `i`; `entry`, `passage` and `value` are parallel, in no order: fingerprint
    `value[k]` belongs to passage `passage[k]` of entry `entry[k]`.
    """

    entries: tuple[Entry, ...]
    chunk: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    inputs: tuple[tuple[str, str, int], ...]  # file, sha256, number of entries
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
    tasks = [(folder / f"{name}.parquet", tuple(inside), stdin) for name, inside in chunks.items()]
    for done, _ in enumerate(map_chunks(_read_chunk, tasks, jobs, len(files)), 1):
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
    of_chunk: dict[str, dict[tuple[str, int], tuple[screen.Copy, ...]]] = {
        name: {} for name in sorted(set(reading.chunk))
    }
    for index, found in copies.items():
        source = reading.entries[index].source
        of_chunk[reading.chunk[index]][source.file, source.line] = found
    tasks = [
        (cache_dir / "read" / f"{name}.parquet", folder / f"{name}.parquet", marked)
        for name, marked in of_chunk.items()
    ]
    for done, _ in enumerate(map_chunks(partial(_extract_chunk, extractor), tasks, jobs, len(reading.entries)), 1):
        progress("extracting", done, len(tasks))
    _forget(folder, of_chunk)
    return [target for _, target, _ in tasks]


def entries_of(cache_dir: Path, chunk: str) -> dict[Source, Entry]:
    """The entries of one chunk with their passages, by source."""
    return {e.source: e for e in _entries(cache_dir / "read" / f"{chunk}.parquet")}


def map_chunks(function: Callable[[T], R], tasks: Sequence[T], jobs: int, size: int) -> Iterator[R]:
    """Results of a function over tasks, in worker processes where the work (`size` files) is worth it.

    Results come in any order. A worker that dies raises `KgError`; finished shards stay, so the next run goes on.
    """
    if jobs <= 1 or len(tasks) <= 1 or size < _SMALL:
        yield from map(function, tasks)
        return
    context = multiprocessing.get_context("spawn")
    # Workers leave Ctrl-C to the parent, which ends them.
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), context, signal.signal, (signal.SIGINT, signal.SIG_IGN))
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
        pool.shutdown(cancel_futures=True)


def _read_chunk(task: tuple[Path, tuple[read.InputFile, ...], bytes]) -> None:
    shard, files, stdin = task
    known = _known_files(shard)
    rows, changed = [], False
    for file in files:
        data = stdin if file.path is None else _bytes(file)
        if isinstance(data, Dropped):
            rows.append(_read_row(file.name, "", ReadResult((), (data,))))
            changed = True
            continue
        sha = hashlib.sha256(data).hexdigest()
        row = known.get((file.name, sha))
        if row is None:
            row, changed = _read_row(file.name, sha, read.read_file(file.name, data)), True
        rows.append(row)
    if changed or len(rows) != len(known):
        _write_shard(shard, pa.Table.from_pylist(rows, _READ), {"version": _READ_VERSION})


def _bytes(file: read.InputFile) -> bytes | Dropped:
    try:
        return file.path.read_bytes() if file.path is not None else b""
    except OSError as error:
        detail = f"{file.name} cannot be read: {error.strerror or error}."
        return Dropped("read", "unreadable", Source(file.name, 1), detail)


def _read_row(name: str, sha: str, result: ReadResult) -> dict[str, Any]:
    prints = [p for entry in result.entries for p in screen.fingerprints(entry)]
    heads = tuple(replace(entry, passages=()) for entry in result.entries)
    return {
        "file": name,
        "sha256": sha,
        "head": msgspec.json.encode(ReadResult(heads, result.dropped)),
        "passages": msgspec.json.encode([entry.passages for entry in result.entries]),
        "passage_counts": [len(entry.passages) for entry in result.entries],
        "print_counts": [len(p) for p in prints],
        "prints": np.concatenate([*prints, np.empty(0, np.uint64)]),
    }


def _known_files(shard: Path) -> dict[tuple[str, str], dict[str, Any]]:
    table = _read_shard(shard, _READ, {"version": _READ_VERSION})
    return {(row["file"], row["sha256"]): row for row in table.to_pylist()} if table is not None else {}


def _gather(folder: Path, chunks: Mapping[str, Sequence[read.InputFile]]) -> Reading:
    decode = msgspec.json.Decoder(ReadResult).decode
    found: list[tuple[Entry, str]] = []
    dropped: list[Dropped] = []
    inputs: list[tuple[str, str, int]] = []
    passages: list[NDArray[np.int32]] = [np.empty(0, np.int32)]  # of each entry
    sizes: list[NDArray[np.int32]] = [np.empty(0, np.int32)]  # fingerprints of each passage
    values: list[NDArray[np.uint64]] = [np.empty(0, np.uint64)]
    for name in chunks:
        table = pq.read_table(folder / f"{name}.parquet", columns=[c for c in _READ.names if c != "passages"])
        columns = {c: table[c].combine_chunks() for c in table.column_names}
        for file, sha, head in zip(*(columns[c].to_pylist() for c in ("file", "sha256", "head")), strict=True):
            result = decode(head)
            dropped += result.dropped
            inputs.append((file, sha, len(result.entries)))
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


def _entries(shard: Path) -> list[Entry]:
    heads = msgspec.json.Decoder(ReadResult).decode
    passages = msgspec.json.Decoder(list[tuple[Passage, ...]]).decode
    table = pq.read_table(shard, columns=["head", "passages"])
    return [
        replace(entry, passages=inside)
        for head, body in zip(table["head"].to_pylist(), table["passages"].to_pylist(), strict=True)
        for entry, inside in zip(heads(head).entries, passages(body), strict=True)
    ]


def _extract_chunk(extractor: str, task: tuple[Path, Path, Mapping[Source, tuple[screen.Copy, ...]]]) -> None:
    source, shard, copies = task
    pipeline = _extractor(extractor)
    stamp = {
        "extractor": pipeline.name,
        "version": f"{_SHARD}/{pipeline.version}",
        "read": hashlib.sha256(source.read_bytes()).hexdigest(),
        "copies": _digest(msgspec.json.encode(sorted(copies.items()))),
    }
    if _is_current(shard, stamp):
        return
    entries = {}
    for entry in _entries(source):
        marked = copies.get(entry.source)
        clean = screen.without(entry, marked) if marked else entry
        entries[_digest(msgspec.json.encode(clean))] = clean
    table = _read_shard(shard, _EXTRACT, {k: stamp[k] for k in ("extractor", "version")})
    done = set(table["entry"].to_pylist()) if table is not None else set()
    fresh = [_extract_row(digest, pipeline.extract(e)) for digest, e in entries.items() if digest not in done]
    tables = [pa.Table.from_pylist(fresh, _EXTRACT)]
    if table is not None:
        kept = pa.array(sorted(entries.keys() & done), pa.string())
        tables.append(table.filter(pc.is_in(table["entry"], kept)))
    rows = pa.concat_tables(tables).sort_by([(column, "ascending") for column in ("file", "line", "n")])
    _write_shard(shard, rows, stamp)


def _extract_row(digest: str, extraction: Extraction) -> dict[str, Any]:
    """One entry as its shard holds it: every sentence once, findings with places in them."""
    sentences: dict[tuple[str, str, int], int] = {}

    def place(e: Evidence) -> dict[str, Any]:
        n = sentences.setdefault((e.sentence, e.section, e.line), len(sentences))
        return {"sentence": n, "start": e.start, "end": e.end, "cue": e.cue}

    def relation(r: Relation) -> dict[str, Any]:
        evidence = [place(e) | {"score": e.score} for e in r.evidence]
        return {"type": r.type, "confidence": r.confidence, "value": r.value, "evidence": evidence}

    findings = [
        {
            "type": f.type,
            "term": f.term,
            "main": key(f.names[0].text),
            "confidence": f.confidence,
            "based_on": f.based_on,
            "names": [{"key": key(n.text), "text": n.text, "count": n.count} | place(n.evidence) for n in f.names],
            "relations": [relation(r) for r in f.relations],
        }
        for f in extraction.findings
    ]
    return {
        "entry": digest,
        "file": extraction.source.file,
        "line": extraction.source.line,
        "n": extraction.source.n,
        "sentences": [{"text": t, "section": s, "line": n} for t, s, n in sentences],
        "findings": findings,
    }


@cache
def _extractor(name: str) -> Any:
    return registry.load("extractors", name)()


def _digest(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _is_current(shard: Path, stamp: Mapping[str, str]) -> bool:
    """Whether a shard is whole and was written with this stamp."""
    try:
        metadata = pq.read_schema(shard).metadata or {}
    except (OSError, pa.ArrowException):
        return False
    return all(metadata.get(k.encode()) == v.encode() for k, v in stamp.items())


def _read_shard(shard: Path, schema: pa.Schema, stamp: Mapping[str, str]) -> pa.Table | None:
    """The table of a shard, None where it is missing, broken or written with another stamp."""
    if not _is_current(shard, stamp):
        return None
    try:
        table = pq.read_table(shard)
        return table.cast(schema)
    except (OSError, pa.ArrowException):
        return None


def _write_shard(shard: Path, table: pa.Table, stamp: Mapping[str, str]) -> None:
    temporary = shard.with_suffix(f".{os.getpid()}.new")
    pq.write_table(table.replace_schema_metadata(dict(stamp)), temporary, compression="zstd")
    temporary.replace(shard)


def _forget(folder: Path, chunks: Mapping[str, Any]) -> None:
    """Remove shards of files that are gone, and what a killed worker left."""
    for path in folder.iterdir():
        if path.suffix != ".parquet" or path.stem not in chunks:
            path.unlink(missing_ok=True)
