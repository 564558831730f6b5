"""Reading: from the files of a build to entries, one for each paper of each digest.

`find_files` says which files there are, `read_file` reads one: it decodes the bytes, lets the reader that recognises
the content read it (`kg.registry`, kind "readers"), and takes refusals out. A container (Markdown, JSON) becomes raw
records, and records become entries through one table of labels; a format is a description in `kg/read/formats/`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

from kg import registry
from kg.read.base import Reader, dropped
from kg.read.decode import decode
from kg.read.files import InputFile, find_files
from kg.read.refusal import without_refusals
from kg.records import Dropped, Entry, ReadResult, Source

__all__ = ["VERSION", "InputFile", "Reader", "find_files", "read_file"]

# Part of the pipeline's cache key: raise it whenever the same bytes may give other entries.
VERSION = "2"

_FLOOR = 0.1


@cache
def _readers() -> tuple[Reader, ...]:
    return tuple(registry.load("readers", name) for name in registry.names("readers"))


def read_file(name: str, data: bytes) -> ReadResult:
    """Read the papers of one file; bad content is reported, never raised.

    Parameters
    ----------
    name
        The file as the user named it: it becomes the source of the entries.
    data
        Its bytes.

    Returns
    -------
    ReadResult
        The entries in order, and what was left out: the file itself ("undecodable", "binary", "empty",
        "unknown-format", "no-papers"), its end ("half-written"), an entry ("no-title"), a passage ("refusal").
    """
    decoded = decode(name, data)
    if isinstance(decoded, Dropped):
        return ReadResult(dropped=(decoded,))
    text = decoded.text
    sure, reader = max(
        ((reader.sniff(text, name), reader) for reader in _readers()),
        key=lambda found: (found[0], [-ord(c) for c in found[1].name]),
    )
    if sure < _FLOOR:
        detail = f"{name} is in none of the formats {', '.join(found.name for found in _readers())}."
        return ReadResult(dropped=(dropped("unknown-format", name, 1, detail),))
    result = reader.read(text, name)
    if decoded.cut:
        result = _without_last(result, name, text.count("\n") + 1)
    return _screened(result)


def _without_last(result: ReadResult, name: str, line: int) -> ReadResult:
    """The result of a file that breaks off inside a character: its last entry is incomplete."""
    if any(report.reason == "half-written" for report in result.dropped):
        return result
    detail = f"{name} breaks off at line {line}, inside a character: its last entry is left out."
    report = dropped("half-written", name, line, detail)
    kept = tuple(report for report in result.dropped if report.reason != "no-papers")
    return ReadResult(result.entries[:-1], (*kept, report))


def _screened(result: ReadResult) -> ReadResult:
    """The result without refusals, and entries that begin on one line numbered."""
    entries: list[Entry] = []
    reports = list(result.dropped)
    seen: Counter[Source] = Counter()
    for entry in result.entries:
        kept, refusals = without_refusals(entry)
        source = entry.source
        entries.append(replace(kept, source=replace(source, n=seen[source])) if seen[source] else kept)
        seen[source] += 1
        reports.extend(refusals)
    return replace(result, entries=tuple(entries), dropped=tuple(reports))
