"""`kg show`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from kg import console
from kg.cli.common import Known, Text, common_options, graph_folder, json_option, node_types
from kg.console import heading, highlighted, indented, plural, table, unbroken

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kg.show import Neighbour, Relation, Shown

_INDENT = 4


@click.command()
@click.argument("name", type=Text())
@click.option("--type", "node_type", type=Known("type", node_types), default="", help="If a name fits several things.")
@click.option(
    "-n", "--limit", type=click.IntRange(1), default=10, show_default=True, metavar="N", help="Neighbours by relation."
)
@click.option("--mentions", is_flag=True, help="Show passing mentions too.")
@json_option
@common_options
def show(name: str, node_type: str, limit: int, mentions: bool, as_json: bool) -> None:
    """One entity or paper, and what proves its relations.

    NAME is any name of it, Chinese or English, an alias, an arXiv id or URL, a DOI, or the id of a node; case, width,
    hyphens and spaces do not matter. The best sentence of each neighbour is shown, and where it stands (file:line).

    \b
    Examples:
      kg show SDXL
      kg show 扩散模型 --limit 3
      kg show 2302.05543
      kg show DreamBooth --type Dataset
    """  # noqa: D301
    from kg.show import show as shown_of
    from kg.store import open_graph

    with open_graph(graph_folder()) as graph:
        shown = shown_of(graph, name, node_type=node_type, limit=limit, mentions=mentions)
    if as_json:
        console.emit_json(shown)
    else:
        console.emit(*_rendered(shown))


def _rendered(shown: Shown) -> Iterator[RenderableType]:
    node, attributes = shown.node, shown.node.attributes
    yield console.bold(f"{_names(node.name, _text(attributes.get('name_en')), _title_zh(attributes))}  [{node.type}]")
    yield table(("", ""), _header(shown))
    if shown.others:
        yield ""
        yield "That name also fits " + "; ".join(f"{m.name} (--type {m.type}, id {m.id})" for m in shown.others) + "."
    for relation in shown.relations:
        yield from _relation(relation, shown.node.type)
    if shown.mentions_left_out:
        yield heading(f"MENTIONS  {shown.mentions_left_out:,}  (--mentions shows them)")


def _header(shown: Shown) -> Iterator[tuple[str, str]]:
    node, attributes = shown.node, shown.node.attributes
    yield "id", node.id
    aliases = [a.alias for a in shown.aliases if a.alias not in (node.name, attributes.get("name_zh"))]
    if aliases:
        yield "also", ", ".join(aliases)
    if node.type == "Paper":
        for name in ("date", "venue", "rating", "authors", "arxiv_id", "doi", "urls", "code_url", "source"):
            if name in attributes:
                yield name.replace("_", " "), _text(attributes[name], "\n" if name in ("urls", "source") else ", ")
        return
    first, last = attributes.get("first_seen", ""), attributes.get("last_seen", "")
    dates = f", {first} to {last}" if first != last else f", {first}" if first else ""
    yield "papers", f"{attributes.get('paper_count', 0):,}{dates}"


def _relation(relation: Relation, of: str) -> Iterator[RenderableType]:
    arrow = "←" if relation.incoming else "→"
    yield heading(f"{relation.type} {arrow} {relation.total:,}")
    for neighbour in relation.neighbours:
        yield from _neighbour(neighbour, dated=of != "Paper")
    if relation.total > len(relation.neighbours):
        yield f"  … and {relation.total - len(relation.neighbours):,} more (--limit)"


def _neighbour(n: Neighbour, dated: bool) -> Iterator[RenderableType]:
    facts = [n.date if dated else "", f"{n.confidence:.2f}", _names(n.name, n.name_zh)]
    facts += [f"[{n.type}]" if n.type != "Paper" else "", n.value, str(n.year or "")]
    yield indented(2, "  ".join(f for f in facts if f))
    if n.evidence:
        e = n.evidence
        yield indented(_INDENT, highlighted(e.sentence, e.start, e.end))
        more = f"  (and {plural(n.count - 1, 'sentence')} more)" if n.count > 1 else ""
        yield unbroken(f"{' ' * _INDENT}{e.file}:{e.line}{more}")


def _names(*names: str) -> str:
    return " / ".join(dict.fromkeys(n for n in names if n))


def _title_zh(attributes: Any) -> str:
    return _text(attributes.get("name_zh") or attributes.get("title_zh"))


def _text(value: Any, between: str = ", ") -> str:
    return "" if value is None else between.join(value) if isinstance(value, list | tuple) else str(value)
