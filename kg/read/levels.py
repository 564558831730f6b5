"""Which headings of a plain Markdown file begin a paper: those below which the marks of papers stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from kg.read import values as v
from kg.read.blocks import HEADING, Block
from kg.read.labels import TEXT, field_of, is_other_heading, labelled

# Files that usually hold no papers: there a heading that merely looks like a title is not enough.
_OTHER = re.compile(
    r"(?:^|[/_])(?:readme|changelog|contributing|license|index|summary|toc|template|security|code_of_conduct)[^/]*$",
    re.IGNORECASE,
)
# What names a digest, a day or a list, not a paper or a topic.
LISTING = re.compile(
    r"\d{4}|日报|周报|月报|论文|目录|统计|精选|daily|digest|weekly|papers?\b|arxiv|contents|^(?:abstract|readme)",
    re.IGNORECASE,
)
_SHORT = 40
_WORDS = 4
_CHARACTERS = 8


def _own(found: Sequence[Block]) -> Iterator[tuple[Block, Sequence[Block], Block | None]]:
    """Each heading with the blocks up to the next heading of any level, and that heading."""
    marks = [index for index, block in enumerate(found) if block.kind == HEADING]
    for first, last in zip(marks, [*marks[1:], len(found)], strict=False):
        yield found[first], found[first + 1 : last], found[last] if last < len(found) else None


def _marked(heading: Block, below: Sequence[Block], following: Block | None) -> bool:
    """Tell whether a paper's marks stand at a heading: an id, authors, a labelled title, or a section 摘要."""
    if is_other_heading(heading.text):
        return False
    if v.arxiv_ids(heading.text):
        return True
    for block in below:
        label = labelled(block.text)
        if label is not None and label.field in ("title", "title_zh", "authors", "arxiv_id", "doi", "venue"):
            return True
        if ((label is not None and label.field == "url") or v.is_link_line(block.text)) and (
            v.arxiv_ids(block.text) or v.doi_in(block.text)
        ):
            return True
    return following is not None and following.level > heading.level and field_of(following.text) == TEXT


def _titled(heading: Block, below: Sequence[Block]) -> bool:
    """Tell whether a heading reads like a title with a text below it."""
    long = len(heading.text.split()) >= _WORDS or (v.is_chinese(heading.text) and len(heading.text) >= _CHARACTERS)
    return (
        long
        and not is_other_heading(heading.text)
        and not LISTING.search(heading.text)
        and sum(len(block.text) for block in below) >= _SHORT
    )


def paper_headings(found: Sequence[Block], name: str) -> list[Block]:
    """Headings that begin a paper, all of one level; none when the file holds no papers.

    Where headings carry the marks of papers, all of their level count but those such as 目录; else those that read
    like titles.
    """
    sections = list(_own(found))
    marked = [heading for heading, below, following in sections if _marked(heading, below, following)]
    if marked:
        level = _level(marked, [heading for heading, _, _ in sections])
        return [heading for heading, _, _ in sections if heading.level == level and not is_other_heading(heading.text)]
    if _OTHER.search(name):
        return []
    titled = [heading for heading, below, _ in sections if _titled(heading, below)]
    level = _level(titled, [heading for heading, _, _ in sections])
    return [heading for heading in titled if heading.level == level]


def _level(headings: Sequence[Block], among: Sequence[Block]) -> int:
    """The level that most of the headings have.

    A single marked heading on top of the file wins: the marks further down are references.
    """
    counts = Counter(heading.level for heading in headings)
    first = min(counts, default=0)
    if counts[first] == 1 and sum(heading.level == first for heading in among) == 1:
        return first
    return max(sorted(counts), key=counts.__getitem__, default=0)
