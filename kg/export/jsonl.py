"""JSON Lines, the exchange format: `nodes.jsonl` and `edges.jsonl`, one object a line, sorted by id."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kg.export.base import GraphView, exporter, present, replacing
from kg.records import Edge, EdgeEvidence, Node
from kg.schema import schema

_SURROGATE = re.compile("[\ud800-\udfff]")


def node_object(node: Node) -> dict[str, Any]:
    """Return a node as JSON: its attributes beside its name, those without a value left out but aliases."""
    declared = schema().nodes[node.type].attributes.values()
    return {
        "id": node.id,
        "type": node.type,
        "name": node.name,
        "aliases": [],
        **{attribute.name: value for attribute, value in present(node.attributes, declared)},
    }


def edge_object(edge: Edge) -> dict[str, Any]:
    """Return an edge as JSON: its attributes beside its ends, with all its evidence."""
    declared = schema().edges[edge.type].attributes.values()
    return {
        "id": edge.id,
        "source": edge.source,
        "target": edge.target,
        "type": edge.type,
        **{attribute.name: value for attribute, value in present(edge.attributes, declared)},
        "evidence": [_evidence_object(evidence) for evidence in edge.evidence],
    }


def _evidence_object(evidence: EdgeEvidence) -> dict[str, Any]:
    return {
        "sentence": evidence.sentence,
        "start": evidence.start,
        "end": evidence.end,
        "section": evidence.section,
        "source": f"{evidence.file}:{evidence.line}",
        "cue": evidence.cue,
        "score": evidence.score,
    }


def lines(objects: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield one line of JSON an object; a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD."""
    for item in objects:
        yield _SURROGATE.sub("\ufffd", json.dumps(item, ensure_ascii=False, allow_nan=False)) + "\n"


@exporter()
def export(graph: GraphView, out: Path) -> list[Path]:
    """JSON Lines for programs: nodes.jsonl and edges.jsonl, with all evidence."""
    paths = [out / "nodes.jsonl", out / "edges.jsonl"]
    with replacing(*paths) as (nodes, edges):
        nodes.writelines(line.encode() for line in lines(map(node_object, graph.nodes())))
        edges.writelines(line.encode() for line in lines(map(edge_object, graph.edges())))
    return paths
