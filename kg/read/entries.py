"""From a raw record to an entry: the fields understood, one rule for every format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from kg.read import values as v
from kg.read.base import Record, Value, dropped
from kg.read.headline import belongs
from kg.read.labels import is_placeholder
from kg.records import Dropped, Entry, Label, Source

_MAX_TITLE = 400
_MAX_TITLE_ZH = 120
# Where titles are looked for, best first; a headline is one that may be a short name only.
_TITLES = ("title", "title_zh", "headline")


def _of(record: Record, *fields: str) -> Iterator[Value]:
    return (value for value in record.values if value.field in fields and not is_placeholder(value.value))


def _titles(record: Record) -> tuple[Value | None, Value | None]:
    """The English and the Chinese title, told apart by their script, not by their label."""
    english = chinese = None
    for value in sorted(_of(record, *_TITLES), key=lambda value: _TITLES.index(value.field)):
        text = v.clean_title(value.value)
        if not text or len(text) > _MAX_TITLE:
            continue
        if v.is_chinese(text):
            if len(text) <= _MAX_TITLE_ZH:
                chinese = chinese or value
        else:
            english = english or value
    return english, chinese


def _arxiv_id(record: Record) -> str:
    """The record's own arXiv id: labelled or behind a lone link; one from prose only when no other stands there."""
    for value in _of(record, "arxiv_id"):
        if found := v.arxiv_id(value.value):
            return found
    own = [found for value in _of(record, "url", "code") if value.own for found in v.arxiv_ids(value.value)]
    if own:
        return own[0]
    prose = {found for value in _of(record, "url") for found in v.arxiv_ids(value.value)}
    return prose.pop() if len(prose) == 1 else ""


def _doi(record: Record) -> str:
    for value in _of(record, "doi"):
        if found := v.doi_in(value.value):
            return found
    return next(
        (
            doi
            for value in _of(record, "url")
            if value.own and "doi.org/" in value.value
            for doi in [v.doi_in(value.value)]
            if doi
        ),
        "",
    )


def _urls(record: Record) -> tuple[str, ...]:
    found = [
        url for value in _of(record, "url", "code", "arxiv_id", "doi", "comment") for url in v.urls_in(value.value)
    ]
    return tuple(dict.fromkeys(found))


def _code_url(record: Record, urls: tuple[str, ...]) -> str:
    labelled = [url for value in _of(record, "code") for url in v.urls_in(value.value)]
    return next(iter(labelled), next((url for url in urls if v.is_code(url)), ""))


def _date(record: Record) -> str:
    return next((date for value in _of(record, "date") for date in [v.iso_date(value.value)] if date), "")


def _venue(record: Record) -> tuple[Label | None, int | None]:
    for value in _of(record, "venue", "comment"):
        if found := v.venue_of(value.value, remark=value.field == "comment"):
            return Label(found[0], value.text or value.value, value.line), found[1]
    return None, None


def _labels(record: Record, split: Mapping[str, Callable[[str], Iterable[str]]]) -> tuple[Label, ...]:
    """Labels of the values of some fields, each split into names in its field's way."""
    found: dict[str, Label] = {}
    for value in _of(record, *split):
        for name in split[value.field](value.value):
            found.setdefault(name, Label(name, value.text or value.value, value.line))
    return tuple(found.values())


def entry_from(record: Record, file: str, format_name: str) -> Entry | Dropped:
    """Make the entry of a record.

    Returns
    -------
    Entry or Dropped
        `Dropped` with the reason "no-title" when the record names no paper.
    """
    english, chinese = _titles(record)
    title = english or chinese
    if title is None:
        return dropped(
            "no-title",
            file,
            record.line,
            f"The entry at {Source(file, record.line)} has no title: give it one or take it out.",
        )
    name = v.clean_title(title.value)
    headline = v.clean_title(chinese.value) if chinese else ""
    if english and headline and not belongs(headline, name, record.passages):
        chinese, headline = None, ""
    urls = _urls(record)
    venue, year = _venue(record)
    authors = [author for value in _of(record, "authors") for author in v.authors_in(value.value)]
    return Entry(
        source=Source(file, record.line),
        format=format_name,
        title=name,
        title_zh=headline,
        date=_date(record),
        arxiv_id=_arxiv_id(record),
        doi=_doi(record),
        urls=urls,
        code_url=_code_url(record, urls),
        rating=next((v.clean(value.value) for value in _of(record, "rating")), ""),
        authors=tuple(dict.fromkeys(authors)),
        topics=_labels(record, {"topic": lambda name: [name], "topics": v.topics_in}),
        institutions=_labels(record, {"institutions": v.institutions_in}),
        venue=venue,
        venue_year=year,
        title_line=title.line,
        title_zh_line=chinese.line if chinese else 0,
        passages=record.passages,
    )
