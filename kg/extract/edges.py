"""Where a name begins: the left edge of a Chinese or English noun phrase that is known to end somewhere."""

from __future__ import annotations

import re
from functools import cache

import ahocorasick

from kg.extract.tables import table

HAN = "\u3400-\u9fff\uf900-\ufaff"
_HAN = re.compile(f"[{HAN}]")
# What a Chinese phrase may hold besides Chinese: Latin words and numbers, spaces only beside Latin.
CHINESE_RUN = re.compile(
    rf"(?:[{HAN}A-Za-z0-9\-_/+.·&@*'’]|(?<=[{HAN}]) (?=[A-Za-z0-9])|(?<=[A-Za-z0-9]) (?=[{HAN}A-Za-z0-9]))+"
)
ENGLISH_WORD = re.compile(r"[A-Za-z0-9][\w.+'’]*(?:-[\w.+'’]+)*|\S")
_TRIM = " -_/+.·&@*'’"


@cache
def _edges() -> ahocorasick.Automaton:
    """Finds frames and the words that keep one whole, each with its length and whether it is a frame."""
    edges = table("edges")
    frames = set(edges["frames"].split())
    automaton = ahocorasick.Automaton()
    for word in frames | set(edges["words"].split()):
        automaton.add_word(word, (len(word), word in frames))
    automaton.make_automaton()
    return automaton


@cache
def stop_words() -> frozenset[str]:
    """English words that no name begins with or holds."""
    return frozenset(table("edges")["stop"].split())


def segments(run: str) -> list[tuple[int, int]]:
    """Stretches of a Chinese run between its frames: each may hold a name."""
    # The longest at each place (it ends last), whichever kind it is: 用户 keeps 用, 用于 cuts.
    longest = {last + 1 - length: (last + 1, is_frame) for last, (length, is_frame) in _edges().iter(run)}
    out = []
    start = seen = 0
    for low in sorted(longest):
        if low >= seen:
            seen, is_frame = longest[low]
            if is_frame:
                if low > start:
                    out.append((start, low))
                start = seen
    if start < len(run):
        out.append((start, len(run)))
    return out


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without spaces and joints at its ends."""
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and text[end - 1] in _TRIM and text[end - 1] != "+":
        end -= 1
    return start, end


def has_chinese(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return not text.isascii() and _HAN.search(text) is not None


def left_edges(text: str, low: int, end: int) -> list[int]:
    """Where the Chinese phrase that ends at `end` may begin, not before `low`: the likeliest place first.

    That is after the last frame; the others are after the frames before it, since a frame may be part of a name.
    """
    tail = text[low:end]
    run = None
    for run in CHINESE_RUN.finditer(tail):
        if run.end() == len(tail):
            break
    if run is None or run.end() != len(tail):
        return []
    found = segments(run[0])
    if not found or found[-1][1] != len(run[0]):
        return []
    return [low + run.start() + start for start, _ in reversed(found)]
