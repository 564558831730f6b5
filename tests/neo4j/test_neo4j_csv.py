"""Files for `neo4j-admin database import full`: the same graph as a load gives, down to the digests."""

import csv
import io
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j_kit import Database, edge, entity

from kg.export.neo4j.load import load
from kg.export.neo4j.model import model
from kg.export.neo4j.transactions import Settings
from kg.export.neo4j.values import value
from kg.export.neo4j_csv import DELIMITER, SCRIPT, cell, command, export
from kg.schema import schema

STATEMENTS = model(schema())
AWKWARD = 'Line one\nline "two", with; commas\r\n\t\\back\x1fslash, \ud800 and 名'


@pytest.fixture(scope="module")
def awkward(small):
    node = entity("model:awk,\nward", "Model", AWKWARD, aliases=[AWKWARD, "a;b", " padded ", "'quoted'", '"'])
    return small.with_node(node).with_edge(edge("paper:2302.05543", "USES", node.id, f"用 {AWKWARD}。", "另 ; 一句。"))


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_there_is_a_file_for_each_type_and_the_same_bytes_each_time(small, tmp_path):
    for place in ("a", "b"):
        export(small, tmp_path / place)
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert len(files) == len(schema().nodes) + len(schema().edges) + 2
    assert all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)
    header, *models = rows(tmp_path / "a" / "nodes-Model.csv")
    assert header[:4] == ["id:ID", "graph", "kg_run", "kg_hash:long"]
    assert "aliases:string[]" in header
    assert [row[0] for row in models] == ["model:controlnet", "model:stablediffusion"]
    header, *uses = rows(tmp_path / "a" / "relationships-USES.csv")
    assert {"confidence:double", "count:long", "evidence:string[]", "evidence_scores:double[]"} <= set(header)
    assert f"它锁住 Stable Diffusion 的权重。{DELIMITER}以 SD 为骨干。" in {c for row in uses for c in row}


@given(st.text(st.characters()) | st.lists(st.text(st.characters())) | st.integers() | st.booleans())
def test_a_cell_reads_back_as_the_property(raw):
    found = value(raw)
    file = io.StringIO(newline="")
    csv.writer(file).writerow(["id", cell(found)])
    file.seek(0)
    ((_, text),) = csv.reader(file)
    if isinstance(found, list):
        assert text.split(DELIMITER) == found
    elif found is None:
        assert text == ""
    else:
        assert text == (str(found).lower() if isinstance(found, bool) else str(found))


def test_the_script_says_the_command_and_passes_on_what_it_is_given(small, tmp_path):
    done = export(small, tmp_path / "out put")
    admin = tmp_path / "neo4j-admin"
    admin.write_text('#!/bin/sh\npwd\nfor a in "$@"; do echo "$a"; done\n', encoding="utf-8")
    admin.chmod(0o755)
    script = ["sh", tmp_path / "out put" / SCRIPT, "papers", "--overwrite-destination=true"]
    said = subprocess.run(script, env={"PATH": "/usr/bin:/bin", "NEO4J_ADMIN": admin}, capture_output=True, text=True)
    assert said.stdout.splitlines() == [
        str(tmp_path / "out put"),
        *("database", "import", "full", "papers"),
        *command(STATEMENTS),
        "--overwrite-destination=true",
    ]
    assert any(SCRIPT in note for note in done.notes)


@pytest.mark.neo4j
def test_the_imported_files_are_what_a_load_would_have_written(neo4j, awkward, server_script, tmp_path_factory):
    out = tmp_path_factory.mktemp("csv")
    export(awkward, out)
    imported = server_script.new_server(tmp_path_factory.mktemp("imported"), brief=True)
    try:
        imported.admin("database", "import", "full", "neo4j", *command(STATEMENTS), folder=out)
        imported.start()
        there = Database(imported)
        report = load(awkward, there.server, Settings())
        assert (report.total("unchanged"), report.changed) == (18, False)
        load(awkward, neo4j.server, Settings())
        for query in (
            "MATCH (n:Entity) RETURN labels(n), properties(n) ORDER BY n.id",
            "MATCH (a)-[r]->(b) RETURN a.id, b.id, type(r), properties(r) ORDER BY r.id",
        ):
            assert without_runs(there.query(query)) == without_runs(neo4j.query(query))
        assert there.value("SHOW CONSTRAINTS YIELD name RETURN count(*)") == 2
    finally:
        imported.remove()


def without_runs(found):
    for row in found:
        del row[-1]["kg_run"]
    return found
