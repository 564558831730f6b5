"""CSV for spreadsheets: `papers.csv`, `entities.csv`, and `relations.csv` with names beside the ids."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.export.base import GraphView, best_evidence, exporter, flat, present, replacing
from kg.records import Edge, Node
from kg.schema import schema

Row = dict[str, Any]

# What makes a spreadsheet take a cell for a formula; East Asian versions read the full-width forms alike.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cell(value: Any) -> Any:
    """Return a value as a spreadsheet should see it: numbers as they are, lists joined, no formula.

    Text that would start a formula gets a leading quote, as a user would type it.
    """
    if isinstance(value, int | float):
        return value
    text = flat(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def paper_columns() -> list[str]:
    """Return the columns of `papers.csv`."""
    return ["id", *schema().node_attributes("Paper"), "arxiv_url"]


def paper_row(paper: Node) -> Row:
    """Return a paper; its link stands beside its arXiv id, which spreadsheets take for a decimal number."""
    row: Row = {"id": paper.id, "title": paper.name} | _values(paper.attributes, "Paper")
    if arxiv_id := row.get("arxiv_id"):
        row["arxiv_url"] = f"https://arxiv.org/abs/{arxiv_id}"
    return row


def entity_columns() -> list[str]:
    """Return the columns of `entities.csv`."""
    return ["id", "type", "name", *schema().node_attributes(*(t for t in schema().nodes if t != "Paper"))]


def entity_row(entity: Node) -> Row:
    """Any node but a paper."""
    return {"id": entity.id, "type": entity.type, "name": entity.name} | _values(entity.attributes, entity.type)


def relation_columns() -> list[str]:
    """Return the columns of `relations.csv`: what a person reads first, ids last."""
    ends = ["source_name", "type", "target_name", "target_type"]
    evidence = ["sentence", "section", "cue", "score", "evidence_source"]
    return [*ends, *schema().edge_attributes(), *evidence, "id", "source", "target"]


def relation_row(edge: Edge, ends: Mapping[str, tuple[str, str]]) -> Row:
    """Return an edge with its strongest evidence; `ends` gives name and type of each node."""
    row: Row = {"id": edge.id, "source": edge.source, "type": edge.type, "target": edge.target}
    row["source_name"], _ = ends[edge.source]
    row["target_name"], row["target_type"] = ends[edge.target]
    row |= {a.name: v for a, v in present(edge.attributes, schema().edges[edge.type].attributes.values())}
    if best := best_evidence(edge):
        row |= {"sentence": best.sentence, "section": best.section, "cue": best.cue, "score": best.score}
        row["evidence_source"] = f"{best.file}:{best.line}"
    return row


def _values(attributes: Mapping[str, Any], node_type: str) -> Row:
    return {a.name: v for a, v in present(attributes, schema().nodes[node_type].attributes.values())}


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(columns: list[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the CSV text of a table row by row, header first."""
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([cell(row.get(column, "")) for column in columns])


@exporter()
def export(graph: GraphView, out: Path) -> list[Path]:
    """CSV for spreadsheets: papers.csv, entities.csv and relations.csv with the best sentence."""
    ends = {node.id: (node.name, node.type) for node in graph.nodes()}
    tables = {
        "papers.csv": lines(paper_columns(), (paper_row(n) for n in graph.nodes() if n.type == "Paper")),
        "entities.csv": lines(entity_columns(), (entity_row(n) for n in graph.nodes() if n.type != "Paper")),
        "relations.csv": lines(relation_columns(), (relation_row(edge, ends) for edge in graph.edges())),
    }
    paths = [out / name for name in tables]
    with replacing(*paths) as files:
        for file, table in zip(files, tables.values(), strict=True):
            file.write(codecs.BOM_UTF8)  # or Excel reads the Chinese as Latin-1
            file.writelines(line.encode() for line in table)
    return paths
