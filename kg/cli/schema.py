"""`kg schema`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import click

from kg import console
from kg.cli.common import common_options
from kg.console import heading, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kg.schema import Attribute, Schema


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the JSON Schema of the lines of an export to jsonl.")
@common_options
def schema(as_json: bool) -> None:
    """What nodes and edges a graph has, and their attributes.

    \b
    Examples:
      kg schema
      kg schema --json > graph.schema.json
    """  # noqa: D301
    from kg.schema import schema as declared

    if as_json:
        console.emit_json(declared().json_schema())
    else:
        console.emit(*_rendered(declared()))


def _rendered(declared: Schema) -> Iterator[RenderableType]:
    entity = declared.nodes[declared.entity_types[0]].attributes
    edge = _shared(e.attributes for e in declared.edges.values())
    yield f"Graph schema, version {declared.version}"
    yield heading("Nodes")
    yield table(
        ("type", "what it is", "what makes two the same"),
        ((n.name, n.description, n.identity) for n in declared.nodes.values()),
    )
    yield heading("Edges")
    yield table(
        ("type", "from", "to", "meaning"),
        (
            (e.name, ", ".join(e.source), "the same type" if e.same_type else ", ".join(e.target), e.description)
            for e in declared.edges.values()
        ),
    )
    groups = {"Paper": declared.nodes["Paper"].attributes, "every other node": entity, "every edge": edge}
    for e in declared.edges.values():
        own = {name: a for name, a in e.attributes.items() if name not in edge}
        if own:
            groups[e.name] = own
    for title, attributes in groups.items():
        yield heading(f"Attributes of {title}")
        yield table(("name", "type", "what it is"), ((a.name, a.type, a.description) for a in attributes.values()))


def _shared(tables: Iterable[Mapping[str, Attribute]]) -> dict[str, Attribute]:
    first, *rest = tables
    return {name: a for name, a in first.items() if all(name in other for other in rest)}
