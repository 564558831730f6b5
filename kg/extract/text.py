"""One string per entry, and the way back from its offsets to sections, lines and sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from kg.records import Entry

TITLE = "title"
_KEY = "kg.text"

# Full-width Latin, dashes and odd spaces, one character for one: offsets hold.
_FOLD = {chr(c): chr(c - 0xFEE0) for c in range(0xFF10, 0xFF5B)} | dict.fromkeys("‐‑‒–—―－", "-")
_FOLD |= dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000\t", " ") | dict.fromkeys("’‘", "'")
# Found by a pattern: `str.translate` looks up every character of a Chinese text.
_TO_FOLD = re.compile(f"[{''.join(_FOLD)}]")
# Not an emphatic full stop inside a name or number: GPT-4.1, e.g., Fig. 3.
# One set of characters to begin with: the search goes from one to the next of them.
_STOP = re.compile(
    r"[。！？!?；;….](?:(?<!\.)[。！？!?；;…]*[”’」』）)\"']*"
    r"|(?<=\.)(?<![A-Z]\.)(?<!e\.g\.)(?<!i\.e\.)(?<!et al\.)(?<!vs\.)[”\"')]*(?=\s+[A-Z\u4e00-\u9fff“\"(]|$))"
)
_ENGLISH = re.compile(r"(?:[A-Za-z][\w'’-]*[,;:]? ){12}")
_GLUE = re.compile(r"[\s\-_]")
# Tables of one byte a character, for texts in Latin-1 (what lies beyond it becomes "?").
_ALNUM = bytes(chr(c).isascii() and chr(c).isalnum() for c in range(256))
_KEPT = bytes(_GLUE.match(chr(c)) is None for c in range(256))


def fold(text: str) -> str:
    """Half-width, plain dashes and spaces, lower case where that keeps every offset."""
    text = _TO_FOLD.sub(lambda found: _FOLD[found[0]], text)
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def squeeze(folded: str) -> tuple[str, NDArray[np.intp]]:
    """A folded text without spaces and hyphens, and for each character left its offset in the text."""
    squeezed = folded.replace(" ", "").replace("-", "").replace("\n", "").replace("_", "")
    offsets = np.flatnonzero(np.frombuffer(folded.encode("latin-1", "replace").translate(_KEPT), np.bool_))
    if len(squeezed) != len(offsets) or squeezed.split(None, 1) != [squeezed]:
        # A rare kind of space.
        offsets = np.array([i for i, c in enumerate(folded) if not _GLUE.match(c)], np.intp)
        squeezed = "".join(folded[i] for i in offsets)
    return squeezed, offsets


def within_words(folded: str) -> bytes:
    """For each character whether a Latin word or number goes on with it: no name begins or ends before it."""
    alnum = int.from_bytes(folded.encode("latin-1", "replace").translate(_ALNUM), "little")
    return (alnum & alnum << 8).to_bytes(len(folded) + 1, "little")


@dataclass(frozen=True, slots=True)
class Piece:
    """A title or passage within the text: [start, end), its section and its line in the file."""

    start: int
    end: int
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class Text:
    """Title, Chinese title and passages of an entry in one string, a line break after each."""

    string: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    def piece_index(self, offset: int) -> int:
        """Index of the piece that an offset lies in."""
        return bisect_right(self.starts, offset) - 1

    def piece(self, offset: int) -> Piece:
        """The piece that an offset lies in."""
        return self.pieces[bisect_right(self.starts, offset) - 1]


def of_entry(entry: Entry) -> Text:
    """Lay out an entry: the title first, always; the Chinese one where it is another text; then the passages."""
    parts = [(entry.title, TITLE, entry.title_line or entry.source.line)]
    if entry.title_zh and entry.title_zh != entry.title:
        parts.append((entry.title_zh, TITLE, entry.title_zh_line or entry.title_line or entry.source.line))
    parts += [(p.text, p.section, p.line) for p in entry.passages]
    pieces: list[Piece] = []
    at = 0
    for text, section, line in parts:
        pieces.append(Piece(at, at + len(text), section, line))
        at += len(text) + 1
    return Text("\n".join(t for t, _, _ in parts), tuple(pieces), tuple(p.start for p in pieces))


def is_bilingual(text: Text) -> bool:
    """Whether some passage is English: the same is said twice then."""
    return any(p.section != TITLE and _ENGLISH.search(text.string, p.start, p.end) for p in text.pieces)


def attach(doc: Doc, text: Text) -> Doc:
    """Let a document know its layout."""
    doc.user_data[_KEY] = text
    return doc


def of_doc(doc: Doc) -> Text:
    """The layout of a document; one made from a bare string has its lines for passages."""
    text: Text | None = doc.user_data.get(_KEY)
    if text is None:
        pieces = []
        at = 0
        for number, line in enumerate(doc.text.split("\n"), 1):
            pieces.append(Piece(at, at + len(line), "", number))
            at += len(line) + 1
        text = Text(doc.text, tuple(pieces), tuple(p.start for p in pieces))
        attach(doc, text)
    return text


def sentences(text: Text) -> list[int]:
    """Offsets at which sentences begin, in order; a title is one sentence."""
    begins: list[int] = []
    for piece in text.pieces:
        begins.append(piece.start)
        if piece.section == TITLE:
            continue
        for stop in _STOP.finditer(text.string, piece.start, piece.end):
            if stop.end() < piece.end:
                begins.append(stop.end())
    return begins
