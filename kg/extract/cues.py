"""Cue words around names: which class of cue stands before or after a mention, near or far, in its sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cache
from typing import NamedTuple

import ahocorasick

from kg.extract.tables import table

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
    size = len(folded)
    found = []
    for last, (length, names) in _automaton().iter(folded):
        start, end = last - length + 1, last + 1
        if folded[start].isascii() and folded[start].isalpha():
            if start and folded[start - 1].isascii() and folded[start - 1].isalnum():
                continue
            if end < size and folded[end].isascii() and folded[end].isalnum():
                continue
        found += [Cue(start, end, name) for name in names]
    found.sort()
    return found


class CueIndex:
    """Cues of a text, to be asked for the surroundings of a stretch."""

    def __init__(self, folded: str) -> None:
        self._cues = find(folded)
        self._starts = [c.start for c in self._cues]

    def around(self, start: int, end: int, low: int, high: int) -> list[tuple[str, Cue]]:
        """Cues within [low, high) before and after [start, end), each with where it stands ("<near", ">far")."""
        first = bisect_left(self._starts, max(low, start - FAR))
        out = []
        for cue in self._cues[first : bisect_right(self._starts, min(high, end + FAR) - 1, first)]:
            if cue.end <= start:
                out.append(("<near" if start - cue.end <= NEAR else "<far", cue))
            elif end <= cue.start and cue.end <= high:
                out.append((">near" if cue.start - end <= NEAR else ">far", cue))
        return out
