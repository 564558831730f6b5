"""Answers as text: a table for reading, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kg.query.base import Result

if TYPE_CHECKING:
    from rich.table import Table

FORMATS = ("table", "json", "csv")


def as_json(result: Result) -> str:
    """A list of objects, one for each row."""
    return json.dumps(_finite(result.records()), ensure_ascii=False, indent=2, default=str)


def _finite(value: Any) -> Any:
    """The value with null for what JSON has no number for."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case list():
            return [_finite(v) for v in value]
        case dict():
            return {n: _finite(v) for n, v in value.items()}
        case _:
            return value


def as_csv(result: Result) -> str:
    """Rows with a head; nested values are JSON, and no cell starts a formula in a spreadsheet."""
    from kg.export.csv import cell

    def flat(value: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, list | dict):
            return json.dumps(_finite(value), ensure_ascii=False, default=str)
        return cell(str(value).lower() if isinstance(value, bool) else value)

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(result.columns)
    writer.writerows([flat(v) for v in row] for row in result.rows)
    return text.getvalue().rstrip("\n")


def as_table(result: Result) -> Table:
    """A table for reading, numbers flush right."""
    from kg.console import table

    numbers = [
        i
        for i in range(len(result.columns))
        if any(is_number(row[i]) for row in result.rows)
        and all(row[i] is None or is_number(row[i]) for row in result.rows)
    ]
    rows = ([brief(value) for value in row] for row in result.rows)
    return table(result.columns, rows, right=numbers)


def is_number(value: Any) -> bool:
    """Whether a value is a number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def brief(value: Any) -> str:
    """A value on one line: nodes by name, relationships by type, paths as Cypher draws them."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.4f}".rstrip("0").rstrip(".")
        case {"type": kind, "id": _, **rest}:
            return f"({rest['name']}:{kind})" if "name" in rest else f"[:{kind}]"
        case list() if _is_path(value):
            return "-".join(map(brief, value))
        case list():
            return ", ".join(map(brief, value))
        case dict():
            return "{" + ", ".join(_pairs(value)) + "}"
        case _:
            return " ".join(str(value).split())


def _pairs(value: Mapping[str, Any]) -> Iterator[str]:
    for name, item in value.items():
        yield f"{name}: {brief(item)}"


def _is_path(value: list[Any]) -> bool:
    things = [isinstance(v, dict) and "type" in v and "id" in v for v in value]
    return len(things) > 1 and all(things) and all(("name" in v) == (i % 2 == 0) for i, v in enumerate(value))
