"""One paper in Markdown: its blocks become values under canonical fields, and passages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.read import values as v
from kg.read.base import Record, Value
from kg.read.blocks import HEADING, ROW, RULE, TEXT, Block
from kg.read.labels import TEXT as CONTENT
from kg.read.labels import field_of, is_placeholder, labelled
from kg.read.tags import tags_in
from kg.records import Passage

_DATE_CELL = re.compile(r"\s*(?:<\w+>\s*)?(?:19|20)\d{2}\s*[-./年]")
_SENTENCE = re.compile(r"[。；！？]")
_ITALIC = re.compile(r"\*([^*\n]+)\*((?:\s*\|\s*\S.*)?)$")
_SEPARATOR = re.compile(r"[|:\s-]+$")
_LONG_VALUE = 200


class RecordBuilder:
    """Turns the blocks of one paper into its record.

    Parameters
    ----------
    found
        The blocks of the paper.
    text
        The text of the file, of which blocks are slices.
    quoted_title
        Whether the English title is the first quote instead of the heading.
    cells
        Expression that separates the cells of a line that begins with a date, or "".
    tags
        Whether back-quoted words before the text are topics.
    """

    def __init__(
        self, found: Sequence[Block], text: str, *, quoted_title: bool = False, cells: str = "", tags: bool = False
    ) -> None:
        self.blocks = found
        self.quoted_title = quoted_title
        self.cells = cells
        self.tags = tags
        self.text = text
        self.values: list[Value] = []
        self.passages: list[Passage] = []
        self.section = ""
        self.field = CONTENT

    def record(self, matter: Sequence[Value] = (), context: Sequence[Value] = ()) -> Record:
        """Build the record; `matter` are values of the front matter, `context` those that headings above give."""
        self.values.extend(matter)
        rest = self._head()
        for block in rest:
            self._body(block)
        line = self.blocks[0].line if self.blocks else 1
        return Record(line, (*self.values, *context), tuple(self.passages))

    def _add(self, field: str, value: str, line: int, text: str, own: bool = True) -> None:
        self.values.append(Value(field, value, line, text, own))

    def _head(self) -> Sequence[Block]:
        """Read what stands before the text: titles, tags, the line of cells. Returns the blocks after it."""
        found = self.blocks
        index = 0
        titled = not self.quoted_title
        text = self._text_start()
        first = found[0] if found else None
        if titled and first is not None and first.kind == HEADING and not self.values:
            self._add("title", first.text, first.line, first.text)
            for url in v.urls_in(first.text):
                self._add("url", url, first.line, first.text)
            index = 1
        while index < len(found):
            block = found[index]
            if self.tags and block.text.startswith("`"):
                index = self._tags(index)
                continue
            if self.cells and block.kind == TEXT and _DATE_CELL.match(block.text) and re.search(self.cells, block.text):
                index = self._cells(index)
                return found[index:]
            if titled or index == text:
                return found[index:]
            label = labelled(block.text)
            if label and (not block.quoted or label.field in ("title", "title_zh")):
                self._add(label.field, block.text[label.start : label.end], block.line, block.text)
            elif block.quoted:
                self._add("title", block.text, block.line, block.text)
                titled = True
            elif block.kind in (HEADING, TEXT) and _is_headline(block):
                self._add("title_zh", block.text, block.line, block.text)
            elif block.kind == HEADING and not field_of(block.text):
                self._add("headline", block.text, block.line, block.text)
            index += 1
        return ()

    def _text_start(self) -> int:
        """Index of the heading (摘要) at which the text begins if no quote with the title stands before it, or -1.

        Digests made by machine may have one such heading too many, above the quote.
        """
        sections = [
            index
            for index, block in enumerate(self.blocks)
            if index and block.kind == HEADING and field_of(block.text) == CONTENT
        ]
        quote = next((index for index, block in enumerate(self.blocks) if block.quoted), len(self.blocks))
        return sections[0] if sections and quote > sections[-1] else -1

    def _tags(self, index: int) -> int:
        """Read back-quoted tags, which may run over several paragraphs; returns the index after them."""
        last = index
        while last + 1 < len(self.blocks):
            following = self.blocks[last + 1]
            span = self.text[self.blocks[index].start : self.blocks[last].end]
            if following.quoted or following.kind == HEADING or (span.endswith("`") and span.count("`") % 2 == 0):
                break
            last += 1
        first = self.blocks[index]
        for topic, offset in tags_in(self.text[first.start : self.blocks[last].end]):
            at = first.start + offset
            line = first.line + self.text.count("\n", first.start, at)
            self._add("topic", topic, line, self.text[self.text.rfind("\n", 0, at) + 1 :].split("\n", 1)[0].strip())
        return last + 1

    def _cells(self, index: int) -> int:
        """Read the line of cells; a line glued to it goes on with it. Returns the index after it."""
        block = self.blocks[index]
        self._line_of_cells(block)
        index += 1
        if index < len(self.blocks):
            following = self.blocks[index]
            more = re.search(self.cells, following.text) or re.search(
                rf"(?:{self.cells})\s*(?:<[^>]*>)?\s*$", block.text
            )
            if (
                not following.blank
                and more
                and following.kind == TEXT
                and not v.urls_in(following.text)
                and not _SENTENCE.search(following.text)
            ):
                self._line_of_cells(following)
                index += 1
        return index

    def _line_of_cells(self, block: Block) -> None:
        for cell in re.split(self.cells, v.clean(block.text)):
            cell = cell.strip()
            if not cell:
                continue
            if _DATE_CELL.match(cell) and len(cell) <= len("2024 年 01 月 24 日 00:00"):
                self._add("date", cell, block.line, block.text)
            elif v.is_rating(cell):
                self._add("rating", cell, block.line, block.text)
            elif v.venue_of(cell):
                self._add("venue", cell, block.line, block.text)
            elif urls := v.urls_in(cell):
                for url in urls:
                    self._add("url", url, block.line, block.text)
            else:
                self._add("institutions", cell, block.line, block.text)

    def _body(self, block: Block) -> None:
        if block.kind == HEADING:
            self.section = block.text.rstrip("# \t")
            field = field_of(self.section.strip(" :："))
            self.field = field if field in ("authors", "institutions", "topics") else CONTENT
            return
        if block.kind == RULE or (block.kind == ROW and _SEPARATOR.match(block.text)):
            return
        if v.is_link_line(block.text):
            self._links(block)
            return
        if self.field != CONTENT and len(block.text) <= _LONG_VALUE and not _SENTENCE.search(block.text):
            self._add(self.field, block.text, block.line, block.text)
            return
        label = labelled(block.text)
        italic = _ITALIC.match(block.text) if not self.passages else None
        if italic and self._byline(block, italic):
            return
        if label is None:
            self._passage(block.text, block.line, self.section)
        elif label.field == CONTENT:
            if label.start >= label.end:
                self.section = label.label
            else:
                self._passage(block.text[label.start : label.end], block.line, label.label)
        elif label.field in ("url", "code", "arxiv_id", "topics") or not self._has(label.field):
            self._add(label.field, block.text[label.start : label.end], block.line, block.text)
        else:
            self._passage(block.text, block.line, self.section)

    def _links(self, block: Block) -> None:
        for url in v.urls_in(block.text):
            self._add("url", url, block.line, block.text)
        if date := v.iso_date(v.without_links(block.text)):
            self._add("date", date, block.line, block.text)

    def _byline(self, block: Block, italic: re.Match[str]) -> bool:
        """Read a line in italics below the title: the Chinese title, or the authors, maybe with labels behind a bar."""
        text = italic[1]
        field = "title_zh" if v.is_chinese(text) else "authors"
        if self._has(field) or _SENTENCE.search(text):
            return False
        self._add(field, text, block.line, block.text)
        for part in italic[2].split("|"):
            if label := labelled(part.strip()):
                self._add(label.field, part.strip()[label.start : label.end], block.line, block.text)
        return True

    def _has(self, field: str) -> bool:
        return any(value.field == field for value in self.values) and field != "title"

    def _passage(self, text: str, line: int, section: str) -> None:
        if not any(c.isalnum() for c in text) or is_placeholder(text):
            return
        self.passages.append(Passage(text, line, section))
        for url in v.urls_in(text):
            self._add("url", url, line, text, own=False)


def _is_headline(block: Block) -> bool:
    """Tell whether a block is a Chinese title: no label such as 标题, and no sentence glued to the heading."""
    if field_of(block.text.strip("*_ ")) or not v.is_chinese(block.text):
        return False
    return block.kind == HEADING or not ("，" in block.text and block.text.endswith("。"))
