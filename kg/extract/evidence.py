"""Verbatim sentences that prove names and relations."""

from __future__ import annotations

import re
from functools import cache

from kg.extract.features import Context
from kg.extract.spans import Mention
from kg.extract.tables import table
from kg.extract.text import TITLE
from kg.records import Evidence

_WINDOW = 40


@cache
def _negation() -> re.Pattern[str]:
    """Negation right before a name, read from right to left: it is found or missed at the first letter."""
    words = table("negation")
    before, between = (
        "|".join(
            rf"\s*\b{re.escape(w[::-1])}\b" if w.isascii() else re.escape(w[::-1])
            for w in sorted(words[k], key=lambda w: (-len(w), w))
        )
        for k in ("before", "between")
    )
    # Most names have none: seen at the first letter, without a look at all the words.
    letters = "".join(sorted({w[-1] for k in ("before", "between") for w in words[k]}))
    return re.compile(rf"[\s“\"]*+(?=[{re.escape(letters)}])(?:{between})*(?:{before})", re.IGNORECASE)


def negated(context: Context, start: int) -> bool:
    """Whether the words right before a mention say that it is not used."""
    low = max(context.sentence(start)[0], start - _WINDOW)
    return _negation().match(context.text.string[low:start][::-1]) is not None


def evidence(context: Context, mention: Mention, cue: str, score: float) -> Evidence:
    """The sentence around a mention, verbatim, with the name's place in it; of a title, all of it."""
    text = context.text
    piece = text.piece(mention.start)
    low, high = (piece.start, piece.end) if piece.section == TITLE else context.sentence(mention.start)
    low, high = min(low, mention.start), max(high, mention.end)
    sentence = text.string[low:high].rstrip()
    return Evidence(
        sentence, mention.start - low, mention.end - low, piece.section, piece.line, cue, round(float(score), 3)
    )
