"""What is known of a candidate, as named numbers: the input of the fitted models."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kg.extract.cues import CueIndex
from kg.extract.edges import HAN, has_chinese
from kg.extract.encoder import Reading
from kg.extract.group import Candidate
from kg.extract.head_nouns import head_type
from kg.extract.labels import Labels
from kg.extract.priors import Prior, Priors
from kg.extract.text import TITLE, Text
from kg.lexicon import Lexicon
from kg.records import ENTITY_TYPES

Features = dict[str, float]

KINDS = (*ENTITY_TYPES, "known", "latin", "chinese", "english")
CHINESE_ONLY = "chinese-only"
_SHAPES = (
    ("shape=inner-capital", re.compile(r"[a-z][A-Z]")),
    ("shape=capitals", re.compile(r"[A-Z]{2}")),
    ("shape=digit", re.compile(r"\d")),
    ("shape=space", re.compile(r"\S \S")),
    ("shape=hyphen", re.compile(r"-")),
    ("shape=bench", re.compile(r"bench|eval|qa$|set$", re.IGNORECASE)),
)
_BENCH = _SHAPES[-1][1]
# Most names: their shapes can be seen without all the patterns.
_HAN_ONLY = re.compile(f"[{HAN}]+")
_LOWER_ONLY = re.compile(r"[a-z]+(?: [a-z]+)*")
# The words on one side of a stretch, the nearest first: those before it are read from right to left.
_BESIDE = re.compile(r"\s*([A-Za-z0-9]+|\S)?\s*([A-Za-z0-9]+|\S)?")
_SIDE = 12  # letters
_SECTIONS = {"概述": "overview", "方法": "method", "实验": "experiment", "通俗易懂": "plain", "摘要": "abstract"}
_MAYBE = ("ambiguous", "known")


def bucket(count: float) -> int:
    """A number as one of few steps: 0, 1, 2, 3-4, 5-8, ..."""
    return 0 if count <= 0 else 1 + math.ceil(math.log2(count)) if count > 1 else 1


_NAMES = Labels[int](lambda n: f"names={min(n, 4)}")
_CHINESE_LENGTH = Labels[int](lambda n: f"length=zh{min(n // 2, 8)}")
_ENGLISH_LENGTH = Labels[int](lambda n: f"length=en{min(n // 5, 8)}")
_COUNT = Labels[int](lambda n: f"count={bucket(n)}")
_WRITTEN = Labels[int](lambda n: f"written={bucket(n)}")
_PIECES = Labels[int](lambda n: f"pieces={min(n, 4)}")
_SECTION = Labels[str](lambda s: f"section={_SECTIONS.get(s, 'title' if s == TITLE else 'other')}")
_FIRST = Labels[int](lambda n: f"first={n}")


@dataclass(frozen=True, slots=True)
class Context:
    """A text with what the features of all its candidates look up."""

    text: Text
    folded: str
    sentences: Sequence[int]
    cues: CueIndex
    lexicon: Lexicon
    priors: Priors
    bilingual: bool
    reading: Reading | None = None
    backwards: str = field(init=False, repr=False)  # the text, read from right to left
    body: int = field(init=False)  # where the first passage begins
    _bounds: dict[int, tuple[int, int]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        passages = (piece.start for piece in self.text.pieces if piece.section != TITLE)
        object.__setattr__(self, "backwards", self.text.string[::-1])
        object.__setattr__(self, "body", next(passages, len(self.text.string)))

    def sentence(self, offset: int) -> tuple[int, int]:
        """The sentence around an offset, [low, high)."""
        found = self._bounds.get(offset)
        if found is None:
            i = bisect_right(self.sentences, offset)
            piece = self.text.piece(offset)
            high = self.sentences[i] if i < len(self.sentences) else piece.end
            found = self._bounds[offset] = (self.sentences[i - 1], min(high, piece.end))
        return found


def features(
    candidate: Candidate, context: Context, nested: float, without: Mapping[str, Prior] | None = None
) -> Features:
    """Describe a candidate.

    `nested` is the share of its mentions that lie inside longer ones; `without` holds the priors to go by in place
    of the stored ones (fitting leaves the paper itself out).
    """
    out: Features = {"bias": 1.0}
    _names(out, candidate.names)
    _lexicon(out, candidate, context)
    stretches = list(dict.fromkeys([m[:2] for m in candidate.mentions]))
    _places(out, candidate.names, stretches, context)
    _surroundings(out, stretches, context)
    context.priors.describe(out, candidate, without)
    out["nested=all" if nested >= 0.99 else "nested=some" if nested > 0 else "nested=none"] = 1.0
    return out


def groups(candidate: Candidate, context: Context) -> tuple[str, ...]:
    """What kind of candidate it is: each kind has weights of its own beside the common ones."""
    kind = _kind(candidate, context)
    return (kind,) if context.bilingual else (kind, CHINESE_ONLY)


def _kind(candidate: Candidate, context: Context) -> str:
    if candidate.term:
        return context.lexicon.term(candidate.term).types[0]
    cues = {cue.partition(":")[0] for cue in {m.cue for m in candidate.mentions}}
    if "ambiguous" in cues or "known" in cues:
        return "known"
    if "shape" in cues or "capital" in cues:
        return "latin"
    return "chinese" if has_chinese(candidate.names[0]) else "english"


def expanded(described: Features, kinds: Sequence[str]) -> Features:
    """The features as the models are fitted on them: once for all candidates, once more for each kind."""
    return described | {f"{kind}|{name}": value for kind in kinds for name, value in described.items()}


def _names(out: Features, names: Sequence[str]) -> None:
    if len(names) == 1:
        out.update(_named(names[0]))
        return
    chinese = sum(map(has_chinese, names))
    out["script=chinese" if chinese == len(names) else "script=both" if chinese else "script=latin"] = 1.0
    out[_NAMES[len(names)]] = 1.0
    out[_length(max(names, key=lambda n: (len(n), n)))] = 1.0
    shapes = set().union(*map(_shapes, names))
    out.update((shape, 1.0) for shape, _ in _SHAPES if shape in shapes)
    for name in names[:6]:
        out.update(_ends(name))


def _named(name: str) -> Features:
    """What is to be said of a candidate's only name."""
    script = "script=chinese" if has_chinese(name) else "script=latin"
    return dict.fromkeys((script, _NAMES[1], _length(name), *_shapes(name), *_ends(name)), 1.0)


def _length(name: str) -> str:
    return (_CHINESE_LENGTH if has_chinese(name) else _ENGLISH_LENGTH)[len(name)]


def _ends(name: str) -> Features:
    """Features of the ends of a name."""
    ends: Features = {}
    if has_chinese(name[-1]):
        ends["tail=" + name[-2:]] = 1.0
        ends["lead=" + name[:2]] = 1.0
    elif " " in name:
        words = name.lower().split()
        ends["tail=" + words[-1]] = 1.0
        ends["lead=" + words[0]] = 1.0
    kind = head_type(name)
    if kind:
        ends["head=" + kind] = 1.0
    return ends


def _shapes(name: str) -> list[str]:
    """The shapes of a name, in the order of `_SHAPES`."""
    if _HAN_ONLY.fullmatch(name):
        return []
    if _LOWER_ONLY.fullmatch(name):
        shapes = ["shape=space"] if " " in name else []
        return [*shapes, "shape=bench"] if _BENCH.search(name) else shapes
    return [shape for shape, pattern in _SHAPES if pattern.search(name)]


def _lexicon(out: Features, candidate: Candidate, context: Context) -> None:
    mentions = candidate.mentions
    for cue in sorted({m.cue for m in mentions}) if len(mentions) > 1 else (mentions[0].cue,):
        out["cue=" + cue] = 1.0
    if candidate.term:
        term = context.lexicon.term(candidate.term)
        out.update(_term(term.types, term.generic, bool(term.zh)))
    else:
        for kind in sorted({m.type for m in mentions if m.cue in _MAYBE and m.type}):
            out["maybe=" + kind] = 1.0


@lru_cache(maxsize=1 << 8)
def _term(types: tuple[str, ...], generic: bool, chinese: bool) -> Features:
    out = {f"term={kind}" + ("+" if i else ""): 1.0 for i, kind in enumerate(types)}
    if generic:
        out["generic"] = 1.0
    if chinese:
        out["term-zh"] = 1.0
    return out


def _places(out: Features, names: Sequence[str], stretches: Sequence[tuple[int, int]], context: Context) -> None:
    text = context.text
    spots = list(dict.fromkeys([start for start, _ in stretches]))
    at = [text.piece(s) for s in spots]
    sections = sorted({p.section for p in at})
    out[_COUNT[len(spots)]] = 1.0
    out[_WRITTEN[max(map(text.string.count, names))]] = 1.0
    out[_PIECES[len({p.start for p in at})]] = 1.0
    if TITLE in sections:
        out["in-title"] = 1.0
        first = spots[0]
        _place_in_title(out, first, max([end for start, end in stretches if start == first]), context)
    for section in sections:
        out[_SECTION[section]] = 1.0
    size = len(text.string)
    for spot, piece in zip(spots, at, strict=True):
        if piece.section != TITLE:
            start = context.body
            out[_FIRST[int((spot - start) / max(1, size - start) * 5)]] = 1.0
            if spot - start < 120:
                out["first-sentence"] = 1.0
            break
    out["density"] = min(1.0, 300 * len(spots) / max(300, size))


def _place_in_title(out: Features, at: int, end: int, context: Context) -> None:
    stop = context.text.pieces[0].end
    if at >= stop:
        return
    before = context.folded[:at]
    spot = "start" if not before.strip(" \"“'") else "after-colon" if ":" in before else "middle"
    out[f"title-spot={spot}"] = 1.0
    for word in before.split()[-1:]:
        out[f"title-before={word}"] = 1.0
    for word in context.folded[end:stop].split(None, 1)[:1]:
        out[f"title-after={word[:6]}"] = 1.0


def _surroundings(out: Features, stretches: Sequence[tuple[int, int]], context: Context) -> None:
    string, backwards, around = context.text.string, context.backwards, context.cues.around
    size = len(string)
    for start, end in stretches:
        low, high = context.sentence(start)
        for where, cue in around(start, end, low, high):
            out[cue.name + where] = 1.0
        beside = _BESIDE.match(backwards, size - start, size - max(low, start - _SIDE))
        near, far = beside.groups("") if beside else ("", "")
        if near:
            out["L=" + (near + far)[::-1].lower()] = 1.0
            out["L=" + near[::-1].lower()] = 1.0
        else:
            out["L=^"] = 1.0
        beside = _BESIDE.match(string, end, min(high, end + _SIDE))
        near, far = beside.groups("") if beside else ("", "")
        if near:
            out["R=" + (near + far).lower()] = 1.0
            out["R=" + near.lower()] = 1.0
        else:
            out["R=$"] = 1.0
