"""The label table (labels.toml), and label lines in all the spellings that digests have for them.

Colon half or full width, inside or outside bold: ``**作者**：A``, ``**Authors:** A``, ``- **分类: cs.CV**``,
``作者丨A``, ``<strong>作者</strong> A``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

TEXT = "text"

_SHORT = 12
_LONGEST = 60

_BOLD = r"(?:\*\*|__|<strong>|<b>|</strong>|</b>|\*)"
_LABEL = re.compile(
    rf"(?P<mark>[^\w\s\"'`<>*|$\\\[\](){{}}#!@&]{{1,4}}\s*)?{_BOLD}?\s*"
    r"(?P<key>[^\W\d_][^:：丨\n*<>|`。，,!?！？]{0,24}?)\s*"
    rf"(?:(?P<inner>[:：丨])\s*{_BOLD}?|(?P<close>\*\*|__|</strong>|</b>)\s*(?P<outer>[:：丨])?)\s*"
)
_NOTE = re.compile(r"\s*[(（].*[)）]$")
_DROPPED = re.compile(r"[\s_\-]+")
_END_BOLD = re.compile(r"\s*\*\*\s*$")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text(encoding="utf-8"))


def _key(label: str) -> str:
    """A label as it is looked up: NFKC, lower case, no spaces, underscores, hyphens or emoji."""
    text = unicodedata.normalize("NFKC", label).casefold()
    return _DROPPED.sub("", "".join(c for c in text if unicodedata.category(c) not in ("So", "Sk", "Mn", "Cf")))


@cache
def _fields() -> dict[str, str]:
    return {_key(label): field for field, labels in _data()["fields"].items() for label in labels}


@cache
def venues() -> frozenset[str]:
    """Names of conferences and journals, upper case."""
    return frozenset(name.upper() for name in _data()["venues"]["names"])


@cache
def nested() -> frozenset[str]:
    """Keys of JSON objects whose members count as the paper's own."""
    return frozenset(_data()["nested"]["keys"])


@cache
def _placeholders() -> tuple[frozenset[str], re.Pattern[str]]:
    table = _data()["placeholders"]
    return frozenset(table["values"]), re.compile("|".join(table["patterns"]), re.IGNORECASE)


def is_placeholder(value: str) -> bool:
    """Tell whether a value only says that there is none."""
    values, pattern = _placeholders()
    text = unicodedata.normalize("NFKC", value).strip(" \t\r\n.。*_`").casefold()
    return not text or text in values or (len(text) < 80 and pattern.match(text) is not None)


@cache
def _others() -> tuple[frozenset[str], tuple[str, ...]]:
    keys = [_key(name) for name in _data()["headings"]["others"]]
    return frozenset(keys), tuple(key for key in keys if not key.isascii())


def is_other_heading(text: str) -> bool:
    """Tell whether a heading begins no paper: a label (摘要), a table of contents, the name of a digest of a day."""
    known, endings = _others()
    key = _key(text)
    return bool(field_of(text)) or key in known or (len(key) <= _SHORT and key.endswith(endings))


@lru_cache(maxsize=4096)
def field_of(label: str) -> str:
    """Canonical field of a label, or "" when it is none."""
    if len(label) > _LONGEST:
        return ""
    return _fields().get(_key(label)) or _fields().get(_key(_NOTE.sub("", label)), "")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label line: field, the label as written, and where in the line its value begins and ends."""

    field: str
    label: str
    start: int
    end: int


def labelled(line: str) -> Labelled | None:
    """Recognise a label at the start of a line; only labels of the table count."""
    match = _LABEL.match(line)
    if match is None or not (match["inner"] or match["outer"] or match["close"] in ("</strong>", "</b>")):
        return None
    field = field_of(cast(str, match["key"]))
    if not field:
        return None
    start, end = match.end(), len(line)
    # "- **label: value**": the bold that opened before the label closes after the value.
    opened = line.count("**", 0, start) % 2 == 1
    if opened and (closing := _END_BOLD.search(line, start)):
        end = closing.start()
    return Labelled(field, match["key"].strip(), start, end)
