from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import pytest
from lxml import etree

from kg.errors import SchemaError
from kg.export.base import SEPARATOR, GraphView, best_evidence, clean
from kg.export.graphml import export, keys, write
from kg.records import Edge, Node
from kg.schema import Attribute, schema

NAMESPACES = {"g": "http://graphml.graphdrawing.org/xmlns", "y": "http://www.yworks.com/xml/graphml"}


def expected(attributes: Any) -> dict[str, Any]:
    """Attributes as a reader should find them."""
    text = {n: SEPARATOR.join(v) if isinstance(v, list | tuple) else v for n, v in attributes.items()}
    return {n: clean(v) if isinstance(v, str) else v for n, v in text.items() if v not in ("", None)}


def expected_node(node: Node) -> dict[str, Any]:
    return {"label": clean(node.name), "name": clean(node.name), "type": node.type} | expected(node.attributes)


def expected_edge(edge: Edge) -> dict[str, Any]:
    best = best_evidence(edge)
    assert best is not None
    proof = {"evidence": clean(best.sentence), "evidence_source": f"{best.file}:{best.line}"}
    return {"label": edge.type, "type": edge.type} | expected(edge.attributes) | proof


@pytest.fixture(params=["graph", "hostile"])
def any_graph(request: pytest.FixtureRequest) -> GraphView:
    found: GraphView = request.getfixturevalue(request.param)
    return found


def test_networkx_reads_everything_back(tmp_path: Path, any_graph: GraphView) -> None:
    (path,) = export(any_graph, tmp_path / "graph.graphml")
    read = nx.read_graphml(path, force_multigraph=True)
    assert dict(read.nodes(data=True)) == {clean(node.id): expected_node(node) for node in any_graph.nodes()}
    assert {key: (s, t, data) for s, t, key, data in read.edges(keys=True, data=True)} == {
        edge.id: (edge.source, edge.target, expected_edge(edge)) for edge in any_graph.edges()
    }


def test_igraph_reads_everything_back(tmp_path: Path, any_graph: GraphView) -> None:
    (path,) = export(any_graph, tmp_path / "graph.graphml")
    read = igraph.Graph.Read_GraphML(str(path))
    assert read.is_directed()

    def present(attributes: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in attributes.items()
            if name != "id" and value != "" and not (isinstance(value, float) and math.isnan(value))
        }

    vertices = {vertex["id"]: present(vertex.attributes()) for vertex in read.vs}
    assert vertices == {node.id: expected_node(node) for node in any_graph.nodes()}
    edges = [(read.vs[e.source]["id"], read.vs[e.target]["id"], present(e.attributes())) for e in read.es]
    assert edges == [(edge.source, edge.target, expected_edge(edge)) for edge in any_graph.edges()]


def parse(graph: GraphView) -> Any:
    file = BytesIO()
    write(graph, file)
    return etree.fromstring(file.getvalue())


def test_every_key_says_what_it_is_for_and_of_which_type(graph: GraphView) -> None:
    root = parse(graph)
    declared = [key for key in root.iterfind("g:key", NAMESPACES) if "yfiles.type" not in key.attrib]
    assert {key.get("for") for key in declared} == {"node", "edge"}
    assert {key.get("attr.type") for key in declared} == {"string", "int", "double"}
    names = [(key.get("for"), key.get("attr.name")) for key in declared]
    assert len(set(names)) == len(names) == len({key.get("id") for key in declared})
    # Gephi takes these ids of yEd's for labels.
    assert not {"d3", "d7"} & {key.get("id") for key in declared}


def test_edge_ids_are_unique_in_the_file(graph: GraphView) -> None:
    ids = [edge.get("id") for edge in parse(graph).iterfind("g:graph/g:edge", NAMESPACES)]
    assert len(set(ids)) == len(ids) == 6


def test_yed_finds_a_label_after_all_other_data(graph: GraphView) -> None:
    for node in parse(graph).iterfind("g:graph/g:node", NAMESPACES):
        assert node[-1].findtext("y:ShapeNode/y:NodeLabel", namespaces=NAMESPACES) == node[0].text
        assert not any(len(data) for data in node[:-1])


def test_an_attribute_of_two_types_is_refused() -> None:
    declared = schema()
    model = declared.nodes["Model"]
    other = replace(model, attributes={**model.attributes, "title": Attribute("title", "integer", "")})
    with pytest.raises(SchemaError, match="'title' has two types"):
        list(keys(replace(declared, nodes={**declared.nodes, "Model": other})))


def test_the_file_grows_while_the_graph_is_read() -> None:
    """Memory stays flat: what is read is written before the rest is asked for."""
    sizes = []
    file = BytesIO()

    class Endless:
        manifest: dict[str, Any] = {}  # noqa: RUF012 - read only

        def nodes(self) -> Iterator[Node]:
            for i in range(20_000):
                if i % 5_000 == 0:
                    sizes.append(file.tell())
                yield Node(f"m{i:05}", "Model", f"Model {i}")

        def edges(self, evidence: bool = True) -> Iterator[Edge]:
            yield from ()

    write(Endless(), file)
    steps = [b - a for a, b in pairwise(sizes)]
    assert min(steps) > 5_000 * 100


def test_a_second_export_changes_no_byte_and_not_the_graph(tmp_path: Path, graph: GraphView) -> None:
    before = list(graph.nodes()), list(graph.edges())
    first = export(graph, tmp_path / "graph.graphml")[0].read_bytes()
    assert export(graph, tmp_path / "graph.graphml")[0].read_bytes() == first
    assert (list(graph.nodes()), list(graph.edges())) == before


def test_a_failed_export_leaves_the_last_one(tmp_path: Path, graph: GraphView) -> None:
    (path,) = export(graph, tmp_path / "graph.graphml")
    before = path.read_bytes()

    class Broken:
        manifest: dict[str, Any] = {}  # noqa: RUF012 - read only

        def nodes(self) -> Iterator[Node]:
            yield from graph.nodes()

        def edges(self, evidence: bool = True) -> Iterator[Edge]:
            yield next(graph.edges())
            raise RuntimeError("the store broke")

    with pytest.raises(RuntimeError, match="the store broke"):
        export(Broken(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
