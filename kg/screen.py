"""Paragraphs that an entry has from another paper's: exact and near copies, also across files.

Digests made by hand or machine carry such paragraphs, and what they say must not become edges of the wrong paper.
`fingerprints` samples hashes of each passage, `candidates` finds passages that share them, `judge` compares their
sentences and decides whose they are, `without` and `dropped` take the copies out and report them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from math import sqrt
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from kg.records import Dropped, Entry, Passage, Source

# Shingles: 8 characters with Chinese among them, 24 of Latin letters (a Latin character says less).
_SHINGLE = 8
_LATIN_SHINGLES = 3
# One value in sixteen is kept, of short passages one in four: a multiple of four keeps its place in both samples.
_SAMPLE, _DENSE, _SHORT = np.uint64(16), np.uint64(4), 256
_BASE = 0x9E3779B97F4A7C15
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_LATIN = np.uint64(1 << 63)  # marks values of shingles of Latin letters alone
_FIRST_CJK = 0x2E80

# A value in more passages than this is boilerplate; passages are candidates from this many shared values on.
_COMMON = 12
_ENOUGH = 3
# Of Latin text, where a copied run must be most of its passage, they share that part of the smaller one's values too.
_ENOUGH_LATIN = 0.3

# A copied run weighs at least this: one for a Chinese character, a third for a Latin letter or digit. Authors reuse
# sentences of their own English abstracts: there the run must also be most of the passage.
_RUN = 40.0
_MOST = 0.6
_SENTENCE = 8.0
_NEAR = 88.0
# Papers whose titles are that alike are one work in two versions: they may share their text.
_VERSIONS = 80.0
_TITLE = 2.0
_REST = 6

_UNSEEN = re.compile(r"[\W_]+")
_SENTENCES = re.compile(r"(?:[^。！？；\n.!?;]|[.!?;](?!\s|$))+(?:[。！？；\n]+|[.!?;]+(?=\s|$))?\s*")
_WORD = re.compile(r"[A-Za-z0-9]+")
_COINED = re.compile(r"\d|[A-Z].*[A-Z]")
_CJK = re.compile(r"[\u2e80-\u9fff]+")


@dataclass(frozen=True, slots=True, order=True)
class Copy:
    """A run of sentences, `text[start:end]` of an entry's passage, that stands in another paper's entry.

    `other` is where the original stands, `title` that paper.
    """

    passage: int
    start: int
    end: int
    other: Source
    title: str


def _normal(text: str) -> str:
    """Letters and digits of a text, NFKC and lower case."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text).casefold())


def fingerprints(entry: Entry) -> list[NDArray[np.uint64]]:
    """Sampled hashes of the shingles of each passage, sorted, each once.

    Two passages that share a text of some length share about one value in sixteen of its characters (four, where both
    are short), wherever it stands in them.
    """
    return [_prints(passage.text) for passage in entry.passages]


def _prints(text: str) -> NDArray[np.uint64]:
    points = np.frombuffer(_normal(text).encode("utf-32-le", "surrogatepass"), np.uint32)
    size = len(points) - _SHINGLE + 1
    if size <= 0:
        return np.empty(0, np.uint64)
    rolled = np.zeros(size, np.uint64)
    power = 1
    for offset in range(_SHINGLE):
        rolled += points[offset : offset + size] * np.uint64(power)
        power = power * _BASE % 2**64
    chinese = np.concatenate(([0], np.cumsum(points >= _FIRST_CJK)))
    mixed = chinese[_SHINGLE:] - chinese[:-_SHINGLE] > 0
    found = [_mixed(rolled[mixed]) & ~_LATIN]
    wide = size - (_LATIN_SHINGLES - 1) * _SHINGLE
    if wide > 0:
        parts = [slice(n * _SHINGLE, n * _SHINGLE + wide) for n in range(_LATIN_SHINGLES)]
        latin = ~np.logical_or.reduce([mixed[part] for part in parts])
        joined = np.zeros(wide, np.uint64)
        for part in parts:
            joined = joined * _MIX + rolled[part]
        found.append(_mixed(joined[latin]) | _LATIN)
    values = np.concatenate(found)
    return np.unique(values[values % (_DENSE if len(points) < _SHORT else _SAMPLE) == 0])


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = values * _MIX
    return values ^ values >> np.uint64(31)


def candidates(
    entry: NDArray[np.int32], passage: NDArray[np.int32], value: NDArray[np.uint64]
) -> list[tuple[int, int, int, int]]:
    """Pairs of passages of different entries that share enough values.

    Parameters
    ----------
    entry, passage, value
        For every fingerprint: the number of its entry, of its passage within the entry, and the value.

    Returns
    -------
    list of tuple
        Entry a, its passage, entry b, its passage, with a < b, sorted.
    """
    if not len(value):
        return []
    place = entry.astype(np.int64) << 32 | passage.astype(np.int64)
    places, place = np.unique(place, return_inverse=True)
    latin = value >= _LATIN
    sizes, latin_sizes = np.bincount(place), np.bincount(place[latin], minlength=len(places))
    order = np.lexsort((place, value))
    value, place = value[order], place[order]
    starts = np.flatnonzero(np.concatenate(([True], value[1:] != value[:-1])))
    counts = np.diff(np.concatenate((starts, [len(value)])))
    shared = np.repeat((counts > 1) & (counts <= _COMMON), counts)
    value, place = value[shared], place[shared]
    pairs, kinds = [], []
    for step in range(1, _COMMON):
        same = value[step:] == value[:-step]
        pairs.append(place[:-step][same] * len(places) + place[step:][same])
        kinds.append(value[step:][same] >= _LATIN)
        if not same.any():
            break
    keys, which, times = np.unique(np.concatenate(pairs), return_inverse=True, return_counts=True)
    latin_times = np.bincount(which[np.concatenate(kinds)], minlength=len(keys))
    first, second = keys // len(places), keys % len(places)
    enough = times >= np.minimum(_ENOUGH, np.maximum(np.minimum(sizes[first], sizes[second]), 2))
    smaller = np.minimum(latin_sizes[first], latin_sizes[second])
    enough &= (latin_times < times) | (latin_times >= _ENOUGH_LATIN * smaller)
    enough &= places[first] >> 32 != places[second] >> 32
    a, b = places[first[enough]], places[second[enough]]
    low = np.int64(0xFFFFFFFF)
    columns = (a >> 32, a & low, b >> 32, b & low)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    normal: str
    names: frozenset[str]
    chinese: int
    weight: float


@lru_cache(maxsize=4096)
def _sentences(text: str) -> tuple[_Sentence, ...]:
    found = []
    for match in _SENTENCES.finditer(text):
        normal = _normal(match[0])
        if normal:
            chinese = sum(map(len, _CJK.findall(normal)))
            words = _WORD.findall(unicodedata.normalize("NFKC", match[0]))
            names = frozenset(word.casefold() for word in words if chinese or _COINED.search(word))
            found.append(_Sentence(*match.span(), normal, names, chinese, chinese + (len(normal) - chinese) / 3))
    return tuple(found)


def _same(a: _Sentence, b: _Sentence) -> bool:
    """Tell whether two sentences are copies: equal, or near with the same names and numbers in them."""
    if a.weight < _SENTENCE or a.names != b.names:
        return False
    return a.normal == b.normal or fuzz.ratio(a.normal, b.normal, score_cutoff=_NEAR) > 0


def _runs(text: str, other: str) -> list[tuple[int, int]]:
    """Bounds of the runs of sentences of a text that stand in the other one as well."""
    sentences, against = _sentences(text), _sentences(other)
    same = [any(_same(sentence, candidate) for candidate in against) for sentence in sentences]
    total = sum(sentence.weight for sentence in sentences)
    runs: list[tuple[int, int]] = []
    for copied, group in groupby(zip(same, sentences, strict=True), key=itemgetter(0)):
        run = [sentence for _, sentence in group]
        weight = sum(sentence.weight for sentence in run)
        chinese = sum(sentence.chinese for sentence in run)
        if copied and weight >= _RUN and (chinese * 2 >= weight or weight >= _MOST * total):
            runs.append((run[0].start, run[-1].end))
    return runs


def _terms(text: str) -> set[str]:
    """Words of a text: Latin words and pairs of Chinese characters."""
    text = unicodedata.normalize("NFKC", text)
    terms = {word.casefold() for word in _WORD.findall(text) if len(word) > 1}
    for run in _CJK.findall(text):
        terms.update(run[i : i + 2] for i in range(len(run) - 1))
    return terms


def _affinity(entry: Entry, shared: set[int], copied: str) -> float:
    """How near a paragraph is to an entry: how much of a title stands in it, and how much of it in the other text.

    The titles count most: what a paper is about is in its title, while common words make any two texts alike.
    """
    words = _terms(copied)
    titles = [terms for terms in (_terms(entry.title), _terms(entry.title_zh)) if terms]
    named = max((len(terms & words) / len(terms) for terms in titles), default=0.0)
    rest = _terms(" ".join(passage.text for number, passage in enumerate(entry.passages) if number not in shared))
    return _TITLE * named + (len(rest & words) / sqrt(len(rest) * len(words)) if rest and words else 0.0)


def judge(
    pairs: Iterable[tuple[int, int, int, int]],
    entry_of: Callable[[int], Entry],
    same_paper: Callable[[int, int], bool],
) -> dict[int, tuple[Copy, ...]]:
    """Decide which passages are copies, and whose.

    A shared run of sentences belongs to the entry with whose title and other text it has more words in common; where
    that does not decide, to the one that comes first.

    Parameters
    ----------
    pairs
        Candidates, as `candidates` gives them.
    entry_of
        The entry of a number. Numbers must follow the order of the entries' places, not of the input.
    same_paper
        Whether two numbers are entries of one paper, which may share all they want.

    Returns
    -------
    dict
        Numbers of entries that hold copies, with the copies in order.
    """
    by_entries: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for a, passage_a, b, passage_b in pairs:
        by_entries[a, b].append((passage_a, passage_b))
    found: dict[int, dict[tuple[int, int, int], tuple[float, Copy]]] = defaultdict(dict)
    for (a, b), passages in sorted(by_entries.items()):
        if same_paper(a, b):
            continue
        for number, score, copy in _copies(a, entry_of(a), b, entry_of(b), passages):
            key = (copy.passage, copy.start, copy.end)
            known = found[number].get(key)
            if known is None or score > known[0]:
                found[number][key] = (score, copy)
    return {n: _disjoint(copy for _, copy in found[n].values()) for n in sorted(found)}


def _copies(
    a: int, entry_a: Entry, b: int, entry_b: Entry, passages: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, float, Copy]]:
    """Copies between two entries: the number of the entry that has it, the owner's affinity, the copy."""
    if fuzz.token_sort_ratio(entry_a.title.casefold(), entry_b.title.casefold()) >= _VERSIONS:
        return
    shared_a, shared_b = {pa for pa, _ in passages}, {pb for _, pb in passages}
    for passage_a, passage_b in passages:
        in_a, in_b = entry_a.passages[passage_a], entry_b.passages[passage_b]
        runs_a, runs_b = _runs(in_a.text, in_b.text), _runs(in_b.text, in_a.text)
        if not runs_a and not runs_b:
            continue
        copied = max(
            (
                "".join(text[start:end] for start, end in runs)
                for text, runs in ((in_a.text, runs_a), (in_b.text, runs_b))
            ),
            key=len,
        )
        score_a, score_b = _affinity(entry_a, shared_a, copied), _affinity(entry_b, shared_b, copied)
        if score_b > score_a:
            other = Source(entry_b.source.file, in_b.line)
            yield from ((a, score_b, Copy(passage_a, *run, other, entry_b.title)) for run in runs_a)
        else:
            other = Source(entry_a.source.file, in_a.line)
            yield from ((b, score_a, Copy(passage_b, *run, other, entry_a.title)) for run in runs_b)


def _disjoint(copies: Iterable[Copy]) -> tuple[Copy, ...]:
    """Copies in order, overlapping ones of one passage joined under the longest."""
    found: list[Copy] = []
    for copy in sorted(copies):
        last = found[-1] if found else None
        if last is not None and last.passage == copy.passage and copy.start < last.end:
            longer = last if last.end - last.start >= copy.end - copy.start else copy
            found[-1] = replace(longer, start=last.start, end=max(last.end, copy.end))
        else:
            found.append(copy)
    return tuple(found)


def without(entry: Entry, copies: Sequence[Copy]) -> Entry:
    """The entry without the copies; what remains of a passage stays verbatim."""
    cuts: Mapping[int, list[Copy]] = defaultdict(list)
    for copy in copies:
        cuts[copy.passage].append(copy)
    kept: list[Passage] = []
    for number, passage in enumerate(entry.passages):
        if number not in cuts:
            kept.append(passage)
            continue
        position = 0
        for start, end in [*((c.start, c.end) for c in sorted(cuts[number])), (len(passage.text), len(passage.text))]:
            kept.extend(_rest(passage, position, start))
            position = end
    return replace(entry, passages=tuple(kept))


def _rest(passage: Passage, start: int, end: int) -> Iterator[Passage]:
    text = passage.text[start:end]
    if len(_normal(text)) < _REST:
        return
    start += len(text) - len(text.lstrip())
    yield replace(passage, text=text.strip(), line=passage.line + passage.text.count("\n", 0, start))


def dropped(entry: Entry, copies: Sequence[Copy]) -> tuple[Dropped, ...]:
    """What `without` takes out of an entry, for the report."""
    return tuple(_report(entry, copy) for copy in copies)


def _report(entry: Entry, copy: Copy) -> Dropped:
    passage = entry.passages[copy.passage]
    text = passage.text[copy.start : copy.end].strip()
    place = Source(entry.source.file, passage.line + passage.text.count("\n", 0, copy.start))
    what = "a paragraph" if text == passage.text else "sentences"
    detail = f"{place} (“{entry.title}”) repeats {what} of {copy.other} (“{copy.title}”); they are left out here."
    return Dropped("screen", "copied", place, detail, text, copy.other)
