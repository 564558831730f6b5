"""Shards: what reading and extracting gave for one chunk of files, as Parquet in the graph's cache.

A shard carries a stamp of what it was made from. It is current while the stamp holds, and is renamed into place when
it is whole, so that a kill leaves no half of one.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kg import screen
from kg.records import Dropped, Entry, Evidence, Extraction, Passage, ReadResult, Relation
from kg.resolve.spelling import key

FORMAT = 6

READ = pa.schema(
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
EXTRACT = pa.schema(
    [
        ("entry", pa.string()),  # digest of what was extracted from
        ("file", pa.string()),
        ("line", pa.int32()),
        ("n", pa.int32()),
        ("sentences", pa.list_(_SENTENCE)),
        ("findings", pa.list_(_FINDING)),
        ("dropped", pa.binary()),  # what extraction left out, JSON, null for nothing
    ]
)


def read_row(name: str, sha: str, result: ReadResult) -> dict[str, Any]:
    """One file as its shard holds it: passages apart, so that what needs none of them need not load them."""
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


def read_entries(shard: Path, files: Collection[str] | None = None) -> list[Entry]:
    """Entries of a shard with their passages, of some files only if they are named."""
    heads = msgspec.json.Decoder(ReadResult).decode
    passages = msgspec.json.Decoder(list[tuple[Passage, ...]]).decode
    only = None if files is None else pc.field("file").isin(sorted(files))
    table = pq.read_table(shard, columns=["head", "passages"], filters=only)
    return [
        replace(entry, passages=inside)
        for head, body in zip(table["head"].to_pylist(), table["passages"].to_pylist(), strict=True)
        for entry, inside in zip(heads(head).entries, passages(body), strict=True)
    ]


def extract_row(digest: str, extraction: Extraction) -> dict[str, Any]:
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
        "dropped": msgspec.json.encode(extraction.dropped) if extraction.dropped else None,
    }


def read_dropped(shard: Path) -> list[Dropped]:
    """What extraction left out of the entries of a shard."""
    decode = msgspec.json.Decoder(list[Dropped]).decode
    table = pq.read_table(shard, columns=["dropped"])
    return [d for row in table["dropped"].drop_null().to_pylist() for d in decode(row)]


def is_current(shard: Path, **stamp: str) -> bool:
    """Whether a shard is whole and was written with this stamp."""
    try:
        metadata = pq.read_schema(shard).metadata or {}
    except (OSError, pa.ArrowException):
        return False
    return all(metadata.get(k.encode()) == v.encode() for k, v in stamp.items())


def load(shard: Path, schema: pa.Schema, **stamp: str) -> pa.Table | None:
    """The table of a shard, None where it is missing, broken or written with another stamp."""
    if not is_current(shard, **stamp):
        return None
    try:
        table = pq.read_table(shard)
        return table.cast(schema)
    except (OSError, pa.ArrowException):
        return None


def store(shard: Path, table: pa.Table, **stamp: str) -> None:
    """Write a shard with its stamp, whole or not at all."""
    temporary = shard.with_suffix(f".{os.getpid()}.new")
    pq.write_table(table.replace_schema_metadata(stamp), temporary, compression="zstd")
    temporary.replace(shard)
