"""Component: names joined by a bracket: 中文（English, ABBR）, Long Name (LN), ABBR（Long Name）."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import spans
from kg.extract.edges import ENGLISH_WORD, has_chinese, left_edges, stop_words, trimmed
from kg.extract.glosses import match
from kg.extract.head_nouns import head_type
from kg.extract.spans import Mention
from kg.extract.text import of_doc
from kg.resolve.spelling import is_abbreviation

CUE = "bracket"
_LONGEST = 30
_BRACKET = re.compile(r"[（(]([^（）()\n]{2,90})[）)]")
_LEAD = re.compile(
    r"(?:简称为?|以下简称|即|又称|也称|缩写为?|全称为?|英文名?|下称|记为"
    r"|i\.e\.,?|or|namely|aka|dubbed|called|also known as)\s*[:：]?\s*"
)
_PART = re.compile(r"[,，;；/、]\s*")
_NOT_A_NAME = re.compile(
    r"[\d\s.,%×x~\-–]+|(?:19|20)\d\d.*|如.*|例如.*|包括.*|e\.?g.*|见.*|图.*|表.*|fig.*|table.*|https?.*|.*[=<>≥≤].*|[A-Za-z]|.*[。！？].*",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z0-9][\w\-./+&'’ :@*²³^]*|[\w·\- ]*[\u3400-\u9fff][\w·\-/ ]*")
_CUTS = frozenset(",.;:，。；：、（）()")
_OPEN_QUOTES = "“”\"'‘’《》「」【】 "


class Pair(NamedTuple):
    """What stands before a bracket and the names inside it, as [start, end) stretches."""

    outer: tuple[int, int]
    inner: tuple[tuple[int, int], ...]


@lru_cache(maxsize=1)  # the component asks, then the grouping
def pairs(text: str) -> tuple[Pair, ...]:
    """Bracket pairs of a text that may join names, in order."""
    found = []
    for bracket in _BRACKET.finditer(text):
        inner = _inside(text, bracket.start(1), bracket.end(1))
        if not inner:
            continue
        outer = _before(text, bracket.start(), [text[s:e] for s, e in inner])
        if outer is not None:
            found.append(Pair(outer, tuple(inner)))
    return tuple(found)


def _inside(text: str, start: int, end: int) -> list[tuple[int, int]]:
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    if _NOT_A_NAME.fullmatch(text, start, end):
        return []
    names = []
    for part in _split(text, start, end):
        s, e = trimmed(text, *part)
        while s < e and text[s] in _OPEN_QUOTES:
            s += 1
        while s < e and text[e - 1] in _OPEN_QUOTES:
            e -= 1
        if e - s < 2 or not _NAME.fullmatch(text, s, e) or _NOT_A_NAME.fullmatch(text, s, e):
            return []
        first, _, more = text[s:e].partition(" ")
        if more and first in stop_words():
            # An aside: (for example, ...), (such as ...), (a corpus of ...).
            return []
        if len(text[s:e].split()) > 9 or (has_chinese(text[s:e]) and e - s > 20):
            return []
        names.append((s, e))
    # More than a full name and its abbreviation is an enumeration, not a name.
    return names if len(names) <= 2 else []


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    parts = []
    for cut in _PART.finditer(text, start, end):
        parts.append((start, cut.start()))
        start = cut.end()
    return [*parts, (start, end)]


def _before(text: str, end: int, inner: list[str]) -> tuple[int, int] | None:
    while end and text[end - 1] in _OPEN_QUOTES:
        end -= 1
    low = max(text.rfind("\n", 0, end) + 1, end - 90)
    if end <= low:
        return None
    if has_chinese(text[end - 1]):
        return _chinese_before(text, low, end, inner)
    return _english_before(text, low, end, inner)


def _chinese_before(text: str, low: int, end: int, inner: list[str]) -> tuple[int, int] | None:
    """The phrase that the English name inside renders best, else the one after the last frame."""
    edges = [start for start in left_edges(text, low, end) if 2 <= end - start <= _LONGEST]
    if not edges:
        return None
    full = max(inner, key=len)
    start = max(edges, key=lambda e: (round(match(full, text[e:end]).likeness, 2), e)) if " " in full else edges[0]
    return trimmed(text, start, end)


def _english_before(text: str, low: int, end: int, inner: list[str]) -> tuple[int, int] | None:
    words: list[re.Match[str]] = []
    for word in ENGLISH_WORD.finditer(text, low, end):
        if has_chinese(word[0]) or word[0] in _CUTS:
            words.clear()
        else:
            words.append(word)
    if not words:
        return None
    for short in inner:
        for word in reversed(words[-12:]):
            if is_abbreviation(short, text[word.start() : end]) and word[0].lower() not in stop_words():
                return word.start(), end
    start = end
    for word in reversed(words[-6:]):
        if word[0].lower() in stop_words() or not word[0][0].isalnum():
            break
        start = word.start()
    return (start, end) if end - start >= 2 else None


@Language.factory("kg_brackets", assigns=["doc.spans"])
def _create(nlp: Language, name: str) -> Brackets:
    return Brackets()


class Brackets:
    """Writes both sides of each bracket pair."""

    def __call__(self, doc: Doc) -> Doc:
        """Write what `match` finds."""
        return spans.write(doc, self.match(doc))

    def match(self, doc: Doc) -> list[Mention]:
        """Names beside and inside brackets, in order."""
        text = of_doc(doc).string
        found = []
        for pair in pairs(text):
            for start, end in (pair.outer, *pair.inner):
                found.append(Mention(start, end, CUE, head_type(text[start:end])))
        return sorted(set(found))
