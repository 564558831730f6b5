"""The bilingual lexicon: things that papers speak of, under all their names, with types and families."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from kg.errors import KgError
from kg.records import ENTITY_TYPES
from kg.resolve.spelling import key
from kg.resources import resource

TERMS = "data/lexicon/terms.jsonl"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing of the lexicon.

    `types` begins with the usual one; `aliases` always mean it, `ambiguous` names may mean something else;
    `family` names the thing that it is a version or size of; `generic` marks very general words.
    """

    id: str
    types: tuple[str, ...]
    en: str
    zh: str = ""
    aliases: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    family: str = ""
    generic: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names that always mean it: English, Chinese, aliases; those that are also ambiguous left out."""
        return tuple(n for n in (self.en, self.zh, *self.aliases) if n and n not in self.ambiguous)


class Lexicon:
    """Terms by id and by name."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self._terms = dict(terms)

    @classmethod
    @cache
    def load(cls) -> Lexicon:
        """Return the lexicon that travels with the package, read once."""
        return read_terms(resource(TERMS))

    def __len__(self) -> int:
        return len(self._terms)

    def __iter__(self) -> Iterator[Term]:
        return iter(self._terms.values())

    def term(self, id: str) -> Term:
        """The term of an id.

        Raises
        ------
        KgError
            No term has that id.
        """
        try:
            return self._terms[id]
        except KeyError:
            raise KgError(f"the lexicon has no term {id!r}: look it up by name with `find`.") from None

    def find(self, name: str) -> tuple[Term, ...]:
        """Terms that go by a name in any spelling: those that it always means first, then those it may mean."""
        return self._by_key.get(key(name), ())

    @cached_property
    def _by_key(self) -> dict[str, tuple[Term, ...]]:
        sure: dict[str, list[Term]] = {}
        maybe: dict[str, list[Term]] = {}
        for term in self:
            for table, names in ((sure, term.names), (maybe, term.ambiguous)):
                for k in dict.fromkeys(map(key, names)):
                    table.setdefault(k, []).append(term)
        return {k: tuple(dict.fromkeys([*sure.get(k, ()), *maybe.get(k, ())])) for k in {**sure, **maybe}}


def read_terms(path: Path) -> Lexicon:
    """Read a lexicon from JSON Lines.

    Raises
    ------
    KgError
        A line is not a term, or two terms share an id; the message names the line.
    """
    terms: dict[str, Term] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                term = _term(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise KgError(f"{path}:{number} is not a lexicon term ({error}): correct the line.") from error
            if term.id in terms:
                raise KgError(f"{path}:{number} repeats the id {term.id!r}: give each term its own.")
            terms[term.id] = term
    return Lexicon(terms)


def _term(record: Mapping[str, Any]) -> Term:
    fields = dict(record)
    types = tuple(fields.pop("type"))
    if not types or not set(types) <= set(ENTITY_TYPES):
        raise ValueError(f"type {types} is none of {', '.join(ENTITY_TYPES)}")
    for name in ("aliases", "ambiguous"):
        fields[name] = tuple(fields.get(name, ()))
    return Term(types=types, **fields)
