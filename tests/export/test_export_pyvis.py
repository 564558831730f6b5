from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import kg.export.pyvis_page
from kg.errors import InputError
from kg.export.base import GraphView
from kg.export.html import export
from kg.export.part import part
from kg.export.pyvis_page import page
from kg.records import Node

PAGE = Path(kg.export.pyvis_page.__file__).with_name("pyvis_template")


class Page(HTMLParser):
    """The elements of a page, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)
        self.text.append(data)

    @property
    def graph(self) -> Any:
        (island,) = [text for attrs, text in self.scripts if attrs.get("type") == "application/json"]
        return json.loads(island)

    def meta(self, name: str) -> str:
        (content,) = [a["content"] for t, a in self.elements if t == "meta" and a.get("http-equiv") == name]
        return content or ""


def read(graph: GraphView, tmp_path: Path, **options: Any) -> Page:
    path = tmp_path / "graph.html"
    export(graph, path, engine="pyvis", **options)
    return Page(path.read_bytes().decode("utf-8"))


def test_the_page_holds_nodes_edges_and_evidence(tmp_path: Path, graph: GraphView) -> None:
    found = read(graph, tmp_path).graph
    nodes = {node["id"]: node for node in found["nodes"]}
    assert set(nodes) == {node.id for node in graph.nodes()}
    paper = nodes["paper:2302.05543"]
    assert paper["about"]["title_zh"] == "为文生图扩散模型加入条件控制"
    assert paper["about"]["arxiv_id"] == "2302.05543"
    assert paper["label"] == "Adding Conditional Control…"
    assert nodes["model:sd"]["size"] > nodes["model:controlnet"]["size"]
    (uses,) = [e for e in found["edges"] if e["to"] == "model:sd" and e["relation"] == "USES"]
    first = uses["evidence"][0]
    assert first["sentence"][first["start"] : first["end"]] == "Stable Diffusion"
    assert first["source"] == "digests/2023-02.md:13"


def test_the_legend_has_the_types_shown_in_the_order_of_the_schema(tmp_path: Path, graph: GraphView) -> None:
    groups = read(graph, tmp_path).graph["options"]["groups"]
    assert [name for name in groups if name != "useDefaultGroups"] == ["Paper", "Model", "Method", "Venue"]
    styles = [(group["color"], group["shape"]) for group in groups.values() if isinstance(group, dict)]
    assert len(set(styles)) == 4


def test_nothing_moves_and_nothing_overlaps(tmp_path: Path, graph: GraphView) -> None:
    found = read(graph, tmp_path).graph
    assert found["options"]["physics"] == {"enabled": False}
    assert len({(node["x"], node["y"]) for node in found["nodes"]}) == 6


def test_hostile_names_stay_text(tmp_path: Path, hostile: GraphView) -> None:
    (path,) = export(hostile, tmp_path / "graph.html", engine="pyvis")
    text = path.read_text(encoding="utf-8")
    assert "<img" not in text
    parsed = Page(text)
    assert [tag for tag, _ in parsed.elements].count("script") == 3
    assert not [attrs for _, attrs in parsed.elements if any(name.startswith("on") for name in attrs)]
    nodes = {node["id"]: node for node in parsed.graph["nodes"]}
    assert nodes["p<1>\"'"]["name"] == "</script><img src=x onerror=alert(1)>"
    assert nodes["m1"]["name"].endswith(">\ufffd\ufffd")


def test_our_script_builds_no_markup() -> None:
    script = (PAGE / "page.js").read_text(encoding="utf-8")
    for way_in in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("):
        assert way_in not in script


def test_the_page_loads_nothing(tmp_path: Path, graph: GraphView) -> None:
    parsed = read(graph, tmp_path)
    assert not [(t, a) for t, a in parsed.elements if {"src", "href", "srcset", "data", "action"} & a.keys()]
    assert "sourceMappingURL" not in "".join(parsed.text)
    style = (PAGE / "page.css").read_text(encoding="utf-8")
    assert style in "".join(parsed.text)
    assert "@import" not in style and "url(" not in style


def test_the_policy_lets_only_the_two_scripts_run(tmp_path: Path, graph: GraphView) -> None:
    parsed = read(graph, tmp_path)
    policy = dict(part.split(" ", 1) for part in parsed.meta("Content-Security-Policy").split("; "))
    assert policy["default-src"] == "'none'"
    run = [text for attrs, text in parsed.scripts if "type" not in attrs]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run]
    assert policy["script-src"].split() == [f"'sha256-{digest}'" for digest in digests]
    assert len(run) == 2
    assert not any("\r" in text for text in run)


def test_a_large_graph_is_cut_to_what_is_best_connected(tmp_path: Path, graph: GraphView) -> None:
    parsed = read(graph, tmp_path, limit=3)
    found = parsed.graph
    kept = {node["id"] for node in found["nodes"]}
    assert kept == {"paper:2302.05543", "model:controlnet", "model:sd"}
    assert all(edge["from"] in kept and edge["to"] in kept for edge in found["edges"])
    assert len(found["edges"]) == 4
    assert "3 of 6 nodes shown, the best connected" in parsed.text
    assert "6 nodes, 6 relations" in read(graph, tmp_path).text


def test_an_empty_graph_makes_a_page() -> None:
    parsed = Page(page([], [], 0))
    assert parsed.graph["nodes"] == []
    assert "0 nodes, 0 relations" in parsed.text


def test_long_chinese_labels_are_cut_by_their_width() -> None:
    nodes = [Node("m", "Model", "扩散" * 30), Node("p", "Paper", "文" * 13)]
    labels = {node["id"]: node["label"] for node in Page(page(nodes, [], 2)).graph["nodes"]}
    assert labels == {"m": "扩散" * 10 + "…", "p": "文" * 13}


@pytest.mark.parametrize("limit", [0, -5])
def test_a_page_shows_at_least_one_node(tmp_path: Path, graph: GraphView, limit: int) -> None:
    with pytest.raises(InputError, match="at least one node"):
        export(graph, tmp_path / "graph.html", limit=limit)
    assert not list(tmp_path.iterdir())


def test_the_bytes_depend_on_neither_run_nor_locale(tmp_path: Path, graph: GraphView) -> None:
    shown = part(graph, 600)
    nodes, edges, total = shown.nodes, shown.edges, shown.total
    (path,) = export(graph, tmp_path / "graph.html", engine="pyvis")
    assert path.read_bytes() == page(nodes, edges, total).encode()
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from kg.export.pyvis_page import page\n"
        "from kg.records import Edge, EdgeEvidence, Node\n"
        f"text = page({nodes!a}, {edges!a}, {total})\n"
        "Path(sys.argv[1]).write_bytes(text.encode())\n"
    )
    other = tmp_path / "other.html"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-X", "utf8=0", "-c", script, str(other)]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    assert other.read_bytes() == path.read_bytes()
