"""Component: phrases that end in a head noun (…生成, …数据集, ... reasoning), typed by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import spans
from kg.extract.edges import CHINESE_RUN, ENGLISH_WORD, has_chinese, segments, stop_words, trimmed
from kg.extract.spans import Mention
from kg.extract.tables import table
from kg.extract.text import of_doc

_LONGEST = 24
_WORDS = 6
_MODIFIER = 7
_LINE = re.compile(r"[^\n]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9\-_'’+./ ]*[A-Za-z0-9+]")


@cache
def _heads(language: str) -> dict[str, str]:
    types: dict[str, str] = {}
    for kind, words in table("heads")[language].items():
        for word in words.split():
            types.setdefault(word, kind)
    return types


@cache
def _chinese_heads() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _heads("zh")), key=lambda w: (-len(w), w))))


@lru_cache(maxsize=1 << 15)
def head_type(name: str) -> str:
    """The type that the head noun of a name makes likely, or ""."""
    if has_chinese(name[-1:]):
        heads = _heads("zh")
        for length in (5, 4, 3, 2, 1):
            found = heads.get(name[-length:])
            if found:
                return found
        return ""
    return _heads("en").get(name.rsplit(" ", 1)[-1].rsplit("-", 1)[-1].lower(), "") if " " in name else ""


@Language.factory("kg_head_nouns", assigns=["doc.spans"])
def _create(nlp: Language, name: str) -> HeadNouns:
    return HeadNouns()


class HeadNouns:
    """Writes each phrase between a left edge and a head noun."""

    def __call__(self, doc: Doc) -> Doc:
        """Write what `match` finds."""
        return spans.write(doc, self.match(doc))

    def match(self, doc: Doc) -> list[Mention]:
        """Phrases in the document, in order."""
        text = of_doc(doc).string
        found = [*_chinese(text), *_english(text)]
        return sorted(set(found))


def _chinese(text: str) -> list[Mention]:
    heads, types = _chinese_heads(), _heads("zh")
    out = []
    for found in CHINESE_RUN.finditer(text):
        run, at = found[0], found.start()
        if run.isascii():
            continue
        parts = segments(run)
        for low, stop in parts:
            for head in heads.finditer(run, low, stop):
                start, end = trimmed(text, at + low, at + head.end())
                if 2 < end - start <= _LONGEST and end - start > head.end() - head.start():
                    out.append(Mention(start, end, "head", types[head[0]]))
            start, end = trimmed(text, at + low, at + stop)
            if 3 <= end - start <= 12 and has_chinese(text[start:end]):
                out.append(Mention(start, end, "phrase"))
        if len(parts) > 1:
            out += _modified(text, at, run, parts)
    return out


def _modified(text: str, at: int, run: str, parts: Sequence[tuple[int, int]]) -> Iterator[Mention]:
    """A short modifier, 的, and what it modifies, up to a head noun: 统一的潜在空间模型."""
    heads, types = _chinese_heads(), _heads("zh")
    for (low, middle), (begin, stop) in pairwise(parts):
        if run[middle:begin] == "的" and 2 <= middle - low <= _MODIFIER:
            head = list(heads.finditer(run, begin, stop))[-1:]
            start, end = trimmed(text, at + low, at + (head[0].end() if head else stop))
            if head and end - start <= _LONGEST:
                yield Mention(start, end, "modified", types[head[0][0]])


def _english(text: str) -> Iterator[Mention]:
    heads, stops = _heads("en"), stop_words()
    for stretch in _LATIN.finditer(text):
        words: list[tuple[int, int]] = []
        for found in ENGLISH_WORD.finditer(text, *stretch.span()):
            written = found[0]
            word = written.lower()
            if word in stops or not word[0].isalnum() or (written[-1] in ".s" and written.endswith((".", "'s", "’s"))):
                if 2 <= len(words) <= _WORDS:
                    yield Mention(words[0][0], words[-1][1], "phrase")
                words = []
                continue
            start, end = found.span()
            words.append((start, end))
            if word in heads and len(words) > 1:
                yield Mention(words[-_WORDS:][0][0], end, "head", heads[word])
        if 2 <= len(words) <= _WORDS:
            yield Mention(words[0][0], words[-1][1], "phrase")
