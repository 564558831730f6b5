from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.export.base import GraphView
from kg.export.csv import cell, export, lines


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_three_tables_that_excel_takes_for_utf8(tmp_path: Path, graph: GraphView) -> None:
    files = export(graph, tmp_path / "out")
    assert [file.name for file in files] == ["papers.csv", "entities.csv", "relations.csv"]
    assert all(file.read_bytes().startswith(b"\xef\xbb\xbf") for file in files)
    papers, entities, relations = map(read, files)
    assert {row["id"] for row in papers} == {"paper:2302.05543", "paper:untold"}
    assert len(papers) + len(entities) == len(list(graph.nodes()))
    assert [row["id"] for row in relations] == [edge.id for edge in graph.edges()]


def test_a_paper_has_a_link_and_always_a_title(tmp_path: Path, graph: GraphView) -> None:
    papers = {row["id"]: row for row in read(export(graph, tmp_path)[0])}
    row = papers["paper:2302.05543"]
    assert row["arxiv_url"] == "https://arxiv.org/abs/2302.05543"
    assert row["urls"] == "https://arxiv.org/abs/2302.05543 | https://github.com/lllyasviel/ControlNet"
    assert (papers["paper:untold"]["title"], papers["paper:untold"]["arxiv_url"]) == ("A Paper without Details", "")


def test_a_relation_reads_without_looking_up_ids(tmp_path: Path, graph: GraphView) -> None:
    relations = {row["type"]: row for row in read(export(graph, tmp_path)[2]) if row["source"] != "paper:untold"}
    row = relations["USES"]
    assert row["source_name"] == "Adding Conditional Control to Text-to-Image Diffusion Models"
    assert (row["target_name"], row["target_type"], row["count"]) == ("Stable Diffusion", "Model", "2")
    assert row["sentence"].startswith("ControlNet 锁住")
    assert row["evidence_source"] == "digests/2023-02.md:13"
    assert relations["PUBLISHED_IN"]["year"] == "2023"


def test_formulas_become_text(tmp_path: Path, graph: GraphView) -> None:
    _, entities, relations = map(read, export(graph, tmp_path))
    row = next(row for row in entities if row["id"] == "method:none")
    assert (row["name"], row["aliases"]) == ("'-free guidance", "'=CFG")
    assert next(row for row in relations if row["source"] == "paper:untold")["sentence"].startswith("'=1+1")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "  =1"])
def test_a_cell_that_would_be_a_formula_gets_a_quote(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [-1, 0, 0.5, "GPT-4", "3D-FRONT", "a=b", "", "'quoted"])
def test_other_cells_stay(value: object) -> None:
    assert cell(value) == value


@given(st.lists(st.text(), min_size=1))
def test_cells_come_back_whole(texts: list[str]) -> None:
    text = "".join(lines(["name"], ({"name": text} for text in texts)))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[0] for row in rows] == ["name", *(cell(text) for text in texts)]


def test_newlines_stay_in_their_cell(tmp_path: Path, graph: GraphView) -> None:
    text = "".join(lines(["a", "b"], [{"a": "以 Stable Diffusion\n为例。", "b": 'say "hi", then\r\ngo'}]))
    assert text == 'a,b\r\n"以 Stable Diffusion\n为例。","say ""hi"", then\r\ngo"\r\n'


def test_a_second_export_changes_no_byte(tmp_path: Path, graph: GraphView) -> None:
    first = [file.read_bytes() for file in export(graph, tmp_path)]
    assert [file.read_bytes() for file in export(graph, tmp_path)] == first
