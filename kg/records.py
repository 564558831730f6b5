"""The records that pass between the stages. All are frozen: a stage never changes its input.

read -> `Entry` -> extract -> `Extraction` of `Finding` -> resolve and build -> `Node` and `Edge` with `Evidence`;
what a stage leaves out it returns as `Dropped`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ENTITY_TYPES = ("Model", "Method", "Dataset", "Task", "Metric")


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A place in an input: the file as the user named it, and the line, from 1.

    `n` tells apart entries that begin on one line, as they do in JSON without line breaks.
    """

    file: str
    line: int
    n: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Label:
    """A name that a digest states outright (topic, institution, venue), with the text that states it.

    `text` is verbatim from line `line` of the entry's file.
    """

    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph or list item of an entry, verbatim from line `line` of the entry's file.

    `section` is the heading it stands under as the digest writes it (概述, 方法, 摘要, ...), or "" for none.
    """

    text: str
    line: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper as one digest gives it.

    `date` is ISO text as exact as the digest is ("2024", "2024-01", "2024-01-24"); `arxiv_id` has no version;
    `venue.name` has no year ("ICCV"), `venue_year` has it.
    """

    source: Source
    format: str
    title: str
    title_zh: str = ""
    date: str = ""
    arxiv_id: str = ""
    doi: str = ""
    urls: tuple[str, ...] = ()
    code_url: str = ""
    rating: str = ""
    authors: tuple[str, ...] = ()
    topics: tuple[Label, ...] = ()
    institutions: tuple[Label, ...] = ()
    venue: Label | None = None
    venue_year: int | None = None
    title_line: int = 0
    title_zh_line: int = 0
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something a stage left out: `stage` and `reason` are fixed words, `detail` one clear sentence.

    Reasons: "unreadable", "undecodable", "binary", "empty", "half-written", "unknown-format", "no-papers" (files);
    "no-title" (entries); "refusal", "copied" (passages; `other` is where the original stands).
    """

    stage: str
    reason: str
    source: Source
    detail: str
    text: str = ""
    other: Source | None = None


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What reading one file gave."""

    entries: tuple[Entry, ...] = ()
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence that proves something, verbatim from line `line` of the entry's file.

    `start` and `end` are the offsets, in characters, of the name in `sentence`; `cue` says which rule or pattern spoke
    ("lexicon", "bracket", "proposes:提出了名为", ...); `score` is its strength, 0 to 1.
    """

    sentence: str
    start: int
    end: int
    section: str
    line: int
    cue: str
    score: float


@dataclass(frozen=True, slots=True)
class Name:
    """A surface form of a finding, exactly as written, with the first sentence that has it.

    `cue` of the evidence says why this form belongs to the finding: "lexicon", "bracket", "tail", ...
    """

    text: str
    evidence: Evidence
    count: int = 1


@dataclass(frozen=True, slots=True)
class Relation:
    """What the paper does with a finding; `confidence` 0 to 1, at least one piece of evidence."""

    type: str
    confidence: float
    evidence: tuple[Evidence, ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One entity of one entry, under all the names that the entry gives it.

    `term` is the id of a lexicon term ("" for none): findings of one term are one thing wherever they occur.
    `based_on` marks a USES with a building cue (基于X, built on X) in a sentence about the proposed thing.
    """

    type: str
    names: tuple[Name, ...]
    relations: tuple[Relation, ...]
    confidence: float
    term: str = ""
    based_on: bool = False


@dataclass(frozen=True, slots=True)
class Extraction:
    """All findings of one entry."""

    source: Source
    findings: tuple[Finding, ...] = ()
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the graph; `attributes` are those that the schema gives its type."""

    id: str
    type: str
    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EdgeEvidence(Evidence):
    """Evidence of an edge: with the file, since an edge may rest on several."""

    file: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of the graph; (source, type, target) is its identity and `id` is made from it."""

    id: str
    source: str
    target: str
    type: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[EdgeEvidence, ...] = ()
