"""The page drawn by pyvis, for graphs of a few hundred nodes: no network, and nothing runs but its own two scripts.

pyvis holds the drawing and brings vis-network; the page around it is our own (`pyvis_template/`),
since pyvis's loads a style sheet from a CDN and puts names in as markup. Places are computed here, so that the page
stands still.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.export.base import clean, present
from kg.export.layout import label_sizes, positions
from kg.records import Edge, Node
from kg.schema import schema

_PAGE = Path(__file__).with_name("pyvis_template")
_VIS = "lib/vis-9.1.2/vis-network.min.js"
_SENTENCES = 3

# Okabe and Ito's colours, which colour-blind people tell apart; the shapes help as well.
_STYLES = {
    "Paper": ("#8a93a3", "square"),
    "Model": ("#0072b2", "dot"),
    "Method": ("#56b4e9", "diamond"),
    "Dataset": ("#009e73", "hexagon"),
    "Task": ("#d55e00", "triangle"),
    "Metric": ("#cc79a7", "triangleDown"),
    "Institution": ("#e69f00", "star"),
    "Topic": ("#5b4a9e", "dot"),
    "Venue": ("#b8a800", "star"),
}
_OTHER = ("#555555", "dot")


def page(nodes: Sequence[Node], edges: Sequence[Edge], total: int) -> str:
    """Return the page that shows these nodes and edges of a graph of `total` nodes."""
    from pyvis.network import Network

    radii = _radii(nodes, edges)
    places = positions([n.id for n in nodes], [(e.source, e.target) for e in edges], radii)
    labels = {node.id: _label(node) for node in nodes}
    fonts = label_sizes(
        places,
        radii,
        {node: _width(label) * 0.55 for node, label in labels.items()},
        {node.id: 9 if node.type == "Paper" else min(34, 8 + 1.1 * radii[node.id]) for node in nodes},
    )
    network = Network(directed=True, cdn_resources="in_line")
    # pyvis's add_edge looks through all edges each time, so the lists are filled directly.
    network.nodes = [
        _drawn_node(node) | _looks(labels[node.id], places[node.id], radii[node.id], fonts[node.id]) for node in nodes
    ]
    order = {name: i for i, name in enumerate(schema().edges)}
    network.edges = [_drawn_edge(edge) for edge in sorted(edges, key=lambda edge: order[edge.type])]
    network.options = _options({node.type for node in nodes})
    few = f"{len(nodes):,} of {total:,} nodes shown, the best connected"
    network.heading = few if len(nodes) < total else f"{total:,} nodes, {len(edges):,} relations"
    network.templateEnv = _environment(Path(network.template_dir))
    network.path = "page.html"
    return str(network.generate_html("graph.html"))


def _environment(pyvis_templates: Path) -> Any:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, keep_trailing_newline=True)
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False, "ensure_ascii": False, "separators": (",", ":")}
    environment.filters["fromjson"] = json.loads
    vis, app = _script(pyvis_templates / _VIS), _script(_PAGE / "page.js")
    environment.globals |= {
        "scripts": [vis, app],
        "style": (_PAGE / "page.css").read_text(encoding="utf-8"),
        "policy": _policy([vis, app]),
    }
    return environment


def _script(path: Path) -> str:
    # The hash is taken of the lines as a browser ends them, and a source map would be a request.
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line for line in text.split("\n") if not line.startswith("//# sourceMappingURL="))


def _policy(scripts: Sequence[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _radii(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, float]:
    """Return the sizes of the nodes: by papers, or by edges where there is no number of papers."""
    degree = dict.fromkeys((node.id for node in nodes), 0)
    for edge in edges:
        degree[edge.source] += 1
        degree[edge.target] += 1
    weights = {n.id: int(n.attributes.get("paper_count") or degree[n.id]) for n in nodes if n.type != "Paper"}
    most = max(weights.values(), default=1)
    grown = {node: (max(0, weight - 1) / max(1, most - 1)) ** 0.5 for node, weight in weights.items()}
    return {node.id: round(7 + 33 * grown.get(node.id, 0), 1) for node in nodes}


def _looks(label: str, place: tuple[int, int], radius: float, font: int) -> dict[str, Any]:
    return {"label": label, "x": place[0], "y": place[1], "size": radius, "font": {"size": font}}


def _drawn_node(node: Node) -> dict[str, Any]:
    declared = schema().nodes[node.type].attributes.values()
    return {
        "id": clean(node.id),
        "group": node.type,
        "name": clean(node.name),
        "about": {a.name: _clean_value(value) for a, value in present(node.attributes, declared)},
    }


def _drawn_edge(edge: Edge) -> dict[str, Any]:
    return {
        "id": clean(edge.id),
        "from": clean(edge.source),
        "to": clean(edge.target),
        "relation": edge.type,
        "confidence": edge.attributes.get("confidence", 1),
        "value": _clean_value(edge.attributes.get("value") or edge.attributes.get("year") or ""),
        "evidence": [
            {
                "sentence": clean(e.sentence),
                "start": e.start,
                "end": e.end,
                "section": clean(e.section),
                "source": clean(f"{e.file}:{e.line}"),
            }
            for e in edge.evidence[:_SENTENCES]
        ],
        "more": max(0, len(edge.evidence) - _SENTENCES),
    }


def _clean_value(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def _label(node: Node) -> str:
    """Return the name of a node, cut to what fits under it."""
    name, most = clean(node.name), 26 if node.type == "Paper" else 40
    if _width(name) <= most:
        return name
    return next(name[:i] for i in range(len(name), 0, -1) if _width(name[:i]) <= most).rstrip() + "…"


def _width(text: str) -> int:
    """Return the width of a text in letters; a Chinese character counts as two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _options(types: set[str]) -> Mapping[str, Any]:
    """Return the options of vis-network; the legend lists the groups in the order of the schema."""
    groups = {}
    for name in (t for t in schema().nodes if t in types):
        color, shape = _STYLES.get(name, _OTHER)
        groups[name] = {"color": color, "shape": shape}
    return {
        "groups": {"useDefaultGroups": False, **groups},
        "physics": {"enabled": False},
        "interaction": {"hover": True, "tooltipDelay": 120, "hideEdgesOnDrag": True, "hideEdgesOnZoom": True},
        "layout": {"improvedLayout": False},
        "nodes": {"borderWidth": 1, "scaling": {"label": {"drawThreshold": 9, "maxVisible": 24}}},
        "edges": {"smooth": False, "selectionWidth": 0, "hoverWidth": 0, "width": 0.8},
    }
