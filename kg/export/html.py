"""One HTML page to look at a graph: search, filters, evidence. It opens without a network; see `kg.page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.errors import InputError
from kg.export.base import GraphView, Option, Summary, exporter, replacing
from kg.export.part import Part, part
from kg.store import Graph

ENGINES = ("webgl", "pyvis")
LIMIT = 1500
HOPS = 2
SENTENCES = 3


@exporter(
    ".html",
    limit=Option("The most nodes to show: the best connected, or the nearest to the focus."),
    focus=Option("Show only what is around this entity or paper, by any of its names."),
    hops=Option("How many edges away from the focus."),
    sentences=Option("The most evidence sentences for an edge."),
    engine=Option(f"What draws: {' or '.join(ENGINES)}."),
)
def export(
    graph: GraphView,
    out: Path,
    *,
    limit: int = LIMIT,
    focus: str = "",
    hops: int = HOPS,
    sentences: int = SENTENCES,
    engine: str = "webgl",
) -> list[Path] | Summary:
    """HTML page to look at, search and click through, in one file that needs no network."""
    if engine not in ENGINES:
        raise InputError(f"there is no engine {engine!r} to draw with: choose {' or '.join(ENGINES)}.")
    if hops < 1 or sentences < 1:
        raise InputError("hops and sentences are counts from 1: a page shows a node with something around it.")
    shown = part(graph, limit, node_id(graph, focus) if focus else "", hops)
    pieces = _pyvis(shown) if engine == "pyvis" else _webgl(shown, sentences)
    with replacing(out) as (file,):
        file.writelines(piece.encode() for piece in pieces)
    if len(shown.nodes) == shown.total:
        return [out]
    which, more = ("nearest to the focus", "--limit and --hops show") if focus else ("best connected", "--limit shows")
    return Summary(
        notes=(
            f"wrote {out}: the {len(shown.nodes):,} nodes {which} of {shown.total:,}, and {len(shown.edges):,} edges "
            f"between them; {more} more",
        )
    )


def node_id(graph: GraphView, name: str) -> str:
    """Id of the entity or paper that goes by a name, the likeliest one.

    Raises
    ------
    NameNotFoundError
        Nothing goes by that name; the message gives the nearest ones.
    """
    if not isinstance(graph, Graph):
        raise InputError(f"{name!r} can only be looked for in a graph folder: build one with `kg build`.")
    from kg.find import find

    return find(graph, name)[0].id


def _webgl(shown: Part, sentences: int) -> Iterator[str]:
    from kg.page import page
    from kg.page.payload import payload

    return page(payload(shown.nodes, shown.edges, total=shown.total, focus=shown.focus, sentences=sentences))


def _pyvis(shown: Part) -> Iterator[str]:
    from kg.export.pyvis_page import page

    yield page(shown.nodes, shown.edges, shown.total)
