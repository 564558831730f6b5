"""`kg plugins`."""

from __future__ import annotations

import inspect
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from kg import console
from kg.cli.common import common_options, json_option
from kg.console import heading, table
from kg.errors import PluginError

if TYPE_CHECKING:
    from kg.registry import Plugin


@click.command()
@json_option
@common_options
def plugins(as_json: bool) -> None:
    """Readers, extractors and exporters, and whose they are.

    A package adds its own under the entry points kg.readers, kg.extractors and kg.exporters.

    \b
    Examples:
      kg plugins
      kg plugins --json
    """  # noqa: D301
    from kg import registry

    found = [(plugin, *_about(plugin)) for plugin in registry.plugins()]
    if as_json:
        console.emit_json([_json(*row) for row in found])
        return
    columns = ("name", "what it does", "options", "package")
    for kind, group in groupby(found, key=lambda row: row[0].kind):
        rows = ((p.name, what, _listed(options), p.package) for p, what, options in group)
        console.emit(heading(kind.capitalize()), table(columns, rows))


def _listed(options: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in options.items())


def _about(plugin: Plugin) -> tuple[str, dict[str, Any]]:
    """Description and options of a plug-in; what is wrong with it if it does not load."""
    from kg import registry

    try:
        part = registry.load(plugin.kind, plugin.name)
    except PluginError as error:
        return str(error), {}
    described = getattr(part, "summary", "") or getattr(part, "description", "") or inspect.getdoc(part) or ""
    return described.partition("\n")[0], getattr(part, "options", {})


def _json(plugin: Plugin, description: str, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": plugin.kind,
        "name": plugin.name,
        "description": description,
        "options": options,
        "package": plugin.package,
        "object": plugin.target,
    }
