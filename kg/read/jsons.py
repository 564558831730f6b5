"""JSON: lists and wrappers of papers, JSON Lines, nested objects; keys go through the same label table."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kg.read import values as v
from kg.read.base import Record, Value, dropped
from kg.read.entries import entry_from
from kg.read.labels import TEXT, field_of, is_placeholder, labelled, nested
from kg.records import Dropped, Entry, Passage, ReadResult

_SPACE = re.compile(r"[\s,]*")
_ITEMS = re.compile(r"\[\s*(?=[{\"])")
_BROKEN = (ValueError, SyntaxError, RecursionError, MemoryError, TypeError)
_PARAGRAPHS = re.compile(r"(?:[ \t]*\r?\n){2,}")


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """Papers as JSON objects: one a line, in a list, or in a list inside an object."""

    name: str
    description: str

    def sniff(self, text: str, name: str) -> float:
        """1 for a text whose first value is an object or a list of them (also one that breaks off)."""
        head = text.lstrip("\ufeff \t\r\n")
        if not re.match(r"\{\s*[\"'}]|\[\s*(?:[{\]]|\"\{|$)", head):
            return 0.0
        return 1.0

    def read(self, text: str, name: str) -> ReadResult:
        """Read the papers of a file."""
        entries: list[Entry] = []
        reports: list[Dropped] = []
        line, place = 1, 0
        for item, start, end in _items(text):
            line, place = line + text.count("\n", place, start), start
            if item is None:
                detail = (
                    f"{name} breaks off or is damaged at line {line}: what stands there is no complete JSON object."
                )
                reports.append(dropped("half-written", name, line, detail, text[start:end][:200]))
                continue
            if not _is_paper(item):
                continue
            record = _record(item, text, line, start, end)
            if date := v.day_in_name(name):
                record = replace(record, values=(*record.values, Value("date", date, record.line, name)))
            entry = entry_from(record, name, self.name)
            if isinstance(entry, Entry):
                entries.append(entry)
            else:
                reports.append(entry)
        if not entries and not reports:
            reports.append(dropped("no-papers", name, 1, f"{name} holds no papers."))
        return ReadResult(tuple(entries), tuple(reports))


def _items(text: str) -> Iterator[tuple[dict[str, Any] | None, int, int]]:
    """The objects of a text with their bounds; None where one is damaged or breaks off."""
    position = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    if text.startswith("[", position):
        yield from _scan(text, position + 1, inside=True)
        return
    for item, start, end in _scan(text, position, inside=False):
        wrapped = start == position and (item is None or not _is_paper(item))
        items = _ITEMS.search(text, start, end if item is not None else len(text)) if wrapped else None
        if items is None:
            yield item, start, end
        else:
            yield from _scan(text, items.end(), inside=True)
            if item is None:
                return


def _scan(text: str, position: int, inside: bool) -> Iterator[tuple[dict[str, Any] | None, int, int]]:
    """Objects that follow each other from a position, in a list or one a line."""
    decoder = json.JSONDecoder()
    while True:
        space = _SPACE.match(text, position)
        position = space.end() if space else position
        if position >= len(text):
            if inside:
                yield None, max(0, len(text) - 1), len(text)
            return
        if inside and text[position] == "]":
            return
        try:
            value, end = decoder.raw_decode(text, position)
        except _BROKEN:
            end = text.find("\n", position)
            end = len(text) if end < 0 else end
            value = _literal(text[position:end])
            if not isinstance(value, dict):
                yield None, position, end
                if inside:
                    return
                following = text.find("\n{", position)
                if following < 0:
                    return
                position = following + 1
                continue
        if isinstance(value, str):
            value = _literal(value)
        if isinstance(value, dict):
            yield value, position, end
        position = end


def _literal(text: str) -> Any:
    """Value of a Python literal, as some digests write instead of JSON, or None."""
    if not text.startswith("{'"):
        return None
    try:
        return ast.literal_eval(text.strip())
    except _BROKEN:
        return None


def _members(item: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Keys, canonical fields and values of an object, those of the objects inside it that count as its own included."""
    for key, value in item.items():
        if isinstance(value, dict) and key.lower() in nested():
            yield from _members(value)
        elif field := field_of(key):
            yield key, field, value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, dict) and not value.get("hidden"):
        yield from _strings(value.get("name"))


def _is_paper(item: dict[str, Any]) -> bool:
    return any(
        field in ("title", "title_zh") and isinstance(value, str) and value.strip()
        for _, field, value in _members(item)
    )


def _record(item: dict[str, Any], text: str, first: int, start: int, end: int) -> Record:
    pretty = "\n" in text[start:end]
    found: list[Value] = []
    passages: dict[str, Passage] = {}
    for key, field, value in _members(item):
        at = text.find(f'"{key}"', start, end) if pretty else start
        line = first + (text.count("\n", start, at) if at > start else 0)
        for string in _strings(value):
            if is_placeholder(string):
                continue
            if field != TEXT:
                found.append(Value(field, string.strip(), line, string.strip()))
                continue
            for passage in _paragraphs(string, key, line, found):
                passages.setdefault(passage.text, passage)
    return Record(first, tuple(found), tuple(passages.values()))


def _paragraphs(string: str, key: str, line: int, found: list[Value]) -> Iterator[Passage]:
    """Paragraphs of a text; one that is labelled as a title (标题：…) is a title. Links go into `found`."""
    for paragraph in _PARAGRAPHS.split(string):
        paragraph = paragraph.strip()
        label = labelled(paragraph)
        section = key
        if label is not None and label.field in ("title", "title_zh"):
            found.append(Value("title_zh", paragraph[label.start : label.end], line, paragraph))
            continue
        if label is not None and label.field == TEXT:
            section, paragraph = label.label, paragraph[label.start : label.end].strip()
        if is_placeholder(paragraph):
            continue
        found.extend(Value("url", url, line, paragraph, own=False) for url in v.urls_in(paragraph))
        yield Passage(paragraph, line, section)
