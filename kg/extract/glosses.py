"""How likely an English and a Chinese name translate each other, by words and pairs of characters."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from kg.extract.edges import HAN
from kg.extract.tables import table
from kg.resources import resource

_HAN_RUN = re.compile(f"[{HAN}]+")
_WORD = re.compile(r"[A-Za-z]+")
_GLOSS = re.compile(rf"([{HAN}]{{2}})(\d+)")


_RENDERS = 0.15  # how surely two characters must render a word to be accounted for by it


class Match(NamedTuple):
    """Share of the English words that the Chinese name renders, and of its characters that they account for."""

    english: float
    chinese: float

    @property
    def likeness(self) -> float:
        """Both shares in one."""
        return math.sqrt(self.english * self.chinese)


@cache
def glosses() -> Mapping[str, Mapping[str, float]]:
    """Pairs of Chinese characters that render an English word, with how surely, 0 to 1."""
    out = {}
    for line in resource("data/lexicon/glosses.tsv").read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition("\t")
        out[word] = {pair: int(score) / 100 for pair, score in _GLOSS.findall(rest)}
    return out


@cache
def _small_words() -> frozenset[str]:
    return frozenset(table("merge_cues")["small_words"].split())


@lru_cache(maxsize=1 << 15)
def content_words(name: str) -> tuple[str, ...]:
    """Words of an English name that carry meaning, lower case, singular."""
    words = (w.lower() for w in _WORD.findall(name))
    singular = (w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in words)
    return tuple(dict.fromkeys(w for w in singular if w not in _small_words()))


@lru_cache(maxsize=1 << 15)
def bigrams(name: str) -> tuple[str, ...]:
    """Pairs of neighbouring Chinese characters of a name."""
    return tuple(dict.fromkeys(run[i : i + 2] for run in _HAN_RUN.findall(name) for i in range(len(run) - 1)))


@lru_cache(maxsize=1 << 14)
def match(english: str, chinese: str) -> Match:
    """Compare an English and a Chinese name; Latin words in the Chinese one render themselves."""
    words = content_words(english)
    pairs = bigrams(chinese)
    renderings = glosses()
    if not words:
        return Match(0.0, 0.0)
    latin = set(content_words(chinese))
    total = 0.0
    covered: set[str] = set()
    for word in words:
        if word in latin:
            total += 1.0
            latin.discard(word)
            continue
        known = renderings.get(word)
        if not known:
            continue
        best = 0.0
        for pair in pairs:
            score = known.get(pair)
            if score is not None:
                if score > _RENDERS:
                    covered.update(pair)
                if score > best:
                    best = score
        total += min(1.0, 2 * best)
    characters = {c for p in pairs for c in p}
    share = len(characters & covered) / max(1, len(characters) + 2 * len(latin))
    return Match(total / len(words), share)
