"""Options that all commands share, and parameter types that know their names when they are needed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])
_KEY = "kg.cli."
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    # An option after the command's name goes before the same option in front of it.
    if value:
        ctx.meta[f"{_KEY}{param.name}"] = value


def common_options(function: F) -> F:
    """Add -g, -q and -v to a command; `kg -g DIR show X` and `kg show X -g DIR` are the same."""
    for option in (
        click.option(
            "-v", "--verbose", is_flag=True, expose_value=False, callback=_remember, help="Say more; show tracebacks."
        ),
        click.option(
            "-q", "--quiet", is_flag=True, expose_value=False, callback=_remember, help="Say nothing but errors."
        ),
        click.option(
            "-g",
            "--graph",
            metavar="DIR",
            expose_value=False,
            callback=_remember,
            type=click.Path(file_okay=False),
            help="The graph folder; else $KG_GRAPH, else graph/ here or in a folder above.",
        ),
    ):
        function = option(function)
    return function


def json_option(function: F) -> F:
    """Add --json to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(function)


def is_quiet() -> bool:
    """Whether -q was given."""
    return bool(click.get_current_context().meta.get(f"{_KEY}quiet"))


def is_verbose(ctx: click.Context | None = None) -> bool:
    """Whether -v was given."""
    return bool((ctx or click.get_current_context()).meta.get(f"{_KEY}verbose"))


def graph_folder() -> Path:
    """The graph folder that this call is about."""
    from kg.store import find_folder

    return find_folder(click.get_current_context().meta.get(f"{_KEY}graph"), os.environ)


class Known(click.ParamType[str]):
    """One of some names that are looked up when needed, in any case; an unknown one lists them all."""

    def __init__(self, what: str, names: Callable[[], Iterable[str]], listed: bool = False) -> None:
        self.name = what
        self.names = names
        self.listed = listed

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str | None:
        """The names themselves where help should list them."""
        return f"[{'|'.join(self.names())}]" if self.listed else None

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as it is registered; an empty one stays empty."""
        if not value:
            return value
        names = {name.casefold(): name for name in self.names()}
        if value.casefold() not in names:
            self.fail(f"{value!r} is no {self.name}: choose from {', '.join(names.values())}.", param, ctx)
        return names[value.casefold()]

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Names that begin like this."""
        return [CompletionItem(n) for n in self.names() if n.casefold().startswith(incomplete.casefold())]


class Text(click.ParamType[str]):
    """Text as the user typed it, whatever the locale; bytes that are no UTF-8 become U+FFFD."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, without the lone surrogates that stand for undecoded bytes."""
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class IsoDate(click.ParamType[str]):
    """A date of any exactness: 2024, 2024-03 or 2024-03-13."""

    name = "date"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The date as it was given; an empty one stays empty."""
        try:
            if value and not _DATE.fullmatch(value):
                raise ValueError
            date.fromisoformat(value + "0001-01-01"[len(value) :])
        except ValueError:
            self.fail(f"{value!r} is no date: write 2024, 2024-03 or 2024-03-13.", param, ctx)
        return value


def node_types() -> list[str]:
    """All node types."""
    from kg.schema import schema

    return list(schema().nodes)


def linked_types() -> list[str]:
    """Node types that papers link to."""
    return [name for name in node_types() if name != "Paper"]


def edge_types() -> list[str]:
    """All edge types."""
    from kg.schema import schema

    return list(schema().edges)


def plugin_names(kind: str) -> Callable[[], list[str]]:
    """A function that gives the names of all plug-ins of a kind."""

    def names() -> list[str]:
        from kg import registry

        return registry.names(kind)

    return names
