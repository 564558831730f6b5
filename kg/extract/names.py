"""An automaton that finds known names in a text, whatever their spaces and hyphens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import ahocorasick
import numpy as np

from kg.extract.text import fold, squeeze, within_words

_GLUE = re.compile(r"[\s\-_]+")


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


def patterns(names: Iterable[Known]) -> dict[str, list[Known]]:
    """What the automaton looks for: names without case, spaces and hyphens, each with all that it may stand for."""
    table: dict[str, list[Known]] = {}
    for known in names:
        pattern = _GLUE.sub("", fold(known.name))
        if len(pattern) >= 2:
            table.setdefault(pattern, []).append(known)
    return table


class NameMatcher:
    """Longest match of known names on the raw string; Latin names only at word boundaries.

    `table` is what `patterns` gives, `ordinary` are words that need their capitals to be names.
    """

    def __init__(self, table: Mapping[str, Sequence[Known]], ordinary: frozenset[str]) -> None:
        self._ordinary = ordinary
        self._automaton = ahocorasick.Automaton()
        add = self._automaton.add_word
        for pattern, all_known in table.items():
            add(pattern, (len(pattern) - 1, all_known))
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
        every = self._automaton.iter(squeezed)
        whole = [(last - back, last, known) for last, (back, known) in every if not within[last - back]]
        for first, last, all_known in whole:
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
                if raw == known.name or self._spelled(raw, known.name):
                    yield Hit(start, end, known)
                    break

    def _spelled(self, raw: str, name: str) -> bool:
        """Whether a name may be written so: an ordinary word, or a short one, needs its capitals."""
        if not name.isascii():
            return True
        parts = _GLUE.split(raw)
        if len(parts) > 1 and not _GLUE.search(name):
            return len(name) > 4 and all(p[:1].isupper() or p[:1].isdigit() for p in parts[1:] if p)
        if name.islower() or len(parts) > 1:
            return True
        body = raw[:-1] if raw.endswith("s") and not name.endswith("s") else raw
        if body == name:
            return True
        if body.lower() in self._ordinary:
            return False
        return not raw.islower() or len(name) > 5
