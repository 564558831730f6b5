"""The bilingual lexicon: things that papers speak of, under all their names, with types and families."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

import msgspec

from kg import compiled
from kg.collector import no_collection
from kg.errors import KgError
from kg.records import ENTITY_TYPES
from kg.resolve.spelling import key
from kg.resources import resource

TERMS = "data/lexicon/terms.jsonl"


class Term(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename={"types": "type"}):
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
    """Terms by id and by name.

    `keys` has the places of the terms that go by a spelling key; it is worked out from the terms if not given.
    """

    def __init__(self, terms: Mapping[str, Term], keys: Mapping[str, Sequence[int]] | None = None) -> None:
        self._terms = dict(terms)
        self._given = keys

    @classmethod
    @cache
    @no_collection()
    def load(cls) -> Lexicon:
        """Return the lexicon that travels with the package, read once."""
        ready = compiled.read()
        return read_terms(resource(TERMS), ready.keys if ready else None)

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
        return tuple(self._in_order[i] for i in self.keys.get(key(name), ()))

    @cached_property
    def keys(self) -> Mapping[str, Sequence[int]]:
        """Places of the terms that go by each spelling key."""
        if self._given is not None:
            return self._given
        places: dict[str, dict[int, None]] = {}
        sure = [(place, name) for place, term in enumerate(self) for name in term.names]
        maybe = [(place, name) for place, term in enumerate(self) for name in term.ambiguous]
        for place, name in sure + maybe:
            places.setdefault(key(name), {})[place] = None
        return {k: tuple(found) for k, found in places.items()}

    @cached_property
    def _in_order(self) -> tuple[Term, ...]:
        return tuple(self)


def read_terms(path: Path, keys: Mapping[str, Sequence[int]] | None = None) -> Lexicon:
    """Read a lexicon from JSON Lines.

    Raises
    ------
    KgError
        A line is not a term, or two terms share an id; the message names the line.
    """
    terms: dict[str, Term] = {}
    decode = msgspec.json.Decoder(Term).decode
    right: set[tuple[str, ...]] = set()  # types that were looked at
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            term = decode(line)
        except msgspec.MsgspecError as error:
            raise KgError(f"{path}:{number} is not a lexicon term ({error}): correct the line.") from error
        if term.types not in right:
            if not term.types or not set(term.types) <= set(ENTITY_TYPES):
                why = f"type {term.types} is none of {', '.join(ENTITY_TYPES)}"
                raise KgError(f"{path}:{number} is not a lexicon term ({why}): correct the line.")
            right.add(term.types)
        if term.id in terms:
            raise KgError(f"{path}:{number} repeats the id {term.id!r}: give each term its own.")
        terms[term.id] = term
    return Lexicon(terms, keys)
