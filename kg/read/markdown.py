"""The Markdown reader: from blocks to records, as a format's description says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.read import values as v
from kg.read.base import Record, Value, dropped
from kg.read.blocks import HEADING, Block, blocks
from kg.read.cut import break_line
from kg.read.entries import entry_from
from kg.read.frontmatter import front_matter
from kg.read.levels import LISTING, paper_headings
from kg.read.paper import RecordBuilder
from kg.read.translations import translated
from kg.records import Dropped, Entry, ReadResult

_BACK = re.compile(r"\s*(?:\[\[?[^\]]*\]?\]\(#[^)]*\)|\(#[^)]*\)|[（(]\d+\s*篇?[）)])\s*$")


@dataclass(frozen=True, slots=True)
class MarkdownFormat:
    """A digest format in Markdown, described.

    Parameters
    ----------
    name, description
        What the format is called and what it is.
    signs
        Regular expressions (multi-line) that files of the format match: the share that match is how sure it is.
    start
        What begins a paper: "heading", or "file" when a file is one paper.
    levels
        Levels of the headings that begin a paper; none: decided for each file by where papers' marks stand.
    title
        Where the English title stands: "heading", or "quote" for the first quote of the file.
    cells
        Expression that separates the cells of a line that begins with a date (institutions, venue, stars).
    topic
        Expression that a topic heading matches, with the topics as its group; none: every enclosing heading is one.
    separators
        Expression that separates the topics of a heading.
    codes
        Expression of what stands between topics but is none.
    tags
        Whether a paragraph of back-quoted words before the text holds the topics.
    sure
        What `sniff` gives for a text that has none of the signs but could be of this format.
    """

    name: str
    description: str
    signs: tuple[str, ...] = ()
    start: str = "heading"
    levels: tuple[int, ...] = ()
    title: str = "heading"
    cells: str = ""
    topic: str = ""
    separators: str = r"[｜|]"
    codes: str = r"[A-Z]{2,4}\d+(?:\.\d+)+"
    tags: bool = False
    sure: float = 0.0

    def sniff(self, text: str, name: str) -> float:
        """Share of the signs that the text shows."""
        if text.lstrip()[:1] in "{[<" and not text.lstrip().startswith(
            ("[!", "<!--", "<div", "<p", "<h", "<a", "<img", "<details")
        ):
            return 0.0
        found = sum(re.search(sign, text, re.MULTILINE) is not None for sign in self.signs)
        return found / len(self.signs) if found and found * 2 >= len(self.signs) else self.sure

    def read(self, text: str, name: str) -> ReadResult:
        """Read the papers of a file."""
        matter, body_start = front_matter(text)
        found = [block for block in blocks(text) if block.start >= body_start]
        records, preamble = self._records(found, matter, text, name)
        entries: list[Entry] = []
        reports: list[Dropped] = []
        for record in _merged(records):
            entry = entry_from(record, name, self.name)
            if isinstance(entry, Entry):
                entries.append(entry)
            else:
                reports.append(entry)
        if entries and (cut := break_line(entries, text, whole=self.start == "file")):
            last = entries.pop()
            reports.append(
                dropped(
                    "half-written",
                    name,
                    cut,
                    f"{name} breaks off at line {cut}, inside “{last.title}”: that entry is left out.",
                )
            )
        if not entries and not reports:
            reports.append(dropped("no-papers", name, 1, f"{name} holds no papers."))
        return ReadResult(translated(entries, preamble), tuple(reports))

    def _records(
        self, found: Sequence[Block], matter: tuple[Value, ...], text: str, name: str
    ) -> tuple[list[Record], list[Block]]:
        if self.start == "file" or _is_paper(matter):
            return [self._record(found, text, matter)], []
        starts = {block.line for block in self._starts(found, name)}
        level = max((block.level for block in found if block.line in starts), default=0)
        if not level:
            return [], list(found)
        records: list[Record] = []
        preamble: list[Block] = []
        above: dict[int, Block] = {}
        current: list[Block] = []

        def close() -> None:
            if current:
                records.append(self._record(tuple(current), text, context=tuple(self._context(above, name))))
                current.clear()

        for block in found:
            if block.kind == HEADING and block.level <= level:
                close()
                if block.line in starts:
                    current.append(block)
                elif block.level < level:
                    above = {level: kept for level, kept in above.items() if level < block.level}
                    above[block.level] = block
            elif current:
                current.append(block)
            else:
                preamble.append(block)
        close()
        return records, preamble

    def _starts(self, found: Sequence[Block], name: str) -> list[Block]:
        if self.levels:
            return [block for block in found if block.kind == HEADING and block.level in self.levels]
        return paper_headings(found, name)

    def _context(self, above: dict[int, Block], name: str) -> Iterator[Value]:
        """Topics and date that the headings above a paper, or the name of its file, give it."""
        for block in above.values():
            if self.topic:
                match = re.search(self.topic, block.text)
                topics = match[1] if match else ""
            else:
                topics = "" if LISTING.search(block.text) else _BACK.sub("", block.text)
                if date := v.iso_date(block.text):
                    yield Value("date", date, block.line, block.text)
            for part in re.split(self.separators, topics):
                if (topic := v.clean(part).strip(" ,，;；、")) and not re.fullmatch(self.codes, topic):
                    yield Value("topic", topic, block.line, block.text)
        if not self.topic and (date := v.day_in_name(name)):
            yield Value("date", date, 1, name)

    def _record(
        self, found: Sequence[Block], text: str, matter: Sequence[Value] = (), context: Sequence[Value] = ()
    ) -> Record:
        builder = RecordBuilder(found, text, quoted_title=self.title == "quote", cells=self.cells, tags=self.tags)
        return builder.record(matter, context)


def _is_paper(matter: Iterable[Value]) -> bool:
    """Tell whether front matter describes a paper: a title and something only papers have."""
    fields = {value.field for value in matter}
    return "title" in fields and bool(
        fields & {"authors", "arxiv_id", "doi"} or any(v.arxiv_id(value.value) for value in matter)
    )


def _identity(record: Record) -> tuple[set[str], set[str]]:
    ids = {
        found
        for value in record.values
        if value.field in ("arxiv_id", "url") and value.own
        for found in [v.arxiv_id(value.value)]
        if found
    }
    titles = {v.clean_title(value.value).casefold() for value in record.values if value.field == "title"}
    return ids, titles


def _merged(records: Iterable[Record]) -> list[Record]:
    """Records with neighbours on the same paper (a heading twice, an English and a Chinese one) made one."""
    found: list[Record] = []
    for record in records:
        if found:
            last = found[-1]
            ids, titles = _identity(record)
            last_ids, last_titles = _identity(last)
            if ids & last_ids or (titles & last_titles and (not ids or not last_ids)):
                found[-1] = replace(last, values=last.values + record.values, passages=last.passages + record.passages)
                continue
        found.append(record)
    return found
