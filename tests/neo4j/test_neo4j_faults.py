"""What may go wrong with a server: one sentence each, and the next run mends it."""

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from neo4j.exceptions import ServiceUnavailable, TransientError
from neo4j_kit import Small, edge, entity

from kg.errors import BusyError, InputError, KgError
from kg.export.neo4j import export
from kg.export.neo4j import server as servers
from kg.export.neo4j.load import InterruptedLoadError, load
from kg.export.neo4j.server import LoginError, NoDatabaseError, NoServerError, Server, ServerLostError
from kg.export.neo4j.transactions import Settings, UnevenLoadError, Writer
from kg.records import Node

pytestmark = pytest.mark.neo4j

PAPERS = 60
QUICK = Settings(rows=20, lease_seconds=1.5)


@dataclass(frozen=True)
class Disturbed(Small):
    """A graph during whose reading something happens, once half of its relationships are read."""

    disturb: object = None

    def edges(self, evidence=True):
        for i, found in enumerate(super().edges(evidence)):
            if i == len(self.all_edges) // 2:
                self.disturb()
            yield found


def graph_of(papers: int = PAPERS) -> Small:
    nodes = tuple(Node(f"paper:{i:03}", "Paper", f"Paper {i}", {"title": f"Paper {i}"}) for i in range(papers))
    models = (entity("model:clip", "Model", "CLIP"), entity("model:sdxl", "Model", "SDXL"))
    edges = [edge(n.id, "USES", m.id, f"第 {i} 篇使用 {m.name}。") for i, n in enumerate(nodes) for m in models]
    return Small((*nodes, *models), tuple(edges))


@pytest.fixture(scope="module")
def many():
    return graph_of()


def disturbed(graph: Small, disturb) -> Disturbed:
    return Disturbed(graph.all_nodes, graph.all_edges, graph.manifest, disturb)


def sentence(error: pytest.ExceptionInfo) -> str:
    """The message, which must be one line that ends in a full stop."""
    text = str(error.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


def assert_whole(neo4j, graph: Small) -> None:
    """The server holds the graph, each thing once, and nobody holds its lease."""
    assert load(graph, neo4j.server, QUICK).total("unchanged") == len(graph.all_nodes) + len(graph.all_edges)
    assert neo4j.value("MATCH (n:Entity) RETURN count(n)") == len(graph.all_nodes)
    assert neo4j.value("MATCH ()-[r]->() RETURN count(r)") == len(graph.all_edges)
    assert neo4j.value("MATCH ()-[r]->() RETURN count(DISTINCT r.id)") == len(graph.all_edges)
    assert neo4j.query("MATCH (g:KgGraph) RETURN g.complete, g.run, g.lease") == [[True, None, None]]


def test_a_wrong_password_is_one_sentence_and_is_never_shown(neo4j, small):
    wrong = Server(neo4j.server.uri, "neo4j", "hunter2-but-wrong", "neo4j")
    with pytest.raises(LoginError, match="NEO4J_PASSWORD") as error:
        load(small, wrong, Settings())
    sentence(error)
    shown = "".join(traceback.format_exception(error.value)) + repr(wrong)
    assert wrong.password not in shown


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_no_server_is_said_at_once(server_script, small, scheme):
    nowhere = Server(f"{scheme}://127.0.0.1:{server_script.free_port()}", "neo4j", "secret")
    start = time.monotonic()
    with pytest.raises(NoServerError, match="docker compose up") as error:
        load(small, nowhere, Settings())
    assert nowhere.uri in sentence(error)
    assert time.monotonic() - start < 5


def test_a_missing_database_is_named(neo4j, small):
    with pytest.raises(NoDatabaseError, match="nowhere") as error:
        load(small, replace(neo4j.server, database="nowhere"), Settings())
    assert "--database" in sentence(error)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"uri": ""}, "NEO4J_URI"),
        ({"uri": "http://localhost:7474"}, "no address of a Neo4j server"),
        ({"uri": "bolt://"}, "no address of a Neo4j server"),
        ({"uri": "bolt://neo4j:topsecret@localhost"}, "must hold no password"),
        ({"uri": "bolt://localhost", "graph_name": " "}, "--graph-name"),
        ({"uri": "bolt://localhost", "graph_name": "a\ud800"}, "--graph-name"),
    ],
)
def test_bad_options_are_said_before_anything_is_asked(small, options, said):
    with pytest.raises(InputError, match=said) as error:
        export(small, None, **options)
    assert "topsecret" not in str(error.value)


def test_a_server_killed_in_the_middle_is_said_and_the_next_run_completes(neo4j, many, monkeypatch):
    monkeypatch.setattr(servers, "_RETRY_SECONDS", 0.5)
    with pytest.raises(ServerLostError, match="run the same command again") as error:
        load(disturbed(many, neo4j.process.kill), neo4j.server, QUICK)
    sentence(error)
    neo4j.process.start()
    there = neo4j.value("MATCH ()-[r:USES]->() RETURN count(r)")
    assert 0 < there < len(many.all_edges)
    report = load(many, neo4j.server, QUICK)
    assert (report.total("created"), report.total("updated"), report.total("deleted")) == (
        len(many.all_edges) - there,
        0,
        0,
    )
    assert_whole(neo4j, many)


def test_transient_errors_are_retried_and_nothing_comes_twice(neo4j, many, monkeypatch):
    write, failures = Writer._write, []

    def fails_sometimes(*arguments):
        written = write(*arguments)
        if len(failures) < 3:
            kinds = TransientError("deadlock"), ServiceUnavailable("connection reset"), TransientError("again")
            failures.append(kinds[len(failures)])
            raise failures[-1]
        return written

    monkeypatch.setattr(Writer, "_write", fails_sometimes)
    load(many, neo4j.server, QUICK)
    assert len(failures) == 3
    assert_whole(neo4j, many)


def test_a_retry_after_a_commit_whose_answer_was_lost_writes_nothing_twice(neo4j, many, monkeypatch):
    execute, lost = Writer._execute, []

    def loses_the_answer(self, work, *arguments):
        done = execute(self, work, *arguments)
        if len(lost) < 3:
            lost.append(done)
            done = execute(self, work, *arguments)
        return done

    monkeypatch.setattr(Writer, "_execute", loses_the_answer)
    load(many, neo4j.server, QUICK)
    assert lost
    assert_whole(neo4j, many)


def test_ctrl_c_ends_in_good_order_and_the_next_run_completes(neo4j, many):
    with pytest.raises(InterruptedLoadError, match="run the same command again") as error:
        load(disturbed(many, lambda: os.kill(os.getpid(), signal.SIGINT)), neo4j.server, QUICK)
    sentence(error)
    assert error.value.exit_code == 130
    assert neo4j.query("MATCH (g:KgGraph) RETURN g.complete, g.run") == [[False, None]]
    assert 0 < neo4j.value("MATCH ()-[r:USES]->() RETURN count(r)") < len(many.all_edges)
    load(many, neo4j.server, QUICK)
    assert_whole(neo4j, many)


def test_nothing_stale_is_deleted_by_a_load_that_breaks_off(neo4j, many):
    load(many, neo4j.server, QUICK)
    less = graph_of(PAPERS // 2)
    with pytest.raises(InterruptedLoadError):
        load(disturbed(less, lambda: os.kill(os.getpid(), signal.SIGINT)), neo4j.server, QUICK)
    assert neo4j.value("MATCH (n:Paper) RETURN count(n)") == PAPERS
    assert load(less, neo4j.server, QUICK).total("deleted") == PAPERS // 2 * 3
    assert_whole(neo4j, less)


def test_a_second_load_at_the_same_time_says_so_or_waits(neo4j, many):
    go_on, reached, first = threading.Event(), threading.Event(), []

    def hold():
        reached.set()
        assert go_on.wait(30)

    thread = threading.Thread(target=lambda: first.append(load(disturbed(many, hold), neo4j.server, QUICK)))
    thread.start()
    try:
        assert reached.wait(30)
        with pytest.raises(BusyError, match="--wait") as error:
            load(many, neo4j.server, QUICK)
        assert f"process {os.getpid()}" in sentence(error)
        # Another graph in the same database does not mind.
        assert load(graph_of(1), neo4j.server, replace(QUICK, graph="other")).total("created") == 5
        load(replace(many, all_nodes=(), all_edges=()), neo4j.server, replace(QUICK, graph="other"))
        waiting = threading.Timer(0.5, go_on.set)
        waiting.start()
        assert load(many, neo4j.server, replace(QUICK, wait=60)).changed is False
    finally:
        go_on.set()
        thread.join()
    assert first[0].total("created") == len(many.all_nodes) + len(many.all_edges)
    neo4j.query("MATCH (g:KgGraph {name: 'other'}) DELETE g")
    assert_whole(neo4j, many)


def test_a_load_that_lost_its_lease_writes_no_more(neo4j, many):
    taken = "MATCH (g:KgGraph) SET g.run = 'another', g.lease = 0"
    with pytest.raises(BusyError, match="took over") as error:
        load(disturbed(many, lambda: neo4j.query(taken)), neo4j.server, QUICK)
    sentence(error)
    load(many, neo4j.server, QUICK)
    assert_whole(neo4j, many)


def test_a_node_deleted_by_someone_else_is_noticed_and_comes_back(neo4j, many):
    gone = "MATCH (n:Entity {id: 'model:clip'}) DETACH DELETE n"
    with pytest.raises(UnevenLoadError, match="lack an end") as error:
        load(disturbed(many, lambda: neo4j.query(gone)), neo4j.server, QUICK)
    sentence(error)
    load(many, neo4j.server, QUICK)
    assert_whole(neo4j, many)


def test_what_someone_else_adds_is_noticed(neo4j, many):
    twin = "MATCH (a:Paper)-[r:USES]->(m) WITH a, r, m LIMIT 1 CREATE (a)-[t:USES]->(m) SET t = properties(r)"
    with pytest.raises(UnevenLoadError, match="should be") as error:
        load(disturbed(many, lambda: neo4j.query(twin)), neo4j.server, QUICK)
    sentence(error)


LOADER = """
import sys, time
sys.path.insert(0, {here!r})
from test_neo4j_faults import QUICK, disturbed, graph_of
from kg.export.neo4j.load import load
from kg.export.neo4j.server import Server

def hold():
    print("half", flush=True)
    time.sleep(60)

load(disturbed(graph_of(), hold), Server(sys.argv[1], "neo4j", sys.stdin.readline().strip(), "neo4j"), QUICK)
"""


def test_the_lease_of_a_killed_load_is_taken_over(neo4j, many):
    script = LOADER.format(here=str(Path(__file__).parent))
    command = [sys.executable, "-c", script, neo4j.server.uri]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdin.write(f"{neo4j.server.password}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "half\n"
        process.kill()
    assert neo4j.value("MATCH (g:KgGraph) RETURN g.run") is not None
    load(many, neo4j.server, QUICK)
    assert_whole(neo4j, many)


def test_every_error_of_the_server_is_a_kg_error(neo4j):
    with pytest.raises(KgError, match="refuses") as error, servers.connected(neo4j.server) as driver:
        driver.execute_query("RETURN 1 +", database_="neo4j")
    sentence(error)
