"""Readers, extractors and exporters by name: built-ins and users' own come through the same door, entry points.

A package adds its own with, for example::

    [project.entry-points."kg.readers"]
    mydigest = "mypackage.kg:reader"

A plug-in is imported when it is first used, so that a broken one costs nothing until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from kg.errors import PluginError

KINDS = ("readers", "extractors", "exporters")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One registered part: its kind, name, the object it points to and the distribution that brings it."""

    kind: str
    name: str
    target: str
    package: str


@cache
def _points(kind: str) -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=f"kg.{kind}"):
        # A user's own part takes the place of a built-in of that name.
        if point.name not in found or not point.value.startswith("kg."):
            found[point.name] = point
    return dict(sorted(found.items()))


def names(kind: str) -> list[str]:
    """Names of all parts of a kind ("readers", "extractors", "exporters"), sorted."""
    return list(_points(kind))


def plugins() -> Iterator[Plugin]:
    """All registered parts, by kind and name."""
    for kind in KINDS:
        for name, point in _points(kind).items():
            package = f"{point.dist.name} {point.dist.version}" if point.dist else "?"
            yield Plugin(kind, name, point.value, package)


def load(kind: str, name: str) -> Any:
    """Import and return a part.

    Raises
    ------
    PluginError
        No part of that name, or it does not import.
    """
    check(kind, name)
    point = _points(kind)[name]
    try:
        return point.load()
    except Exception as error:
        raise PluginError(f"the {kind[:-1]} {name!r} ({point.value}) does not load: {error}") from error


def check(kind: str, name: str) -> None:
    """Raise `PluginError` unless a part of that name is registered."""
    if name not in _points(kind):
        raise PluginError(f"{name!r} is none of the {kind}: {', '.join(_points(kind)) or 'none is installed'}.")
