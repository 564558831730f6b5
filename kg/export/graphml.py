"""GraphML for Gephi, yEd, Cytoscape, networkx and igraph.

Written element by element, so that memory stays flat. What the readers need: `attr.name`, `attr.type` and `for` on
each key; one type an attribute; lists as text; ids of edges unique in the file; the label as `label` (Gephi and
igraph), again as `name` (Cytoscape shows it in place of the id) and as `y:NodeLabel` (yEd shows no other).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import SchemaError
from kg.export.base import GraphView, best_evidence, clean, exporter, flat, present, replacing
from kg.records import Edge, Node
from kg.schema import Attribute, Schema, schema

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_YED = "http://www.yworks.com/xml/graphml"

_TYPES = {"string": "string", "strings": "string", "date": "string", "integer": "int", "number": "double"}
_NODE_TEXTS = ("label", "name", "type")
_EDGE_TEXTS = ("label", "type", "evidence", "evidence_source")

# Gephi takes "d3" for the label, and complains about other keys without attr.type.
_YED_KEY = "d3"
_YED_LABEL = "y:NodeLabel"


def keys(declared: Schema) -> Iterator[tuple[str, str, str]]:
    """Yield what to declare: "node" or "edge", the name of an attribute, its GraphML type.

    Raises
    ------
    SchemaError
        An attribute has one type here and another there, which GraphML cannot say.
    """
    nodes = (t.attributes.values() for t in declared.nodes.values())
    edges = (t.attributes.values() for t in declared.edges.values())
    for kind, texts, types in (("node", _NODE_TEXTS, nodes), ("edge", _EDGE_TEXTS, edges)):
        found = dict.fromkeys(texts, "string")
        for attribute in (a for attributes in types for a in attributes):
            wanted = _TYPES[attribute.type]
            if found.setdefault(attribute.name, wanted) != wanted:
                raise SchemaError(f"the {kind} attribute {attribute.name!r} has two types; GraphML allows one.")
        for name, graphml_type in found.items():
            yield kind, name, graphml_type


def node_data(node: Node, declared: Iterable[Attribute]) -> Iterator[tuple[str, str]]:
    """Yield the attributes of a node as text."""
    name = clean(node.name)
    yield "label", name
    yield "name", name
    yield "type", node.type
    for attribute, value in present(node.attributes, declared):
        yield attribute.name, flat(value)
    # Last, since Cytoscape reads nothing of a node after an element that it does not know.
    yield _YED_LABEL, name


def edge_data(edge: Edge, declared: Iterable[Attribute]) -> Iterator[tuple[str, str]]:
    """Yield the attributes of an edge as text, with its strongest evidence and where that stands."""
    yield "label", edge.type
    yield "type", edge.type
    for attribute, value in present(edge.attributes, declared):
        yield attribute.name, flat(value)
    if best := best_evidence(edge):
        yield "evidence", clean(best.sentence)
        yield "evidence_source", clean(f"{best.file}:{best.line}")


class _Forms:
    """XML elements to fill in, one for each set of attributes: to make one for each edge takes twice as long."""

    def __init__(self) -> None:
        self._forms: dict[tuple[str, ...], tuple[_Element, list[_Element]]] = {}

    def fill(self, kind: str, ids: dict[str, str], data: Iterable[tuple[str, str]]) -> _Element:
        """Return the element of these values; it holds until the next call."""
        names, texts = zip(*data, strict=True)
        form = self._forms.get((kind, *names))
        if form is None:
            form = self._forms[(kind, *names)] = _form(kind, names)
        element, fields = form
        for name, value in ids.items():
            element.set(name, clean(value))
        for field, text in zip(fields, texts, strict=True):
            field.text = text
        return element


def _form(kind: str, names: Iterable[str]) -> tuple[_Element, list[_Element]]:
    from lxml.etree import Element, SubElement

    # In no namespace, so that it takes that of the file it is written to without declaring it again.
    element = Element(kind)
    element.tail = "\n"
    fields = []
    for name in names:
        if name == _YED_LABEL:
            data = SubElement(element, "data", {"key": _YED_KEY})
            shape = SubElement(data, f"{{{_YED}}}ShapeNode", nsmap={"y": _YED})
            fields.append(SubElement(shape, f"{{{_YED}}}NodeLabel"))
        else:
            fields.append(SubElement(element, "data", {"key": f"{kind}_{name}"}))
    return element, fields


def elements(graph: GraphView) -> Iterator[_Element]:
    """Yield all nodes, then all edges as XML elements; each holds until the next one is asked for."""
    forms = _Forms()
    nodes, edges = schema().nodes, schema().edges
    for node in graph.nodes():
        data = node_data(node, nodes[node.type].attributes.values())
        yield forms.fill("node", {"id": node.id}, data)
    for edge in graph.edges():
        ends = {"id": edge.id, "source": edge.source, "target": edge.target}
        yield forms.fill("edge", ends, edge_data(edge, edges[edge.type].attributes.values()))


def write(graph: GraphView, file: BinaryIO) -> None:
    """Write a graph as GraphML."""
    from lxml import etree

    location = {f"{{{_XSI}}}schemaLocation": f"{_NAMESPACE} http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd"}
    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("graphml", location, nsmap={None: _NAMESPACE, "xsi": _XSI, "y": _YED}):
            for kind, name, graphml_type in keys(schema()):
                key = {"id": f"{kind}_{name}", "for": kind, "attr.name": name, "attr.type": graphml_type}
                xml.write(etree.Element("key", key))
            xml.write(etree.Element("key", {"id": _YED_KEY, "for": "node", "yfiles.type": "nodegraphics"}))
            with xml.element("graph", {"edgedefault": "directed"}):
                for element in elements(graph):
                    xml.write(element)


@exporter(".graphml")
def export(graph: GraphView, out: Path) -> list[Path]:
    """GraphML for Gephi, yEd, Cytoscape, networkx and igraph, with the best sentence of each relation."""
    with replacing(out) as (file,):
        write(graph, file)
    return [out]
