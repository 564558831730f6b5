"""Cue words around names: which class of cue stands before or after a mention, near or far, in its sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cache
from typing import NamedTuple

import ahocorasick

from kg.extract.tables import table
from kg.extract.text import within_words

NEAR = 8
FAR = 40


class Cue(NamedTuple):
    """A cue word of a class at [start, end)."""

    start: int
    end: int
    name: str


@cache
def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    classes: dict[str, list[str]] = {}
    for name, words in table("cues").items():
        for word in " ".join(words.values()).split():
            classes.setdefault(word, []).append(name)
    for word, names in classes.items():
        automaton.add_word(word, (len(word), tuple(names)))
    automaton.make_automaton()
    return automaton


def find(folded: str) -> list[Cue]:
    """All cue words of a folded text, in order; Latin ones only as whole words."""
    within = within_words(folded)
    found = []
    for last, (length, names) in _automaton().iter(folded):
        start, end = last - length + 1, last + 1
        if not (within[start] or within[end]):
            found += [Cue(start, end, name) for name in names]
    found.sort()
    return found


class CueIndex:
    """Cues of a text, to be asked for the surroundings of a stretch."""

    def __init__(self, folded: str) -> None:
        self._cues = find(folded)
        self._starts = [c.start for c in self._cues]
        self._asked: dict[tuple[int, int, int, int], list[tuple[str, Cue]]] = {}

    def around(self, start: int, end: int, low: int, high: int) -> list[tuple[str, Cue]]:
        """Cues within [low, high) before and after [start, end), each with where it stands ("<near", ">far")."""
        asked = start, end, low, high
        found = self._asked.get(asked)
        if found is None:
            found = self._asked[asked] = self._around(*asked)
        return found

    def _around(self, start: int, end: int, low: int, high: int) -> list[tuple[str, Cue]]:
        first = bisect_left(self._starts, max(low, start - FAR))
        out = []
        for cue in self._cues[first : bisect_right(self._starts, min(high, end + FAR) - 1, first)]:
            begin, stop, _ = cue
            if stop <= start:
                out.append(("<near" if start - stop <= NEAR else "<far", cue))
            elif end <= begin and stop <= high:
                out.append((">near" if begin - end <= NEAR else ">far", cue))
        return out
