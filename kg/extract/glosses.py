"""How likely an English and a Chinese name translate each other, by words and pairs of characters."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from kg.extract.edges import HAN
from kg.extract.tables import table
from kg.resources import resource

_HAN_RUN = re.compile(f"[{HAN}]+")
_HAN_ONLY = re.compile(f"[{HAN}]*")
_WORD = re.compile(r"[A-Za-z]+")
_GLOSS = re.compile(rf"([{HAN}]{{2}})(\d+)")
_NOTHING: Mapping[str, tuple[float, str]] = {}
NOTHING_SHARED = (0.0, 0.0, 0.0)
_RENDERS = 0.15  # how surely two characters must render a word to be accounted for by it


class Match(NamedTuple):
    """Share of the English words that the Chinese name renders, and of its characters that they account for."""

    english: float
    chinese: float

    @property
    def likeness(self) -> float:
        """Both shares in one."""
        return math.sqrt(self.english * self.chinese)


class Rendered(NamedTuple):
    """English words that a Chinese name renders, each with how surely and by which characters.

    `characters` counts those that a full translation accounts for; `latin` are the Latin words, which it has to hold.
    """

    words: Mapping[str, tuple[float, str]]
    characters: int
    latin: tuple[str, ...]


@cache
def glosses() -> Mapping[str, Mapping[str, float]]:
    """Pairs of Chinese characters that render an English word, with how surely, 0 to 1."""
    out = {}
    for line in resource("data/lexicon/glosses.tsv").read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition("\t")
        out[word] = {pair: int(score) / 100 for pair, score in _GLOSS.findall(rest)}
    return out


@cache
def _words_of_pairs() -> Mapping[str, Mapping[str, tuple[float, str]]]:
    """The glosses the other way round: what a pair of Chinese characters renders, and the characters that do."""
    out: dict[str, dict[str, tuple[float, str]]] = {}
    for word, pairs in glosses().items():
        for pair, score in pairs.items():
            out.setdefault(pair, {})[word] = (min(1.0, 2 * score), pair if score > _RENDERS else "")
    return out


@cache
def _small_words() -> frozenset[str]:
    return frozenset(table("merge_cues")["small_words"].split())


@lru_cache(maxsize=1 << 13)
def content_words(name: str) -> tuple[str, ...]:
    """Words of an English name that carry meaning, lower case, singular."""
    words = [w.lower() for w in _WORD.findall(name)]
    singular = [w[:-1] if len(w) > 3 and w[-1] == "s" and w[-2] != "s" else w for w in words]
    small = _small_words()
    return tuple(dict.fromkeys([w for w in singular if w not in small]))


@lru_cache(maxsize=1 << 13)
def bigrams(name: str) -> tuple[str, ...]:
    """Pairs of neighbouring Chinese characters of a name."""
    runs = [name] if _HAN_ONLY.fullmatch(name) else _HAN_RUN.findall(name)
    return tuple(dict.fromkeys([a + b for run in runs for a, b in pairwise(run)]))


@lru_cache(maxsize=1 << 13)
def rendered(chinese: str) -> Rendered:
    """What a Chinese name renders; the Latin words in it render themselves."""
    words: dict[str, tuple[float, str]] = {}
    words_of, pairs = _words_of_pairs(), bigrams(chinese)
    latin = () if _HAN_ONLY.fullmatch(chinese) else content_words(chinese)
    for pair in pairs:
        for word, found in words_of.get(pair, _NOTHING).items():
            known = words.get(word)
            words[word] = found if known is None else (max(known[0], found[0]), known[1] + found[1])
    for word in latin:
        words[word] = (1.0, "")
    return Rendered(words, len({*"".join(pairs)}), latin)


def match(english: str, chinese: str) -> Match:
    """Compare an English and a Chinese name."""
    words = content_words(english)
    if not words:
        return Match(0.0, 0.0)
    renders, characters, latin = rendered(chinese)
    total = 0.0
    covered = ""
    for word in words:
        found = renders.get(word)
        if found is not None:
            total += found[0]
            covered += found[1]
    missing = 2 * len(set(latin).difference(words)) if latin else 0
    return Match(total / len(words), len(set(covered)) / ((characters + missing) or 1))


def shares(own: Collection[str], other: Collection[str]) -> tuple[float, float, float]:
    """How alike two names of one language are by their parts, and which share of each is in the other.

    Alike: half the share in the shorter name, half that in both together.
    """
    common = len(frozenset(own).intersection(other))
    if not common:
        return NOTHING_SHARED
    shorter, together = min(len(own), len(other)), len(own) + len(other) - common
    return 0.5 * common / shorter + 0.5 * common / together, common / len(own), common / len(other)
