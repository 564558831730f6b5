"""Which entries are one paper, and what the paper is called."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from kg.records import Entry, Source
from kg.resolve.union import UnionFind

_NOT_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, from all entries on it; `entries` are indexes into the entries it was made from."""

    id: str
    entries: tuple[int, ...]
    title: str
    title_zh: str = ""
    date: str = ""
    arxiv_id: str = ""
    doi: str = ""
    urls: tuple[str, ...] = ()
    code_url: str = ""
    rating: str = ""
    venue: str = ""
    authors: tuple[str, ...] = ()
    source: tuple[Source, ...] = ()


def title_key(title: str) -> str:
    """A title without case, punctuation, white space and LaTeX marks."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", title).casefold()).replace("_", "")


def group(entries: Sequence[Entry]) -> list[list[int]]:
    """Indexes of the entries of each paper, in the order of `entries`.

    One arXiv id or one DOI is one paper; so is one title, unless its entries have two different arXiv ids.
    """
    sets: UnionFind[tuple[str, str]] = UnionFind()
    arxiv_of_title: dict[str, set[str]] = {}
    for e in entries:
        if e.arxiv_id:
            arxiv_of_title.setdefault(title_key(e.title), set()).add(e.arxiv_id)
    names: list[tuple[str, str]] = []
    for i, e in enumerate(entries):
        title = title_key(e.title)
        keys = []
        if e.arxiv_id:
            keys.append(("arxiv", e.arxiv_id))
        if e.doi:
            keys.append(("doi", e.doi.lower()))
        if title and len(arxiv_of_title.get(title, ())) <= 1:
            keys.append(("title", title))
        keys = keys or [("entry", str(i))]
        for other in keys[1:]:
            sets.union(keys[0], other)
        names.append(keys[0])
    groups: dict[tuple[str, str], list[int]] = {}
    for i, name in enumerate(names):
        groups.setdefault(sets.find(name), []).append(i)
    return list(groups.values())


def papers(entries: Sequence[Entry]) -> list[Paper]:
    """The papers that the entries are about, sorted by id.

    Where entries differ the first that says something wins, in the order of `entries`; of dates, the more exact
    one that comes first; links are joined.
    """
    return sorted((_paper(entries, indexes) for indexes in group(entries)), key=lambda p: p.id)


def _paper(entries: Sequence[Entry], indexes: Sequence[int]) -> Paper:
    mine = [entries[i] for i in indexes]
    arxiv_id, doi = _first(e.arxiv_id for e in mine), _first(e.doi for e in mine)
    title = _first(e.title for e in mine)
    venue = next((e for e in mine if e.venue), None)
    if arxiv_id:
        paper_id = f"paper:arxiv:{arxiv_id}"
    elif doi:
        paper_id = f"paper:doi:{doi.lower()}"
    else:
        paper_id = f"paper:title:{hashlib.sha256(title_key(title).encode()).hexdigest()[:16]}"
    return Paper(
        paper_id,
        tuple(indexes),
        title,
        _first(e.title_zh for e in mine),
        max((e.date for e in mine), key=len),
        arxiv_id,
        doi,
        tuple(dict.fromkeys(chain.from_iterable(e.urls for e in mine))),
        _first(e.code_url for e in mine),
        _first(e.rating for e in mine),
        _venue(venue) if venue else "",
        _first_list(e.authors for e in mine),
        tuple(sorted({e.source for e in mine})),
    )


def _venue(entry: Entry) -> str:
    name = entry.venue.name if entry.venue else ""
    return f"{name} {entry.venue_year}" if entry.venue_year else name


def _first(values: Iterable[str]) -> str:
    return next((v for v in values if v), "")


def _first_list(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return next((v for v in values if v), ())
