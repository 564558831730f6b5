"""Values that go into a query and come out of it, the same for both engines."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from kg.errors import InputError
from kg.query.tables import EVIDENCE
from kg.schema import schema

_INTEGERS = range(-(2**63), 2**63)
_NODE_FIELDS = ("id", "name")
_EDGE_FIELDS = ("id",)


def parse_parameters(given: Iterable[str]) -> dict[str, Any]:
    """Parameters from texts such as ``name=SDXL``, ``limit=5`` or ``types=["Model", "Method"]``.

    What parses as JSON is that value; all else is a string. Quotes make a string of a number: ``year='"2024"'``.

    Raises
    ------
    InputError
        A text is not NAME=VALUE.
    """
    found = {}
    for text in given:
        name, sign, value = text.partition("=")
        name = name.strip().removeprefix("$")
        if not sign or not name.isidentifier():
            raise InputError(f"{text!r} is no parameter: write NAME=VALUE, such as name=SDXL or limit=5.")
        found[name] = parse_value(value)
    return found


def parse_value(text: str) -> Any:
    """The JSON value that a text is, else the text itself."""
    try:
        return json.loads(text, parse_constant=_finite, parse_float=_finite)
    except ValueError:
        return text


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)  # NaN and Infinity are words here
    return number


def check_value(name: str, value: Any) -> None:
    """Raise `InputError` unless an engine can take the value of a parameter."""
    match value:
        case bool() | None | float():
            return
        case int():
            if value not in _INTEGERS:
                raise InputError(f"the parameter {name} is {value}, beyond 64 bits: quote it, '\"{value}\"'.")
        case str():
            if any("\ud800" <= c <= "\udfff" for c in value):
                raise InputError(f"the parameter {name} has half a character (a lone surrogate): leave it out.")
        case list() | tuple():
            for item in value:
                check_value(name, item)
        case Mapping():
            for part in (*value, *value.values()):
                check_value(name, part)


@cache
def _kept(kind: str) -> tuple[str, ...]:
    """Attributes of a node or edge type in the order in which they are shown."""
    if kind in schema().nodes:
        return (*_NODE_FIELDS, *schema().nodes[kind].attributes)
    return (*_EDGE_FIELDS, *schema().edges[kind].attributes, *EVIDENCE)


def graph_thing(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A node or a relationship as a mapping: its type, then the attributes that it has of those the schema knows.

    What an engine keeps beside them (keys for looking up, stamps of a load) is left out; a type that is not of the
    schema keeps all it has.
    """
    known = kind in schema().nodes or kind in schema().edges
    names = _kept(kind) if known else tuple(sorted(values))
    return {"type": kind} | {n: values[n] for n in names if values.get(n) is not None}
