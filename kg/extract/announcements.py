"""Component: what a paper announces: the name before the colon of its title, "named X", "we propose X"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import spans
from kg.extract.edges import CHINESE_RUN, has_chinese, trimmed
from kg.extract.head_nouns import head_type
from kg.extract.spans import Mention
from kg.extract.tables import table
from kg.extract.text import TITLE, Text, of_doc

TITLE_NAME = "announced:title"
_TITLE = re.compile(r"([^\n:：]{2,60}?)\s*(?:[:：]|——)\s*\S")
_QUOTED = re.compile(r"\s*[“\"「'‘]([^“”\"「」'’\n]{2,40})[”\"」'’]")
_LATIN = re.compile(
    r"\s*(?:a |an |the )?([A-Z0-9][\w\-.+²³]*[\w+](?: (?=[A-Z0-9])[\w\-.+]*\w){0,3}|[a-z]+[A-Z][\w\-.+]*)", re.ASCII
)
_COINED = re.compile(r"[A-Za-z][A-Z]|\d")
_QUOTES = "“”\"'‘’《》「」 "


@cache
def _frames() -> list[tuple[str, re.Pattern[str]]]:
    out = []
    for row in table("announcements")["before"]:
        words = sorted(row["text"], key=lambda w: (-len(w), w))
        # Each part begins with a letter, not with a boundary, or the search would try all of them at every place.
        parts = [rf"{w[0]}(?<=\b{w[0]}){re.escape(w[1:])}\b" if w.isascii() else re.escape(w) for w in words]
        out.append((row["cue"], re.compile("|".join(parts))))
    return out


@Language.factory("kg_announcements", assigns=["doc.spans"])
def _create(nlp: Language, name: str) -> Announcements:
    return Announcements()


class Announcements:
    """Writes names that the text announces."""

    def __call__(self, doc: Doc) -> Doc:
        """Write what `match` finds."""
        return spans.write(doc, self.match(doc))

    def match(self, doc: Doc) -> list[Mention]:
        """Announced names, in order."""
        return sorted({*_titles(of_doc(doc)), *_announced(of_doc(doc).string)})


def _titles(text: Text) -> Iterator[Mention]:
    """The part of each title before its colon."""
    for piece in text.pieces:
        found = _TITLE.match(text.string, piece.start, piece.end) if piece.section == TITLE else None
        if found:
            start, end = trimmed(text.string, *found.span(1))
            while start < end and text.string[start] in _QUOTES:
                start += 1
            while start < end and text.string[end - 1] in _QUOTES:
                end -= 1
            if end - start >= 2 and not _is_slogan(text.string, start, end):
                yield Mention(start, end, TITLE_NAME)


def _is_slogan(text: str, start: int, end: int) -> bool:
    """Whether a title begins with a phrase that the paper never comes back to: "Scaling Up to Excellence: ..."."""
    name = text[start:end]
    return " " in name and not has_chinese(name) and not _COINED.search(name) and text.count(name) == 1


def _announced(text: str) -> Iterator[Mention]:
    for cue, frame in _frames():
        for found in frame.finditer(text):
            name = _QUOTED.match(text, found.end()) or _LATIN.match(text, found.end())
            if name:
                start, end = trimmed(text, *name.span(1))
                if end - start >= 2:
                    yield Mention(start, end, f"announced:{cue}", head_type(text[start:end]))
            elif cue == "named":
                run = CHINESE_RUN.match(text, found.end())
                if run and has_chinese(run[0]):
                    stop = run[0].find("的")
                    start, end = trimmed(text, run.start(), run.start() + stop if stop > 0 else run.end())
                    if 2 <= end - start <= 16:
                        yield Mention(start, end, f"announced:{cue}", head_type(text[start:end]))
