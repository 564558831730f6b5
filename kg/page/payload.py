"""What the page needs to know of a graph: columns for the drawing, and details in blocks that are read when asked for.

A column holds one value for each node or edge. Edges are sorted by source, so that the details of a node and of the
edges from it stand in one block. Offsets into sentences are counted as JavaScript counts, in UTF-16 units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.export.base import clean
from kg.layout import layout
from kg.page.pinyin import pinyin
from kg.records import Edge, EdgeEvidence, Node
from kg.schema import schema

BLOCK = 500
"""Nodes whose details stand in one block."""

_PAPER_RADIUS = 3.0
_DETAILS = {
    "arxiv": "arxiv_id", "doi": "doi", "urls": "urls", "code": "code_url", "venue": "venue", "authors": "authors",
    "rating": "rating", "source": "source",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payload:
    """A part of a graph, laid out; `total` nodes are in the whole."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    places: NDArray[np.float64]
    radii: NDArray[np.float64]
    total: int
    focus: str
    sentences: int

    def summary(self) -> str:
        """What is shown, in a line."""
        papers = sum(node.type == "Paper" for node in self.nodes)
        entities = len(self.nodes) - papers
        text = f"{papers:,} paper{'s' * (papers != 1)}, {entities:,} {'entity' if entities == 1 else 'entities'}"
        return f"{text} of {self.total:,} nodes" if len(self.nodes) < self.total else text

    def graph(self, served: bool) -> dict[str, Any]:
        """The columns."""
        index = {node.id: i for i, node in enumerate(self.nodes)}
        types = _in_order(schema().nodes, {node.type for node in self.nodes})
        relations = _in_order(schema().edges, {edge.type for edge in self.edges})
        days = sorted({day for node in self.nodes for day in _days(node)} | {_day(edge) for edge in self.edges})
        day_of = {day: i for i, day in enumerate(days)}
        type_of = {name: i for i, name in enumerate(types)}
        relation_of = {name: i for i, name in enumerate(relations)}
        papers = sum(node.type == "Paper" for node in self.nodes)
        return {
            "about": {
                "papers": papers,
                "entities": len(self.nodes) - papers,
                "total": self.total,
                "focus": self.focus,
                "served": served,
                "block": BLOCK,
            },
            "types": types,
            "relations": relations,
            "days": days,
            "node": {
                "id": [clean(node.id) for node in self.nodes],
                "type": [type_of[node.type] for node in self.nodes],
                "name": [clean(node.name) for node in self.nodes],
                "en": [_other(node, "name_en", "title") for node in self.nodes],
                "zh": [_other(node, "name_zh", "title_zh") for node in self.nodes],
                "aliases": [_aliases(node) for node in self.nodes],
                "pinyin": [pinyin(_chinese(node)) for node in self.nodes],
                "papers": [int(node.attributes.get("paper_count") or 0) for node in self.nodes],
                "first": [day_of[_days(node)[0]] for node in self.nodes],
                "last": [day_of[_days(node)[1]] for node in self.nodes],
                "x": [round(x) for x in self.places[:, 0].tolist()],
                "y": [round(y) for y in self.places[:, 1].tolist()],
                "radius": [round(r, 1) for r in self.radii.tolist()],
            },
            "edge": {
                "source": [index[edge.source] for edge in self.edges],
                "target": [index[edge.target] for edge in self.edges],
                "type": [relation_of[edge.type] for edge in self.edges],
                "confidence": [round(100 * float(edge.attributes.get("confidence", 1))) for edge in self.edges],
                "day": [day_of[_day(edge)] for edge in self.edges],
            },
        }

    def details(self) -> Iterator[dict[str, Any]]:
        """The blocks: what a panel shows of papers and edges, with each text once."""
        at = 0
        for begin in range(0, len(self.nodes), BLOCK):
            texts: dict[str, int] = {}
            papers, edges = {}, {}
            for i in range(begin, min(begin + BLOCK, len(self.nodes))):
                node = self.nodes[i]
                if node.type == "Paper":
                    papers[str(i)] = _paper(node.attributes)
                while at < len(self.edges) and self.edges[at].source == node.id:
                    edges[str(at)] = self._edge(self.edges[at], texts)
                    at += 1
            yield {"texts": list(texts), "papers": papers, "edges": edges}

    def _edge(self, edge: Edge, texts: dict[str, int]) -> tuple[str, int, list[int]]:
        numbers = []
        for proof in edge.evidence[: self.sentences]:
            sentence = texts.setdefault(clean(proof.sentence), len(texts))
            start, end = _utf16(proof)
            section = texts.setdefault(clean(proof.section), len(texts))
            place = texts.setdefault(clean(f"{proof.file}:{proof.line}"), len(texts))
            numbers += [sentence, start, end, section, place]
        value = edge.attributes.get("value") or edge.attributes.get("year") or ""
        return clean(str(value)), max(0, len(edge.evidence) - self.sentences), numbers


def payload(
    nodes: Sequence[Node], edges: Sequence[Edge], *, total: int = 0, focus: str = "", sentences: int = 3
) -> Payload:
    """Lay out nodes and the edges among them for the page.

    Parameters
    ----------
    nodes, edges : sequences
        What to show; edges have both ends among the nodes.
    total : int
        Nodes in the whole graph, if there are more.
    focus : str
        Id of the node around which this part was cut out.
    sentences : int
        Pieces of evidence kept for an edge, the best.
    """
    index = {node.id: i for i, node in enumerate(nodes)}
    ordered = sorted(edges, key=lambda e: (index[e.source], e.type, index[e.target]))
    ends = np.array([(index[e.source], index[e.target]) for e in ordered], np.int64).reshape(-1, 2)
    radii = _radii(nodes)
    places = layout(radii, ends[:, 0], ends[:, 1]).places
    return Payload(nodes, ordered, places, radii, max(total, len(nodes)), focus, sentences)


def _radii(nodes: Sequence[Node]) -> NDArray[np.float64]:
    """Papers are small; the area of an entity's disc grows with the papers on it, and the largest leaves room."""
    counts = np.array([int(node.attributes.get("paper_count") or 0) for node in nodes], np.float64)
    papers = np.array([node.type == "Paper" for node in nodes])
    most = 10 + 0.6 * len(nodes) ** 0.5
    growth = min(2.1, most / max(1.0, float(np.sqrt(counts.max(initial=0)))))
    return np.where(papers, _PAPER_RADIUS, 3.2 + growth * np.sqrt(counts))


def _in_order(known: Mapping[str, Any], used: set[str]) -> list[str]:
    return [name for name in known if name in used] + sorted(used - set(known))


def _days(node: Node) -> tuple[str, str]:
    if node.type == "Paper":
        return (str(node.attributes.get("date") or ""),) * 2
    return str(node.attributes.get("first_seen") or ""), str(node.attributes.get("last_seen") or "")


def _day(edge: Edge) -> str:
    return str(edge.attributes.get("first_seen") or "")


def _chinese(node: Node) -> str:
    return clean(str(node.attributes.get("name_zh") or node.attributes.get("title_zh") or node.name))


def _other(node: Node, *keys: str) -> str:
    """A name in one of the languages, "" where it is the name that is shown anyway."""
    name = next((str(node.attributes[key]) for key in keys if node.attributes.get(key)), "")
    return "" if name == node.name else clean(name)


def _aliases(node: Node) -> list[str]:
    if node.type == "Paper":
        return [clean(str(node.attributes["arxiv_id"]))] if node.attributes.get("arxiv_id") else []
    shown = {node.name, node.attributes.get("name_en"), node.attributes.get("name_zh")}
    return [clean(alias) for alias in node.attributes.get("aliases") or () if alias not in shown]


def _paper(attributes: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for key, name in _DETAILS.items():
        value = attributes.get(name)
        if value:
            found[key] = [clean(str(v)) for v in value] if isinstance(value, list | tuple) else clean(str(value))
    return found


def _utf16(proof: EdgeEvidence) -> tuple[int, int]:
    sentence = proof.sentence
    if sentence.isascii() or max(sentence) < "\U00010000":
        return proof.start, proof.end
    return tuple(len(sentence[:n].encode("utf-16-le", "surrogatepass")) // 2 for n in (proof.start, proof.end))  # type: ignore[return-value]
