"""What readers made of a name before: how many kept it, how many found it beside the point, as which type."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from kg.collector import no_collection
from kg.extract.edges import has_chinese
from kg.extract.group import Candidate
from kg.extract.labels import Labels
from kg.extract.names import Known
from kg.lexicon import Lexicon
from kg.records import ENTITY_TYPES
from kg.resolve.spelling import bare, key
from kg.resources import resource

KNOWN = 2
# A name never seen counts as `_SMOOTH` papers, in `_BASE` of which it was kept.
_SMOOTH = 2.0
_BASE = 0.35
_FREQUENCY = Labels[int](lambda n: f"frequency={n}")


class Prior(NamedTuple):
    """Papers in which a name was kept, optional, or no entity at all; and kept by type."""

    kept: int = 0
    optional: int = 0
    dropped: int = 0
    types: tuple[int, ...] = (0,) * len(ENTITY_TYPES)

    def plus(self, other: Prior, sign: int = 1) -> Prior:
        """The sum, or with sign -1 the difference, of two counts."""
        return Prior(
            self.kept + sign * other.kept,
            self.optional + sign * other.optional,
            self.dropped + sign * other.dropped,
            tuple(a + sign * b for a, b in zip(self.types, other.types, strict=True)),
        )


_NONE = Prior()


class Priors:
    """Counts by lexicon term, else by spelling key; and in how many papers of a large corpus a name occurs."""

    def __init__(self, counts: Mapping[str, Prior], frequency: Mapping[str, int]) -> None:
        self.counts = counts
        self.frequency = frequency

    @classmethod
    @cache
    @no_collection()
    def load(cls) -> Priors:
        """Return the counts that travel with the package, read once."""
        return cls(read_counts(resource("data/rules/priors.tsv")), read_frequency(resource("data/rules/frequency.tsv")))

    def names(self, lexicon: Lexicon) -> Iterator[Known]:
        """Names that readers kept more than once and that the lexicon lacks."""
        for name, prior in self.counts.items():
            long = len(name) > 5 or (has_chinese(name) and len(name) > 2)
            if prior.kept >= KNOWN and long and ":" not in name and not lexicon.find(name):
                kind = ENTITY_TYPES[max(range(len(ENTITY_TYPES)), key=lambda i: (prior.types[i], -i))]
                yield Known(name, kind, "", True)

    def of(self, candidate: Candidate) -> list[str]:
        """Keys under which a candidate is counted."""
        keys = {candidate.term} if candidate.term else set()
        for name in candidate.names:
            keys.add(key(name))
            keys.add(key(bare(name)))
        return sorted(keys)

    def describe(self, out: dict[str, float], candidate: Candidate, without: Mapping[str, Prior] | None = None) -> None:
        """Add the features that the counts give."""
        best, most, frequency = _NONE, 0, 0
        for k in self.of(candidate):
            found = self.counts.get(k, _NONE)
            if without and k in without:
                found = found.plus(without[k], -1)
            seen = found.kept + found.optional + found.dropped
            if seen >= most and (seen, found) > (most, best):
                best, most = found, seen
            frequency = max(frequency, self.frequency.get(k, 0))
        out.update(_described(best))
        out[_FREQUENCY[int(math.log2(frequency + 1))]] = 1.0


@lru_cache(maxsize=1 << 13)
def _described(prior: Prior) -> dict[str, float]:
    seen, optional = prior.kept + prior.dropped, prior.optional
    if seen + optional <= 0:
        return {"prior-none": 1.0}
    rate = (prior.kept + _SMOOTH * _BASE) / (seen + _SMOOTH)
    out = {
        "prior": math.log(rate / (1 - rate)),
        "prior-optional": optional / (seen + optional),
        f"prior-seen={min(4, int(math.log2(seen + optional + 1)))}": 1.0,
    }
    total = sum(prior.types)
    return out | {f"prior-type={k}": n / total for k, n in zip(ENTITY_TYPES, prior.types, strict=True) if n}


def read_counts(path: Path) -> dict[str, Prior]:
    """Read a table of counts: key, kept, optional, dropped, kept by type."""
    return {
        name: Prior(int(kept), int(optional), int(dropped), tuple(map(int, types)))
        for name, kept, optional, dropped, *types in _rows(path)
    }


def read_frequency(path: Path) -> dict[str, int]:
    """Read a table of document frequencies: key, papers."""
    return {name: int(count) for name, count in _rows(path)}


def _rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]
