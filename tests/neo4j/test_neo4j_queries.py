"""The named queries on a real server and on the embedded engine: the same rows on the same graph."""

import json

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.export.neo4j.load import load
from kg.export.neo4j.server import NoDatabaseError, Server
from kg.export.neo4j.transactions import Settings
from kg.query import connect
from kg.query.base import Query, QueryError, QueryTimeoutError
from kg.query.hints import REFUSED, SILENT
from kg.query.named import load_all
from kg.query.names import find
from kg.store import open_graph

pytestmark = pytest.mark.neo4j

QUERIES = load_all()
# Names by type, beside the defaults: much used and rare ones, in both languages and in odd spellings.
NAMES = {
    "Model": ["CLIP", "stable-diffusion", "GPT"],
    "Method": ["扩散模型", "transformer"],
    "Dataset": ["ImageNet"],
    "Task": ["图像生成", "novel view synthesis"],
    "Metric": ["FID", "LPIPS"],
    "Institution": ["OpenAI"],
    "Topic": [],
    "Paper": ["Attention Is All You Need", "2112.10752"],
}
SCALARS = {"since": ["2022-06"], "month": ["2022-12", "2021"], "limit": [3, 1000]}


@pytest.fixture(scope="module")
def engines(neo4j_server, sample_folder):
    """The embedded engine and the server, both with the sample digests."""
    server = Server(neo4j_server.uri, "neo4j", neo4j_server.password, "neo4j")
    with open_graph(sample_folder) as graph:
        load(graph, server, Settings("queries"))
    pair = (
        connect(sample_folder),
        connect(sample_folder, uri=server.uri, password=server.password, database=server.database),
    )
    # What other tests left in the database is another graph, and queries see all graphs.
    pair[1]._driver.execute_query(
        "MATCH (n) WHERE n.graph <> 'queries' OR n:KgGraph DETACH DELETE n", database_="neo4j"
    )
    yield pair
    for engine in pair:
        engine.close()


def variants(query):
    """The defaults, then each parameter at other values."""
    yield {}
    for parameter in query.parameters:
        kinds = parameter.types or (("Model", "Task", "Paper", "Dataset") if parameter.is_name else ())
        for value in [v for kind in kinds for v in NAMES[kind]] or SCALARS.get(parameter.name, []):
            yield {parameter.name: value}


@pytest.mark.parametrize("name", QUERIES)
def test_both_engines_give_the_same_rows(engines, name):
    embedded, server = engines
    query = QUERIES[name]
    for given in variants(query):
        there = server.run(query.query(server, given, timeout=60))
        here = embedded.run(query.query(embedded, given, timeout=60))
        assert here.columns == there.columns
        assert here.rows == there.rows, f"@{name} with {given}"


def test_names_mean_the_same_on_both(engines):
    embedded, server = engines
    names = {name: node for node in embedded.names() for name in node.names}
    odd = [
        "stable diffusion",
        "STABLE-DIFFUSION",
        "ＣＬＩＰ",
        "扩散 模型",
        "diffusion models",
        "ms coco",
        "vit",
        "2112.10752",
    ]
    for name in [*odd, *sorted(names)[::25]]:
        assert find(server, name) == find(embedded, name), name
    assert list(server.names()) == list(embedded.names())


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n {id: $id}) RETURN n",
        "MATCH (p:Paper)-[r:USES]->(n {id: $id}) RETURN r, n ORDER BY r.id LIMIT 3",
        "MATCH p = (:Paper)-[r:USES]->(n {id: $id}) RETURN p ORDER BY r.id LIMIT 1",
        "MATCH (n {id: $id}) RETURN {name: n.name, names: n.aliases}, 1.5, true, null",
    ],
)
def test_values_look_the_same_from_both(engines, cypher):
    here, there = (engine.run(Query(cypher, {"id": "model:clip"})) for engine in engines)
    assert here.rows == there.rows
    assert here.columns == there.columns


@pytest.mark.parametrize("hint", [*REFUSED, *SILENT], ids=lambda h: h.example)
def test_what_the_hints_are_about_is_cypher_of_neo4j(engines, hint):
    if not hint.example.startswith("CALL db."):  # procedures cannot be explained
        engines[1].run(Query(f"EXPLAIN {hint.example}", {"name": "SDXL", "empty": []}))


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (n:Model)",
        "MATCH (n:Model) SET n.name = 'x'",
        "MATCH (n:Model) DETACH DELETE n",
        "MATCH (n:Model) MERGE (m:Model {id: 'y'})",
        "MATCH (n:Model) CALL (n) { SET n.name = 'x' } RETURN n",
        "MATCH (n:Model) RETURN n; MATCH (n) DETACH DELETE n",
        "CREATE INDEX x FOR (n:Model) ON (n.x)",
        "PROFILE MATCH (n:Model) SET n.name = 'x'",
        "CALL db.createLabel('x')",
    ],
)
def test_nothing_can_be_written(engines, cypher):
    server = engines[1]
    before = server.run(Query("MATCH (n) RETURN count(n), min(n.name), max(n.name)", {})).rows
    with pytest.raises(QueryError):
        server.run(Query(cypher, {}))
    assert server.run(Query("MATCH (n) RETURN count(n), min(n.name), max(n.name)", {})).rows == before


def test_time_and_rows_are_limited(engines):
    server = engines[1]
    with pytest.raises(QueryTimeoutError, match="--timeout"):
        server.run(
            Query("UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN max(a * b)", {}, timeout=0.5)
        )
    result = server.run(Query("UNWIND range(1, 10) AS x RETURN x", {}, limit=3))
    assert (result.rows, result.cut) == (((1,), (2,), (3,)), True)


def test_a_mistake_is_one_sentence(engines):
    with pytest.raises(QueryError, match=r"not understood: .*RETRN") as told:
        engines[1].run(Query("MATCH (n) RETRN n", {}))
    assert "\n" not in str(told.value)
    with pytest.raises(QueryError, match="add -p x="):
        engines[1].run(Query("RETURN $x", {}))


def test_the_command_line_asks_the_server(engines, monkeypatch, tmp_path):
    server = engines[1].server
    monkeypatch.setenv("NEO4J_URI", server.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", server.password)
    done = CliRunner().invoke(main, ["-g", str(tmp_path), "query", "@neighbours", "扩散模型", "--json", "-n", "2"])
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.stdout)) == 2
    done = CliRunner().invoke(main, ["-g", str(tmp_path), "shell"], input="MATCH (n {name: 'CLIP'}) RETURN n.id;\n")
    assert "model:clip" in done.stdout
    monkeypatch.setenv("NEO4J_PASSWORD", "wrong-password")
    done = CliRunner().invoke(main, ["query", "RETURN 1"])
    assert done.exit_code != 0
    assert "refuses the user" in done.stderr
    assert "wrong-password" not in done.output


def test_several_graphs_in_one_database_are_told(neo4j_server, engines, sample_folder):
    server = engines[1].server
    add = "UNWIND ['one', 'two'] AS name CREATE (:KgGraph {name: name})"
    engines[1]._driver.execute_query(add, database_="neo4j")
    other = connect(sample_folder, uri=server.uri, password=server.password, database=server.database)
    (note,) = other.run(Query("RETURN 1", {})).notes
    assert "one, two" in note
    other.close()
    engines[1]._driver.execute_query("MATCH (g:KgGraph) DELETE g", database_="neo4j")


def test_no_database_of_that_name(neo4j_server, sample_folder):
    with pytest.raises(NoDatabaseError, match="no database nowhere"):
        connect(sample_folder, uri=neo4j_server.uri, password=neo4j_server.password, database="nowhere")
