"""Sub-word tokens of a text and the chunks in which the encoder reads them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

LONGEST = 160  # tokens a chunk, without its two marks
_LAST_PLAIN = 0x7E


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: ids and offsets [start, end) in characters, all of shape (tokens,)."""

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


class Subwords:
    """A SentencePiece unigram model; ids 0 to 3 are begin, padding, end and unknown, as in XLM-RoBERTa."""

    begin, padding, end = 0, 1, 2

    def __init__(self, path: Path) -> None:
        self._pieces = SentencePieceProcessor(model_file=str(path))

    def __len__(self) -> int:
        return int(self._pieces.get_piece_size())

    def encode(self, text: str) -> Tokens:
        """Tokens of a text; a token's leading space does not count to it."""
        found = self._pieces.encode(normalized(text), return_type="offset_mapping")
        ids = np.array(found["ids"], np.int64)
        starts, ends = np.array(found["offsets"], np.int64).reshape(-1, 2).T.copy()
        # The space before a word belongs to its first piece.
        for i in range(len(ids)):
            while starts[i] < ends[i] and text[starts[i]].isspace():
                starts[i] += 1
        return Tokens(ids, starts, ends)


def normalized(text: str) -> str:
    """NFKC where it keeps every offset, and all white space as plain spaces."""
    return "".join(c if " " <= c <= "~" else _normal(c) for c in text)


@lru_cache(maxsize=1 << 14)
def _normal(char: str) -> str:
    if char.isspace():
        return " "
    other = unicodedata.normalize("NFKC", char)
    return other if len(other) == 1 else char


def chunks(tokens: Tokens, sentences: Sequence[int], longest: int = LONGEST) -> list[tuple[int, int]]:
    """Stretches of tokens, [first, last), of about the same length, cut between sentences where that is possible.

    Parameters
    ----------
    tokens : Tokens
        All tokens of a text.
    sentences : sequence of int
        Offsets at which sentences begin, in order.
    longest : int
        Tokens that a chunk may have.
    """
    total = len(tokens.ids)
    if not total:
        return []
    cuts = sorted({int(i) for i in np.searchsorted(tokens.starts, np.asarray(sentences, np.int64))} - {0, total})
    out = []
    first = 0
    while total - first > longest:
        ideal = (total - first) / -(-(total - first) // longest)
        fitting = [c for c in cuts if first < c <= first + longest]
        last = min(fitting, key=lambda c: (abs(c - first - ideal), c), default=first + longest)
        if last - first < ideal / 3:
            last = first + longest
        out.append((first, last))
        first = last
    out.append((first, total))
    return out
