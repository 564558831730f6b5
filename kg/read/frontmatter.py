"""YAML front matter, read line by line and forgivingly: digests write values that no YAML parser takes."""

from __future__ import annotations

import re

from kg.read.base import Value
from kg.read.labels import TEXT, field_of

_MATTER = re.compile(r"---[ \t]*\r?\n(.*?\n)---[ \t]*(?:\r?\n|$)", re.DOTALL)
_KEY = re.compile(r"([A-Za-z_][\w -]*):[ \t]*(.*)$")


def front_matter(text: str) -> tuple[tuple[Value, ...], int]:
    """Values of the front matter under their canonical fields, and where the body begins."""
    match = _MATTER.match(text)
    if match is None:
        return (), 0
    found = []
    for number, line in enumerate(match[1].split("\n"), start=2):
        key = _KEY.match(line.rstrip("\r"))
        field = field_of(key[1]) if key else ""
        if key and field and field != TEXT:
            found.append(Value(field, key[2].strip().strip("\"'"), number, line.strip()))
    return tuple(found), match.end()
