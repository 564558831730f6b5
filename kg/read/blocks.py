"""Markdown as blocks: headings, paragraphs, list items, table rows, each a verbatim slice of the text.

This is the part of Markdown that digests use. It is deliberately line-based: digests break its rules (two markers in a
heading, paragraphs glued to lists, unclosed HTML), and every block must say on which line it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.read.labels import labelled

HEADING, TEXT, ITEM, ROW, RULE = "heading", "text", "item", "row", "rule"

_LINE = re.compile(r"[^\n]*\n?")
_QUOTE = re.compile(r"(?:\s{0,3}>)+")
_HEADING = re.compile(r"(#{1,6})(?:[ \t\u3000]+|(?<=##)(?=[^\s#]))(?:#{1,6}[ \t]+)*")
_ITEM = re.compile(r"(?:[-*+•●]|\(?\d{1,3}[.)])[ \t\u3000]+|\d{1,3}、")
_RULE = re.compile(r"([-*_=])(?:[ \t]*\1){2,}$")
_FENCE = re.compile(r"(?:```|~~~)[\w+-]*$")
_IMAGE = re.compile(r"!\[[^\n]{0,500}?\]\((?:[^()\n]|\([^()\n]*\))*\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--[^\n]{0,500}?-->")
_SUMMARY = re.compile(r"<summary>[^<]*</summary>")
_LINKED = re.compile(r"<(?:a|u|h\d|img|td|th|tr|datetime)\b", re.IGNORECASE)
# Typographic spaces written as entities (also with a stray "&" before them) and marks at the ends of a paragraph.
_LEAD = re.compile(r"(?:&(?:emsp|ensp|nbsp|thinsp);|&(?=&(?:emsp|ensp|nbsp);)|[\s\u3000\u200b\ufeff>])+")
_TRAIL = re.compile(r"(?:&(?:emsp|ensp|nbsp|thinsp);|[\s\u3000\u200b\ufeff]|(?:<br ?/?>))+$")
_LINK = re.compile(r"(?:<u>)?https?://|\[[^\]]*\]\(")
_SPACES = " \t\r\n\f\v\u00a0\u2002\u2003\u3000\u200b\ufeff"
_TAIL = 60
_CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_BREAK = re.compile(r"(?:  |\\|<br ?/?>)\r?\n?$")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a Markdown text: `text[start:end]` of the whole, without its marks; `level` is that of a heading.

    `quoted` tells that it stands behind ">", `blank` that an empty line comes before it.
    """

    kind: str
    start: int
    end: int
    line: int
    text: str
    level: int = 0
    quoted: bool = False
    blank: bool = True


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of a slice without the spaces, entities of spaces and quote marks at its ends."""
    if match := _LEAD.match(text, start, end):
        start = match.end()
    end = start + len(text[start:end].rstrip(_SPACES))
    if text.endswith((";", ">"), start, end) and (match := _TRAIL.search(text, max(start, end - _TAIL), end)):
        end = match.start()
    return start, max(start, end)


def _skipped(line: str) -> bool:
    """Tell whether a line holds only pictures, markup or the mark of a code block."""
    if line.startswith(("```", "~~~")) and _FENCE.match(line.rstrip()):
        return True
    if line.startswith("![") or "<" in line:
        line = (
            _TAG.sub("", _SUMMARY.sub("", _IMAGE.sub("", line))) if not _LINKED.search(line) else _IMAGE.sub("", line)
        )
        return not line.strip(" \t\r\n>")
    return False


def _fences(lines: list[str]) -> set[int]:
    """Indexes of the lines inside closed code fences, and of the fences themselves."""
    marks = [i for i, line in enumerate(lines) if line.startswith(("```", "~~~")) and _FENCE.match(line.rstrip())]
    inside: set[int] = set()
    for first, last in zip(marks[::2], marks[1::2], strict=False):
        inside.update(range(first, last + 1))
    return inside


def _soft(block: Block, following: str) -> bool:
    """Tell whether a line that follows a block without an empty line goes on with its sentence."""
    if _CJK.match(block.text[-1]) or _CJK.search(following) or _LINK.match(following) or _LINK.match(block.text):
        return False
    return labelled(following) is None


def _lines(text: str) -> Iterator[tuple[int, Block | None, bool]]:
    """Each line as a block of its own (None for an empty or skipped one), and whether it ends with a hard break."""
    lines = _LINE.findall(text)[:-1] if text.endswith("\n") else _LINE.findall(text)
    fenced = _fences(lines)
    offset = 0
    for index, line in enumerate(lines):
        start, end = offset, offset + len(line)
        offset = end
        number = index + 1
        if index in fenced or not line.strip() or _skipped(line):
            yield number, None, not line.strip()
            continue
        quote = _QUOTE.match(line)
        quoted = quote is not None
        start, end = trimmed(text, start + (quote.end() if quote else 0), end)
        kind, level = TEXT, 0
        if match := _HEADING.match(text, start, end):
            kind, level = HEADING, len(match[1])
            start, end = trimmed(text, match.end(), end)
        elif _RULE.match(text[start:end]):
            kind = RULE
        elif text[start] == "|" if start < end else False:
            kind = ROW
        elif match := _ITEM.match(text, start, end):
            kind = ITEM
            start, end = trimmed(text, match.end(), end)
        if start < end or kind == HEADING:
            yield number, Block(kind, start, end, number, text[start:end], level, quoted), bool(_BREAK.search(line))
        else:
            yield number, None, True


def blocks(text: str) -> list[Block]:
    """Blocks of a Markdown text in order; pictures, lone markup and code are left out.

    Lines that go on with a sentence (hard-wrapped Latin text) are one block; a line after a full stop of a Chinese
    text, after a list item or a hard break is a block of its own, as digests glue paragraphs together.
    """
    found: list[Block] = []
    blank, hard = True, False
    for _, block, mark in _lines(text):
        if block is None:
            blank, hard = blank or mark, True
            continue
        last = found[-1] if found else None
        if (
            last is not None
            and not blank
            and not hard
            and block.kind == TEXT
            and last.kind in (TEXT, ITEM)
            and last.quoted == block.quoted
            and _soft(last, block.text)
        ):
            found[-1] = replace(last, end=block.end, text=text[last.start : block.end])
        else:
            found.append(replace(block, blank=blank))
        blank, hard = False, mark
    return found
