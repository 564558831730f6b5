"""From mentions to things: all names that one entry gives one thing, in one candidate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.extract.brackets import Pair
from kg.extract.spans import Mention
from kg.lexicon import Lexicon
from kg.resolve.spelling import bare, initials, key, same_version

_ACRONYM = re.compile(r"[A-Z][A-Za-z0-9\-]*[A-Z0-9][A-Za-z0-9\-]*s?")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that an entry may speak of: its mentions in order, its surface forms and its lexicon term."""

    mentions: tuple[Mention, ...]
    names: tuple[str, ...]
    term: str


def joined(candidates: Sequence[Candidate], term: str) -> Candidate:
    """One candidate of several that are one thing, with the lexicon term that it stands for."""
    mentions = tuple(sorted({m for candidate in candidates for m in candidate.mentions}))
    names = dict.fromkeys(name for candidate in candidates for name in candidate.names)
    return Candidate(mentions, tuple(names), term)


class _Sets:
    """Union-find over spelling keys; a set knows the lexicon term that its names stand for."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self.terms: dict[str, str] = {}

    def find(self, item: str) -> str:
        parent = self._parent.get(item, item)
        if parent != item:
            parent = self._parent[item] = self.find(parent)
        return parent

    def union(self, a: str, b: str) -> bool:
        """Make two sets one, unless they stand for different terms."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        term_a, term_b = self.terms.get(a, ""), self.terms.get(b, "")
        if term_a and term_b and term_a != term_b:
            return False
        self._parent[b] = a
        if term_b:
            self.terms[a] = term_b
        return True


def group(text: str, mentions: Iterable[Mention], pairs: Iterable[Pair], lexicon: Lexicon) -> list[Candidate]:
    """Gather mentions into candidates.

    Names are one thing that share a spelling key or a lexicon term, stand on both sides of a bracket, differ by a
    generic word (3D-FRONT, 3D-FRONT数据集), or abbreviate each other.
    """
    by_key: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_key.setdefault(key(text[mention.start : mention.end]), []).append(mention)
    by_key.pop("", None)
    names = {k: text[found[0].start : found[0].end] for k, found in by_key.items()}
    sets = _Sets()
    _by_term(sets, by_key, lexicon)
    _by_bracket(sets, by_key, text, pairs)
    _by_tail(sets, names)
    _by_initials(sets, names)
    members: dict[str, list[Mention]] = {}
    for k, found in by_key.items():
        members.setdefault(sets.find(k), []).extend(found)
    candidates = []
    for root, together in members.items():
        ordered = sorted(set(together)) if len(together) > 1 else together
        forms = dict.fromkeys([text[m.start : m.end] for m in ordered])
        candidates.append(Candidate(tuple(ordered), tuple(forms), sets.terms.get(root, "")))
    return sorted(candidates, key=lambda c: (c.mentions[0].start, c.names))


def _by_term(sets: _Sets, by_key: Mapping[str, list[Mention]], lexicon: Lexicon) -> None:
    first: dict[str, str] = {}
    ambiguous = []
    for k, found in by_key.items():
        terms = {m.cue: m.term for m in reversed(found)}
        term = terms.get("lexicon")
        if term:
            sets.terms.setdefault(sets.find(k), term)
            sets.union(first.setdefault(term, k), k)
        if "ambiguous" in terms:
            ambiguous.append(k)
    for k in ambiguous:
        if not sets.terms.get(sets.find(k)):
            meant = [t.id for t in lexicon.find(k) if t.id in first]
            if len(meant) == 1:
                sets.union(first[meant[0]], k)


def _by_bracket(sets: _Sets, by_key: Mapping[str, list[Mention]], text: str, pairs: Iterable[Pair]) -> None:
    for pair in pairs:
        keys = [key(text[s:e]) for s, e in (pair.outer, *pair.inner)]
        for other in keys[1:]:
            if keys[0] in by_key and other in by_key:
                sets.union(keys[0], other)


def _by_tail(sets: _Sets, names: Mapping[str, str]) -> None:
    for k, name in names.items():
        short = key(bare(name))
        if short != k and short in names:
            sets.union(short, k)


def _by_initials(sets: _Sets, names: Mapping[str, str]) -> None:
    longs: dict[str, list[str]] = {}
    for k, name in names.items():
        if name.isascii() and len(name.split()) + name.count("-") >= 2:
            longs.setdefault(initials(name), []).append(k)
    for k, name in names.items():
        if _ACRONYM.fullmatch(name) and len(k) >= 2:
            meant = {sets.find(x) for x in longs.get(k, ())}
            if len(meant) == 1:
                other = meant.pop()
                if same_version(name, names.get(other, name)):
                    sets.union(other, k)
