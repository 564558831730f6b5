from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kg.export.base import GraphView
from kg.export.jsonl import edge_object, export, lines, node_object
from kg.schema import schema


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().decode().split("\n")[:-1]]


def test_nodes_and_edges_are_as_the_schema_says(tmp_path: Path, graph: GraphView) -> None:
    files = export(graph, tmp_path / "out")
    assert [file.name for file in files] == ["nodes.jsonl", "edges.jsonl"]
    nodes, edges = map(read, files)
    assert [node["id"] for node in nodes] == [node.id for node in graph.nodes()]
    assert [edge["id"] for edge in edges] == [edge.id for edge in graph.edges()]
    validator = jsonschema.Draft202012Validator(schema().json_schema())
    for item in nodes + edges:
        validator.validate(item)


def test_a_paper_has_its_attributes_beside_its_name(graph: GraphView) -> None:
    paper = next(node_object(node) for node in graph.nodes() if node.id == "paper:2302.05543")
    assert list(paper)[:4] == ["id", "type", "name", "aliases"]
    assert (paper["venue"], paper["date"], paper["arxiv_id"]) == ("ICCV 2023", "2023-02-10", "2302.05543")
    assert paper["aliases"] == []
    assert "doi" not in paper and "rating" not in paper


def test_zero_is_a_value(graph: GraphView) -> None:
    assert next(node_object(n) for n in graph.nodes() if n.id == "method:none")["paper_count"] == 0


def test_evidence_says_where_it_stands(graph: GraphView) -> None:
    found = next(edge_object(e) for e in graph.edges() if e.type == "PROPOSES")
    assert "last_seen" not in found
    assert found["evidence"] == [
        {
            "sentence": "本文提出 ControlNet。",
            "start": 5,
            "end": 15,
            "section": "方法",
            "source": "digests/2023-02.md:8",
            "cue": "lexicon",
            "score": 0.8,
        }
    ]


def test_characters_stay_but_for_lone_surrogates(tmp_path: Path, hostile: GraphView) -> None:
    nodes, edges = map(read, export(hostile, tmp_path))
    assert nodes[0]["aliases"] == ["</script><img src=x onerror=alert(1)>", "\x01"]
    assert "\x00" in edges[0]["evidence"][0]["sentence"]
    assert "\ufffd 半个代理 \u2028" in edges[0]["evidence"][0]["sentence"]


def test_a_number_that_json_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        list(lines([{"score": float("nan")}]))


def test_a_second_export_changes_no_byte(tmp_path: Path, graph: GraphView) -> None:
    first = [file.read_bytes() for file in export(graph, tmp_path)]
    assert [file.read_bytes() for file in export(graph, tmp_path)] == first
