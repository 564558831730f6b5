"""What is known of a candidate, as named numbers: the input of the fitted models."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kg.extract.cues import CueIndex
from kg.extract.edges import has_chinese
from kg.extract.group import Candidate
from kg.extract.head_nouns import head_type
from kg.extract.priors import Prior, Priors
from kg.extract.text import TITLE, Text
from kg.lexicon import Lexicon
from kg.records import ENTITY_TYPES

Features = dict[str, float]

KINDS = (*ENTITY_TYPES, "known", "latin", "chinese", "english")
CHINESE_ONLY = "chinese-only"
_SHAPES = (
    ("inner-capital", re.compile(r"[a-z][A-Z]")),
    ("capitals", re.compile(r"[A-Z]{2}")),
    ("digit", re.compile(r"\d")),
    ("space", re.compile(r"\S \S")),
    ("hyphen", re.compile(r"-")),
    ("bench", re.compile(r"bench|eval|qa$|set$", re.IGNORECASE)),
)
_SIDE = re.compile(r"[A-Za-z0-9]+|\S")
_SECTIONS = {"概述": "overview", "方法": "method", "实验": "experiment", "通俗易懂": "plain", "摘要": "abstract"}


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
    _bounds: dict[int, tuple[int, int]] = field(default_factory=dict, repr=False)

    def sentence(self, offset: int) -> tuple[int, int]:
        """The sentence around an offset, [low, high)."""
        found = self._bounds.get(offset)
        if found is None:
            i = bisect_right(self.sentences, offset)
            piece = self.text.piece(offset)
            high = self.sentences[i] if i < len(self.sentences) else piece.end
            found = self._bounds[offset] = (self.sentences[i - 1], min(high, piece.end))
        return found


def bucket(count: float) -> int:
    """A number as one of few steps: 0, 1, 2, 3-4, 5-8, ..."""
    return 0 if count <= 0 else 1 + math.ceil(math.log2(count)) if count > 1 else 1


def features(
    candidate: Candidate, context: Context, nested: float, without: Mapping[str, Prior] | None = None
) -> Features:
    """Describe a candidate.

    `nested` is the share of its mentions that lie inside longer ones; `without` holds the priors to go by in place
    of the stored ones (fitting leaves the paper itself out).
    """
    out: Features = {"bias": 1.0}
    _names(out, candidate)
    _lexicon(out, candidate, context)
    _places(out, candidate, context)
    _surroundings(out, candidate, context)
    context.priors.describe(out, candidate, without)
    out[f"nested={'all' if nested >= 0.99 else 'some' if nested > 0 else 'none'}"] = 1.0
    return out


def groups(candidate: Candidate, context: Context) -> tuple[str, ...]:
    """What kind of candidate it is: each kind has weights of its own beside the common ones."""
    kind = _kind(candidate, context)
    return (kind,) if context.bilingual else (kind, CHINESE_ONLY)


def _kind(candidate: Candidate, context: Context) -> str:
    if candidate.term:
        return context.lexicon.term(candidate.term).types[0]
    cues = {m.cue.partition(":")[0] for m in candidate.mentions}
    if cues & {"ambiguous", "known"}:
        return "known"
    if cues & {"shape", "capital"}:
        return "latin"
    return "chinese" if has_chinese(candidate.names[0]) else "english"


def expanded(described: Features, kinds: Sequence[str]) -> Features:
    """The features as the models are fitted on them: once for all candidates, once more for each kind."""
    return described | {f"{kind}|{name}": value for kind in kinds for name, value in described.items()}


def _names(out: Features, candidate: Candidate) -> None:
    chinese = [n for n in candidate.names if has_chinese(n)]
    script = "both" if 0 < len(chinese) < len(candidate.names) else "chinese" if chinese else "latin"
    out[f"script={script}"] = 1.0
    out[f"names={min(len(candidate.names), 4)}"] = 1.0
    longest = max(candidate.names, key=lambda n: (len(n), n))
    language, step = ("zh", 2) if has_chinese(longest) else ("en", 5)
    out[f"length={language}{min(len(longest) // step, 8)}"] = 1.0
    described = [_described(name) for name in candidate.names]
    for shape, _ in _SHAPES:
        if any(shape in shapes for shapes, _ in described):
            out[f"shape={shape}"] = 1.0
    for _, parts in described[:6]:
        out.update(parts)


@lru_cache(maxsize=1 << 15)
def _described(name: str) -> tuple[frozenset[str], Features]:
    """The shapes of a name, and features of its ends."""
    parts: Features = {}
    if has_chinese(name[-1:]):
        parts[f"tail={name[-2:]}"] = 1.0
        parts[f"lead={name[:2]}"] = 1.0
    elif " " in name:
        words = name.lower().split()
        parts[f"tail={words[-1]}"] = 1.0
        parts[f"lead={words[0]}"] = 1.0
    kind = head_type(name)
    if kind:
        parts[f"head={kind}"] = 1.0
    return frozenset(shape for shape, pattern in _SHAPES if pattern.search(name)), parts


def _lexicon(out: Features, candidate: Candidate, context: Context) -> None:
    for cue in sorted({m.cue for m in candidate.mentions}):
        out[f"cue={cue}"] = 1.0
    if candidate.term:
        term = context.lexicon.term(candidate.term)
        for i, kind in enumerate(term.types):
            out[f"term={kind}" + ("+" if i else "")] = 1.0
        if term.generic:
            out["generic"] = 1.0
        if term.zh:
            out["term-zh"] = 1.0
    else:
        for kind in sorted({m.type for m in candidate.mentions if m.type and m.cue in ("ambiguous", "known")}):
            out[f"maybe={kind}"] = 1.0


def _places(out: Features, candidate: Candidate, context: Context) -> None:
    text = context.text
    pieces = Counter(text.piece_index(m.start) for m in candidate.mentions)
    sections = {text.pieces[i].section for i in pieces}
    spots = {m.start for m in candidate.mentions}
    out[f"count={bucket(len(spots))}"] = 1.0
    out[f"written={bucket(max(text.string.count(n) for n in candidate.names))}"] = 1.0
    out[f"pieces={min(len(pieces), 4)}"] = 1.0
    if TITLE in sections:
        out["in-title"] = 1.0
        at = min(spots)
        if text.pieces[0].end > at:
            before = context.folded[:at]
            end = max(m.end for m in candidate.mentions if m.start == at)
            spot = "start" if not before.strip(" \"“'") else "after-colon" if ":" in before else "middle"
            out[f"title-spot={spot}"] = 1.0
            for word in before.split()[-1:]:
                out[f"title-before={word}"] = 1.0
            for word in context.folded[end : text.pieces[0].end].split(None, 1)[:1]:
                out[f"title-after={word[:6]}"] = 1.0
    for section in sorted(sections):
        out[f"section={_SECTIONS.get(section, 'title' if section == TITLE else 'other')}"] = 1.0
    body = [s for s in spots if text.piece(s).section != TITLE]
    if body:
        start = next((p.start for p in text.pieces if p.section != TITLE), 0)
        share = (min(body) - start) / max(1, len(text.string) - start)
        out[f"first={int(share * 5)}"] = 1.0
        if min(body) - start < 120:
            out["first-sentence"] = 1.0
    out["density"] = min(1.0, 300 * len(spots) / max(300, len(text.string)))


def _surroundings(out: Features, candidate: Candidate, context: Context) -> None:
    string = context.text.string
    for m in {(m.start, m.end): m for m in candidate.mentions}.values():
        low, high = context.sentence(m.start)
        for where, cue in context.cues.around(m.start, m.end, low, high):
            out[f"{cue.name}{where}"] = 1.0
        before = string[max(low, m.start - 12) : m.start]
        after = string[m.end : min(high, m.end + 12)]
        left, right = _SIDE.findall(before), _SIDE.findall(after)
        out[f"L={''.join(left[-2:]).lower()}" if left else "L=^"] = 1.0
        out[f"L={left[-1].lower()}" if left else "L=^"] = 1.0
        out[f"R={''.join(right[:2]).lower()}" if right else "R=$"] = 1.0
        out[f"R={right[0].lower()}" if right else "R=$"] = 1.0
