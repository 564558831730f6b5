"""Component: Latin words that look like names: inner capitals, digits, acronyms."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import spans
from kg.extract.spans import Mention
from kg.extract.tables import ordinary_words
from kg.extract.text import of_doc
from kg.extract.tokenizer import LATIN

_INNER = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}|[A-Za-z]-?\d|\d[A-Za-z]")
_LOWER = re.compile(r"[a-z]+\d[a-z]+")
_QUANTITY = re.compile(r"[\d.]+|\d+(?:\.\d+)?(?:[kKMBTxX%]|st|nd|rd|th|fps|FPS|GB|MB|ms|s|px|p|D|d|K)?")
_NOISE = re.compile(r"https?|www|github|arxiv|huggingface", re.IGNORECASE)
# A version apart from its name: LLaMA 2, Stable Diffusion 3.5.
_VERSION = re.compile(r" \d+(?:\.\d+)*[A-Za-z]?(?![A-Za-z0-9%.])")


@Language.factory("kg_latin_names", assigns=["doc.spans"])
def _create(nlp: Language, name: str) -> LatinNames:
    return LatinNames()


class LatinNames:
    """Writes Latin names, known or not."""

    def __call__(self, doc: Doc) -> Doc:
        """Write what `match` finds."""
        return spans.write(doc, self.match(doc))

    def match(self, doc: Doc) -> list[Mention]:
        """Names in the document, in order."""
        text = of_doc(doc).string
        found = []
        ordinary = ordinary_words()
        for run in LATIN.finditer(text):
            word = run[0]
            if (
                len(word) < 2
                or (word.islower() and (word.isalpha() or not _LOWER.fullmatch(word)))
                or _QUANTITY.fullmatch(word)
                or _NOISE.search(word)
            ):
                continue
            start, end = run.span()
            if _INNER.search(word):
                cue = "shape"
            elif word[0].isupper() and word.lower() not in ordinary and _beside_chinese(text, start, end):
                cue = "capital"
            else:
                continue
            found.append(Mention(start, end, cue))
            version = _VERSION.match(text, end)
            if version:
                found.append(Mention(start, version.end(), cue))
        return found


def _beside_chinese(text: str, start: int, end: int) -> bool:
    """Whether the word stands in Chinese text: there a capital is no start of an English sentence."""
    before, after = text[max(0, start - 2) : start].strip(), text[end : end + 2].strip()
    return (not before or not before[-1].isascii()) and (not after or not after[0].isascii())
