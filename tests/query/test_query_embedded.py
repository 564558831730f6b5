"""The embedded engine: the model, the life of its file, and what it refuses."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pytest
from filelock import FileLock

from kg.errors import GraphNotFoundError
from kg.export.neo4j.model import EVIDENCE
from kg.query import embedded_file, tables
from kg.query.base import EngineError, Query, QueryError, QueryTimeoutError
from kg.query.embedded import Embedded, _BrokenError
from kg.query.embedded_file import discard, file_of, open_file
from kg.schema import schema
from kg.store import TABLES, open_graph, write_graph

# Enough rows to take for ever.
ENDLESS = "UNWIND range(1, 200000) AS a UNWIND range(1, 200000) AS b RETURN count(*), max(a * b)"


def ask(engine, cypher, **parameters):
    return engine.run(Query(cypher, parameters)).rows


def stores(folder):
    return sorted(p.name for p in folder.glob("query-*"))


def rewritten(folder):
    """The same graph with one paper renamed."""
    import pyarrow.parquet as pq

    with open_graph(folder) as graph:
        found = {name: pq.read_table(graph.table(name)) for name in TABLES}
    papers = found["papers"].to_pylist()
    papers[0]["title"] = "Another Title"
    found["papers"] = pa.Table.from_pylist(papers, schema=found["papers"].schema)
    about = {k: v for k, v in graph.manifest.items() if k not in ("tables", "digests", "rows", "format")}
    write_graph(folder, found, about).close()


def test_every_node_is_there_with_all_it_has(engine, tiny):
    for node in tiny.nodes():
        ((found,),) = ask(engine, f"MATCH (n:{node.type} {{id: $id}}) RETURN n", id=node.id)
        assert found == {"type": node.type, "id": node.id, "name": node.name, **node.attributes}
    assert ask(engine, "MATCH (n) RETURN count(*)") == ((sum(1 for _ in tiny.nodes()),),)


def test_every_relationship_is_there_with_its_evidence(engine, tiny):
    for edge in tiny.edges():
        ((source, found, target),) = ask(
            engine, f"MATCH (a)-[r:{edge.type} {{id: $id}}]->(b) RETURN a.id, r, b.id", id=edge.id
        )
        assert (source, target) == (edge.source, edge.target)
        evidence = {name: [read(e) for e in edge.evidence] for name, (_, read) in EVIDENCE.items()}
        assert found == {"type": edge.type, "id": edge.id, **edge.attributes, **evidence}
    assert ask(engine, "MATCH ()-[r]->() RETURN count(*)") == ((sum(1 for _ in tiny.edges()),),)


def test_its_evidence_columns_are_those_of_neo4j():
    assert list(tables.EVIDENCE) == list(EVIDENCE)


def test_all_types_can_be_asked_for_even_without_rows(engine):
    for name in schema().nodes:
        ask(engine, f"MATCH (n:{name}) RETURN count(*)")
    for name in schema().edges:
        ask(engine, f"MATCH ()-[r:{name}]->() RETURN count(*)")


def test_functions_of_neo4j(engine):
    cypher = (
        "RETURN toInteger('5'), toFloat('0.5'), toString(5), toBoolean('true'), head([1, 2]), last([1, 2]), "
        "tail([1, 2, 3]), isEmpty([]), split('a b', ' '), char_length('中文')"
    )
    assert ask(engine, cypher) == ((5, 0.5, "5", True, 1, 2, [2, 3], True, ["a", "b"], 2),)
    assert ask(engine, "MATCH ()-[r]->() WHERE type(r) = 'VERSION_OF' RETURN startNode(r).name, endNode(r).name") == (
        ("Stable Diffusion XL", "Stable Diffusion"),
    )


def test_a_path_is_its_nodes_and_relationships_in_turn(engine):
    ((path,),) = ask(engine, "MATCH p = (:Model)-[:VERSION_OF]->(:Model) RETURN p")
    assert [part["type"] for part in path] == ["Model", "VERSION_OF", "Model"]


def test_columns_are_named_as_the_query_has_them(engine):
    assert engine.run(Query("MATCH (n:Model) RETURN count(*), max(n.name) AS last", {})).columns == ("count(*)", "last")
    assert engine.run(Query("MATCH (n:Model) WITH n.id AS id RETURN *", {})).columns == ("id",)


def test_rows_are_cut_at_the_limit(engine):
    result = engine.run(Query("MATCH (p:Paper) RETURN p.id", {}, limit=3))
    assert len(result.rows) == 3
    assert result.cut
    assert not engine.run(Query("MATCH (p:Paper) RETURN p.id", {}, limit=4)).cut


def test_a_query_that_takes_too_long_ends(engine):
    start = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"longer than 0\.3 s"):
        engine.run(Query(ENDLESS, {}, timeout=0.3))
    assert time.monotonic() - start < 20
    assert ask(engine, "RETURN 1") == ((1,),)


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (n:Model {id: 'x'})",
        "MATCH (n:Model) SET n.name = 'x'",
        "MATCH (n:Model) DETACH DELETE n",
        "MATCH (n:Model) MERGE (m:Model {id: 'y'})",
        "MATCH (n) REMOVE n.name",
        "COPY (MATCH (n) RETURN n.id) TO 'out.csv'",
        "EXPORT DATABASE 'out'",
        "MATCH (n) RETURN n.id; COPY (MATCH (n) RETURN n.id) TO 'out.csv'",
        "INSTALL json",
        "DROP TABLE Paper",
    ],
)
def test_nothing_can_be_written(engine, cypher, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = ask(engine, "MATCH (n) RETURN count(*), max(n.name)")
    there = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(QueryError):
        engine.run(Query(cypher, {}))
    assert ask(engine, "MATCH (n) RETURN count(*), max(n.name)") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == there


def test_it_is_made_once_and_again_when_the_graph_changes(tiny_folder):
    calls = []
    engine = Embedded(tiny_folder, lambda: calls.append(1))
    old = ask(engine, "MATCH (p:Paper) RETURN p.title ORDER BY p.id LIMIT 1")
    ask(engine, "RETURN 1")
    (first,) = stores(tiny_folder)
    assert len(calls) == 1
    rewritten(tiny_folder)
    assert ask(engine, "MATCH (p:Paper) RETURN p.title ORDER BY p.id LIMIT 1") == (("Another Title",),) != old
    (second,) = stores(tiny_folder)
    assert first != second
    assert len(calls) == 2
    engine.close()


def test_an_open_store_goes_on_when_a_newer_one_takes_its_place(engine, tiny_folder):
    graph, database = open_file(tiny_folder)
    rewritten(tiny_folder)
    ask(engine, "RETURN 1")
    assert not file_of(graph).exists()
    import ladybug

    with ladybug.Connection(database) as connection:
        assert connection.execute("MATCH (p:Paper) RETURN count(*)").get_next() == [4]
    database.close()


@pytest.mark.parametrize("damage", ["empty", "garbage", "half", "version", "other graph"])
def test_a_damaged_store_is_made_anew(tiny_folder, damage, sample_folder):
    Embedded(tiny_folder).run(Query("RETURN 1", {}))
    with open_graph(tiny_folder) as graph:
        path = file_of(graph)
    good = path.read_bytes()
    if damage == "other graph":
        with open_graph(sample_folder) as other:
            Embedded(sample_folder).run(Query("RETURN 1", {}))
            path.write_bytes(file_of(other).read_bytes())
    else:
        changed = {"empty": b"", "garbage": b"x" * 9000, "half": good[: len(good) // 2]}
        changed["version"] = good[:4] + b"\xff" + good[5:20] + b"\xff\xff" + good[22:]
        path.write_bytes(changed[damage])
    calls = []
    engine = Embedded(tiny_folder, lambda: calls.append(1))
    assert ask(engine, "MATCH (p:Paper) RETURN count(*)") == ((4,),)
    assert len(calls) == (0 if damage == "version" and path.read_bytes()[:30] == good[:30] else 1)
    engine.close()


def test_a_store_that_goes_bad_while_it_is_open_is_made_anew(engine, monkeypatch):
    ask(engine, "RETURN 1")
    whole, failed = Embedded._run, []

    def broken_once(self, *arguments):
        if not failed:
            failed.append(1)
            raise _BrokenError("Storage exception: the page has another checksum")
        return whole(self, *arguments)

    monkeypatch.setattr(Embedded, "_run", broken_once)
    calls = []
    monkeypatch.setattr(engine, "_building", lambda: calls.append(1))
    assert ask(engine, "MATCH (p:Paper) RETURN count(*)") == ((4,),)
    assert calls == [1]


def test_what_a_killed_build_left_is_cleared_away(tiny_folder):
    left = tiny_folder / "query.new"
    left.mkdir()
    (left / "graph.lbug").write_bytes(b"half")
    (tiny_folder / "query-0123456789ab.lbug").write_bytes(b"of another version")
    engine = Embedded(tiny_folder)
    assert ask(engine, "MATCH (p:Paper) RETURN count(*)") == ((4,),)
    assert not left.exists()
    assert len(stores(tiny_folder)) == 1
    engine.close()


_BUILD = """
import sys
from pathlib import Path
from kg.query.embedded_file import open_file
open_file(Path(sys.argv[1]))[1].close()
"""


def test_a_build_that_is_killed_leaves_nothing_in_the_way(tiny_folder):
    process = subprocess.Popen([sys.executable, "-c", _BUILD, str(tiny_folder)])
    while not (tiny_folder / "query.new").exists() and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    engine = Embedded(tiny_folder)
    assert ask(engine, "MATCH (p:Paper) RETURN count(*)") == ((4,),)
    engine.close()


def test_two_at_once_make_it_once(tiny_folder):
    processes = [subprocess.Popen([sys.executable, "-c", _BUILD, str(tiny_folder)]) for _ in range(2)]
    assert [p.wait() for p in processes] == [0, 0]
    assert len(stores(tiny_folder)) == 1


def test_during_a_build_of_the_graph_the_last_good_one_answers(engine, tiny_folder):
    with FileLock(tiny_folder / "build.lock"):
        (tiny_folder / "tables.new").mkdir()
        assert ask(engine, "MATCH (p:Paper) RETURN count(*)") == ((4,),)


def test_tables_that_are_replaced_while_they_are_read_are_read_again(tiny_folder, monkeypatch):
    whole, calls = embedded_file.write_files, []

    def overtaken(graph, folder):
        if not calls:
            calls.append(1)
            rewritten(tiny_folder)
        return whole(graph, folder)

    monkeypatch.setattr(embedded_file, "write_files", overtaken)
    engine = Embedded(tiny_folder)
    assert ask(engine, "MATCH (p:Paper) RETURN p.title ORDER BY p.id LIMIT 1") == (("Another Title",),)
    engine.close()


def test_a_store_that_cannot_be_made_is_one_sentence(tiny_folder, monkeypatch):
    def full(graph, folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(embedded_file, "write_files", full)
    with pytest.raises(EngineError, match=r"cannot be made: .*No space left"):
        Embedded(tiny_folder).run(Query("RETURN 1", {}))
    assert not (tiny_folder / "query.new").exists()


def test_a_folder_that_cannot_be_written_is_asked_through_the_cache(tiny_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    engine = Embedded(tiny_folder)
    assert ask(engine, "MATCH (p:Paper) RETURN count(*)") == ((4,),)
    assert stores(tiny_folder) == []
    assert len(list((tmp_path / "cache").rglob("query-*.lbug"))) == 1
    engine.close()


def test_an_apostrophe_in_the_folder_does_no_harm(tiny_folder, tmp_path):
    folder = tmp_path / "Ada's graph"
    shutil.copytree(tiny_folder, folder)
    engine = Embedded(folder)
    assert ask(engine, "MATCH (p:Paper) RETURN count(*)") == ((4,),)
    engine.close()


def test_a_store_can_be_discarded(engine, tiny_folder):
    ask(engine, "RETURN 1")
    with open_graph(tiny_folder) as graph:
        discard(graph)
    assert stores(tiny_folder) == []


def test_no_graph_no_answer(tmp_path):
    with pytest.raises(GraphNotFoundError):
        Embedded(tmp_path).run(Query("RETURN 1", {}))


@pytest.mark.parametrize(
    ("attributes", "said"),
    [({"__version__": "0.11.2", "Database": object}, "0.11.2 is installed"), ({}, "of another kind")],
)
def test_another_package_of_that_name_is_told(monkeypatch, attributes, said):
    module = type(sys)("ladybug")
    module.__dict__.update(attributes)
    monkeypatch.setitem(sys.modules, "ladybug", module)
    with pytest.raises(EngineError, match=f"{said}.*pip install"):
        embedded_file.engine_module()


def test_without_the_package_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ladybug", None)
    with pytest.raises(EngineError, match="pip install"):
        embedded_file.engine_module()
