"""What is wrong with a file of annotations: everything in it at once, each with the line it stands in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
from rapidfuzz import fuzz

from kg.errors import InputError
from kg.gold import Gold, GoldEntity, norm
from kg.records import ENTITY_TYPES
from kg.schema import schema

# What `kg annotate` writes besides, and what annotators found worth noting.
_ALSO = ("urls", "source", "contaminated")
_MENTIONS = "MENTIONS"
# A name of so many letters that is so near to something in the text is a slip of the pen.
_LONG, _NEAR = 6, 90.0
_ARXIV = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7}")

Lookup = Callable[[Gold], str | None]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong, or, as a `warning`, may be."""

    file: str
    line: int
    sentence: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.warning else ''}{self.sentence}"


@dataclass(frozen=True, slots=True)
class _Found:
    sentence: str
    warning: bool = False


def check(path: Path, text_of: Lookup | None = None, every_name: bool = False) -> list[Problem]:
    """All that is wrong with a gold file, in the order of its lines.

    Parameters
    ----------
    path : Path
        JSON Lines, as `kg annotate` writes them.
    text_of : callable, optional
        The text of a paper, None if there is none: names are looked for in it.
    every_name : bool
        Name standard names, too, that the text has in another form.

    Raises
    ------
    InputError
        The file cannot be read, or holds nothing.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    seen: dict[tuple[str, str], int] = {}
    problems = []
    rows = [(n, r) for n, r in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), 1) if r.strip()]
    if not rows:
        raise InputError(f"{path} holds no annotations.")
    for number, row in rows:
        problems += [
            Problem(str(path), number, f.sentence, f.warning) for f in _line(row, number, seen, text_of, every_name)
        ]
    return problems


def _line(
    row: bytes, number: int, seen: dict[tuple[str, str], int], text_of: Lookup | None, every_name: bool
) -> Iterator[_Found]:
    try:
        record = json.loads(row.decode("utf-8"))
    except UnicodeDecodeError:
        yield _Found("the line is not UTF-8 text.")
        return
    except ValueError as error:
        yield _Found(f"the line is no JSON: {error}.")
        return
    if not isinstance(record, dict):
        yield _Found("the line is no JSON object.")
        return
    found = [*_record(record), *_again(record, number, seen)]
    yield from found
    entities = record.get("entities")
    if isinstance(entities, list):
        inside = [f for n, entity in enumerate(entities, 1) for f in _entity(entity, n)]
        yield from inside
        if any(not f.warning for f in (*found, *inside)):
            return
        paper = msgspec.convert(record, Gold)
        yield from _shared_names(paper.entities)
        if text_of is not None:
            yield from _names(paper, text_of(paper), every_name)


def _record(record: Mapping[str, Any]) -> Iterator[_Found]:
    """What is wrong with a record, its entities apart."""
    for name in ("id", "title", "entities"):
        if name not in record:
            yield _Found(f"the paper has no {name}.")
        elif name != "entities" and isinstance(record[name], str) and not record[name].strip():
            yield _Found(f"the paper's {name} is empty.")
    if "entities" in record and not isinstance(record["entities"], list):
        yield _Found("the paper's entities must be a list.")
    yield from _unknown(record, [f.name for f in fields(Gold)] + list(_ALSO), "a paper")
    head = {"id": "", "title": "", **record, "entities": []}
    try:
        paper = msgspec.convert(head, Gold)
    except msgspec.ValidationError as error:
        yield _Found(f"{error}.")
        return
    if paper.date and not _is_date(paper.date):
        yield _Found(f"{paper.date!r} is no date: write 2024, 2024-03 or 2024-03-13.")
    if paper.arxiv_id and not _ARXIV.fullmatch(paper.arxiv_id):
        yield _Found(f"{paper.arxiv_id!r} is no arXiv id without a version, such as 2401.13627.")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text + "0001-01-01"[len(text) :])
    except ValueError:
        return False
    return len(text) in (4, 7, 10)


def _again(record: Mapping[str, Any], number: int, seen: dict[tuple[str, str], int]) -> Iterator[_Found]:
    """Papers that stand in the file twice: each would be counted twice."""
    for name in ("id", "title", "arxiv_id"):
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            first = seen.setdefault((name, norm(value) if name == "title" else value), number)
            if first != number and name == "arxiv_id":
                # Two digests of one paper under two titles may both be annotated.
                yield _Found(f"the arXiv id {value!r} stands in line {first} too: one paper to a graph.", warning=True)
            elif first != number:
                yield _Found(f"the {name} {value!r} stands in line {first} too: one paper, one line.")
                return


def _unknown(given: Mapping[str, Any], known: Sequence[str], what: str) -> Iterator[_Found]:
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}."
            yield _Found(f"{name!r} is no field of {what} and is ignored: {hint}", warning=True)


def _entity(entity: Any, number: int) -> Iterator[_Found]:
    if not isinstance(entity, dict):
        yield _Found(f"entity {number} is no JSON object.")
        return
    names = entity.get("names")
    what = names[0] if isinstance(names, list) and names and isinstance(names[0], str) else f"entity {number}"
    for name in ("names", "type", "relations"):
        values = entity.get(name)
        if not isinstance(values, list) or not values or any(not isinstance(v, str) for v in values):
            yield _Found(f"{what}: {name} must be a list with at least one text in it.")
            return
        for value in sorted({v for v in values if values.count(v) > 1}):
            yield _Found(f"{what}: {value!r} stands in its {name} twice.", warning=True)
    for name in entity["names"]:
        if not norm(name):
            yield _Found(f"{what}: {name!r} is no name.")
        elif name != name.strip():
            yield _Found(f"{what}: the name {name!r} begins or ends with white space.")
    for flag in ("optional", "salient"):
        if not isinstance(entity.get(flag, False), bool):
            yield _Found(f"{what}: {flag} must be true or false.")
    yield from _unknown(entity, [f.name for f in fields(GoldEntity)], "an entity")
    yield from _relations(what, entity["type"], entity["relations"])
    if _MENTIONS in entity["relations"] and entity.get("optional") is not True:
        yield _Found(f"{what}: what is only mentioned is optional; mark it so.", warning=True)
    if entity.get("salient") is True and "Task" not in entity["type"]:
        yield _Found(f"{what}: salient is for tasks, and this is a {'/'.join(entity['type'])}.", warning=True)


def _relations(what: str, types: Sequence[str], relations: Sequence[str]) -> Iterator[_Found]:
    unknown = [t for t in types if t not in ENTITY_TYPES]
    for name in unknown:
        yield _Found(f"{what}: {name!r} is no entity type: choose from {', '.join(ENTITY_TYPES)}.")
    every = dict.fromkeys(r for t in ENTITY_TYPES for r in schema().relations_to(t))
    allowed = dict.fromkeys(r for t in types if t not in unknown for r in schema().relations_to(t))
    for name in relations:
        if name not in every:
            yield _Found(f"{what}: {name!r} is no relation: choose from {', '.join(every)}.")
        elif allowed and name not in allowed:
            yield _Found(f"{what}: a {'/'.join(types)} has no {name}: choose from {', '.join(allowed)}.")


def _shared_names(entities: Sequence[GoldEntity]) -> Iterator[_Found]:
    """One thing as two entities. Two things of different types may share a name: a model and its data set."""
    owner: dict[tuple[str, str], int] = {}
    told = set()
    for i, entity in enumerate(entities):
        for name in entity.names:
            for kind in entity.type:
                first = owner.setdefault((kind, norm(name)), i)
                if first != i and (first, i) not in told:
                    told.add((first, i))
                    yield _Found(f"entities {first + 1} and {i + 1} are both a {kind} called {name!r}: make them one.")


def _names(paper: Gold, text: str | None, every: bool) -> Iterator[_Found]:
    """Names that the text does not have.

    Beside one that it has, a standard name, as in the other language, is welcome: it is named only with `every`.
    What nearly stands in the text is a slip.
    """
    if text is None:
        yield _Found(f"no digest has the paper {paper.title!r}: its names were not looked for.", warning=True)
        return
    whole = _Haystack(text)
    for entity in paper.entities:
        absent = [n for n in entity.names if not whole.has(n)]
        near = {n: close for n in absent if (close := whole.nearest(n))}
        for name, close in near.items():
            yield _Found(f"{name!r} does not stand in the text, but {close!r} does.", warning=True)
        if len(absent) == len(entity.names) and not near:
            names = ", ".join(map(repr, entity.names))
            yield _Found(f"no name of this {'/'.join(entity.type)} stands in the text: {names}.", warning=True)
        elif every:
            for name in absent:
                if name not in near:
                    what = f"{name!r} (of {entity.names[0]!r}) does not stand in the text"
                    yield _Found(f"{what}: well if it is the standard name.", warning=True)


class _Haystack:
    """A text in which names are looked for, however spelled."""

    def __init__(self, text: str) -> None:
        self._text = text
        kept = [(c, at) for at, character in enumerate(text) for c in norm(character)]
        self._normal = "".join(c for c, _ in kept)
        self._places = [at for _, at in kept]

    def has(self, name: str) -> bool:
        """Whether a name, or its singular, stands in the text."""
        found = norm(name)
        return found in self._normal or (found.isascii() and found.removesuffix("s") in self._normal)

    def nearest(self, name: str) -> str:
        """What the text has that is nearly the name; "" if nothing is."""
        found = norm(name)
        near = fuzz.partial_ratio_alignment(found, self._normal, score_cutoff=_NEAR) if len(found) >= _LONG else None
        if near is None or near.dest_start == near.dest_end:
            return ""
        first, last = self._trimmed(found, near.dest_start, near.dest_end)
        start, end = self._places[first], self._places[last - 1] + 1
        while start and self._in_word(start):
            start -= 1
        while end < len(self._text) and self._in_word(end):
            end += 1
        return self._text[start:end].strip()

    def _trimmed(self, name: str, start: int, end: int) -> tuple[int, int]:
        """Bounds without what only fills up the length: what is found is as long as the name at first."""

        def likeness(bounds: tuple[int, int]) -> float:
            return fuzz.ratio(name, self._normal[slice(*bounds)])

        best = (start, end)
        while best[1] - best[0] > 1:
            shorter = max((best[0] + 1, best[1]), (best[0], best[1] - 1), key=likeness)
            if likeness(shorter) <= likeness(best):
                break
            best = shorter
        return best

    def _in_word(self, at: int) -> bool:
        """Whether a Latin word goes on at an offset."""
        return all(c.isascii() and c.isalnum() for c in self._text[at - 1 : at + 1])
