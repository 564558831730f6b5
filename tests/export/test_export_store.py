"""All exporters on one stored graph."""

from __future__ import annotations

import base64
import csv
import json
import re
import zlib
from pathlib import Path

import jsonschema
import networkx as nx
import pytest

from kg import registry
from kg.pipeline import build
from kg.schema import schema
from kg.store import Graph, Selection, open_graph

DIGEST = """# Topic: Image Generation｜

## Adding Conditional Control to Text-to-Image Diffusion Models

2023.02.10｜Stanford｜ICCV 2023

https://arxiv.org/abs/2302.05543

### 概述

本文提出了名为ControlNet的网络，在Stable Diffusion上加入空间条件控制，用于文本到图像生成。

### 实验

在COCO数据集上使用FID作为指标，与T2I-Adapter比较。
"""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder = tmp_path_factory.mktemp("stored")
    (folder / "2023-02-10.md").write_text(DIGEST, encoding="utf-8")
    build([str(folder / "2023-02-10.md")], folder / "graph", jobs=1)
    return open_graph(folder / "graph").select(Selection())


def test_every_format_holds_the_same_graph(stored: Graph, tmp_path: Path) -> None:
    nodes = {node.id for node in stored.nodes()}
    edges = {edge.id for edge in stored.edges()}
    assert len(nodes) > 5 and len(edges) > 4
    lines = [
        path.read_text(encoding="utf-8").splitlines() for path in registry.load("exporters", "jsonl")(stored, tmp_path)
    ]
    items = [[json.loads(line) for line in part] for part in lines]
    assert [{item["id"] for item in part} for part in items] == [nodes, edges]
    validator = jsonschema.Draft202012Validator(schema().json_schema())
    for item in items[0] + items[1]:
        validator.validate(item)

    rows = []
    for path in registry.load("exporters", "csv")(stored, tmp_path):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows.append({row["id"] for row in csv.DictReader(file)})
    assert (rows[0] | rows[1], rows[2]) == (nodes, edges)

    (path,) = registry.load("exporters", "graphml")(stored, tmp_path / "graph.graphml")
    read = nx.read_graphml(path, force_multigraph=True)
    assert (set(read), {key for _, _, key in read.edges(keys=True)}) == (nodes, edges)

    (path,) = registry.load("exporters", "html")(stored, tmp_path / "graph.html")
    (data,) = re.findall('id="graph">([A-Za-z0-9+/=]+)<', path.read_text(encoding="utf-8"))
    page = json.loads(zlib.decompress(base64.b64decode(data)))
    assert (set(page["node"]["id"]), len(page["edge"]["source"])) == (nodes, len(edges))


def test_a_paper_carries_what_its_date_line_says(stored: Graph, tmp_path: Path) -> None:
    path, _ = registry.load("exporters", "jsonl")(stored, tmp_path)
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    (paper,) = [item for item in items if item["type"] == "Paper"]
    assert (paper["date"], paper["arxiv_id"], paper["venue"]) == ("2023-02-10", "2302.05543", "ICCV 2023")
