"""An automaton that finds known names in a text, whatever their spaces and hyphens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import ahocorasick
import numpy as np

from kg.extract.text import fold, squeeze, within_words

_LATIN_WORD = re.compile(r"[A-Za-z]+")
_SPLIT = re.compile(r"[\s\-_]+")


class Known(NamedTuple):
    """A known name: as written, what it stands for, and whether it always does."""

    name: str
    type: str
    term: str
    sure: bool


class Hit(NamedTuple):
    """A known name found at [start, end)."""

    start: int
    end: int
    known: Known


class NameMatcher:
    """Longest match of known names on the raw string; Latin names only at word boundaries."""

    def __init__(self, names: Iterable[Known], ordinary: frozenset[str]) -> None:
        self._ordinary = ordinary
        table: dict[str, list[Known]] = {}
        for known in names:
            pattern = squeeze(fold(known.name))[0]
            if len(pattern) >= 2:
                table.setdefault(pattern, []).append(known)
        self._automaton = ahocorasick.Automaton()
        for pattern, all_known in table.items():
            self._automaton.add_word(pattern, (len(pattern), all_known))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Hit]:
        """All matches that no longer one covers, in order."""
        hits = list(self._hits(text, fold(text)))
        hits.sort(key=lambda h: (h.start - h.end, h.start))
        taken = bytearray(len(text))
        kept = []
        for hit in hits:
            if taken[hit.start] or taken[hit.end - 1]:
                continue
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            kept.append(hit)
        return sorted(kept)

    def _hits(self, text: str, folded: str) -> Iterator[Hit]:
        squeezed, offsets = squeeze(folded)
        inside = within_words(folded)
        # Most of what the automaton finds are letters within a word: seen here without a look at the text.
        within = np.frombuffer(inside, np.uint8)[offsets].tobytes()
        for last, (length, all_known) in self._automaton.iter(squeezed):
            first = last - length + 1
            if within[first]:
                continue
            end = int(offsets[last]) + 1
            if inside[end]:
                # An English plural: GANs, diffusion models.
                plural = folded[end] == "s" and not inside[end + 1]
                if not plural or folded[end - 1] == "s":
                    continue
                end += 1
            start = int(offsets[first])
            raw = text[start:end]
            if "\n" in raw:
                continue
            for known in all_known:
                if self._spelled(raw, known.name):
                    yield Hit(start, end, known)
                    break

    def _spelled(self, raw: str, name: str) -> bool:
        """Whether a name may be written so: an ordinary word, or a short one, needs its capitals."""
        if raw == name or not name.isascii():
            return True
        parts = _SPLIT.split(raw)
        if len(parts) > 1 and not _SPLIT.search(name):
            return len(name) > 4 and all(p[:1].isupper() or p[:1].isdigit() for p in parts[1:] if p)
        if name.islower() or len(parts) > 1:
            return True
        body = raw[:-1] if raw.endswith("s") and not name.endswith("s") else raw
        if body == name:
            return True
        if body.lower() in self._ordinary:
            return False
        return not raw.islower() or len(name) > 5
