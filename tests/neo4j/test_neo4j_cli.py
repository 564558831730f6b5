"""`kg export neo4j` and `kg export neo4j-csv` as a user runs them."""

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.neo4j

WRONG = "hunter2-is-wrong"


@pytest.fixture
def kg(neo4j, tiny_folder):
    """Run kg on a small graph with the server's address and password in the environment."""

    def run(*arguments, **environment):
        place = {"NEO4J_URI": neo4j.server.uri, "NEO4J_PASSWORD": neo4j.server.password, "KG_GRAPH": str(tiny_folder)}
        command = [sys.executable, "-m", "kg", *arguments]
        return subprocess.run(
            command,
            env={**os.environ, **place, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    return run


def last_line(done) -> str:
    return done.stdout.splitlines()[-1]


def test_a_load_ends_with_a_table_and_a_second_one_changes_nothing(kg, neo4j):
    first = kg("export", "neo4j")
    assert (first.returncode, first.stderr) == (0, "")
    rows = [line.split() for line in first.stdout.splitlines()]
    assert rows[0] == ["kind", "type", "created", "updated", "deleted", "unchanged", "total"]
    assert ["node", "Paper", "4", "0", "0", "0", "4"] in rows
    assert ["relationship", "USES", "4", "0", "0", "0", "4"] in rows
    assert "holds the graph 'kg': 11 nodes, 11 relationships" in last_line(first)
    before = neo4j.content()
    assert last_line(kg("export", "neo4j")) == "nothing had changed"
    assert neo4j.content() == before
    assert kg("export", "neo4j", "-q").stdout == ""


def test_a_selection_is_what_the_server_holds(kg, neo4j):
    kg("export", "neo4j", "--mentions")
    assert neo4j.value("MATCH ()-[r:MENTIONS]->() RETURN count(r)") == 1
    assert "--dry-run" in last_line(kg("export", "neo4j", "--type", "Dataset", "--dry-run"))
    kg("export", "neo4j", "--type", "Dataset")
    assert neo4j.query("MATCH (n:Entity) RETURN DISTINCT labels(n) AS l ORDER BY l") == [
        [["Entity", "Dataset"]],
        [["Entity", "Paper"]],
    ]
    empty = kg("export", "neo4j", "--since", "2099")
    assert empty.returncode == 2
    assert neo4j.value("MATCH (n:Entity) RETURN count(n)") == 2


@pytest.mark.parametrize("verbose", [[], ["-v"]])
def test_the_password_is_shown_nowhere(kg, verbose):
    done = kg("export", "neo4j", *verbose, NEO4J_PASSWORD=WRONG)
    assert done.returncode == 8
    assert done.stderr.startswith("Error: the server at bolt://127.0.0.1:")
    assert WRONG not in done.stdout + done.stderr


def test_a_password_on_the_command_line_is_refused(kg):
    done = kg("export", "neo4j", "--password", WRONG)
    assert done.returncode == 2
    assert "NEO4J_PASSWORD" in done.stderr
    assert "--password" not in kg("export", "neo4j", "--help").stdout


def test_what_is_wrong_is_one_line_and_an_exit_code(kg):
    for arguments, code, said in (
        (["--database", "nowhere"], 8, "no database nowhere"),
        (["--uri", "bolt://127.0.0.1:1"], 8, "no Neo4j server answers"),
        (["--uri", "ftp://there"], 2, "no address of a Neo4j server"),
        (["--graph-name", ""], 2, "--graph-name"),
    ):
        done = kg("export", "neo4j", *arguments)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (code, "", 1)
        assert said in done.stderr


def test_ctrl_c_is_one_line_and_130(kg, neo4j, tiny_folder):
    neo4j.query("MERGE (g:KgGraph {name: 'kg'}) SET g.run = 'x', g.lease = timestamp() + 600000, g.holder = 'nobody'")
    place = {"NEO4J_URI": neo4j.server.uri, "NEO4J_PASSWORD": neo4j.server.password, "KG_GRAPH": str(tiny_folder)}
    command = [sys.executable, "-m", "kg", "export", "neo4j"]
    with subprocess.Popen(command, env={**os.environ, **place}, stderr=subprocess.PIPE, text=True) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(4)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "run the same command again" in said
    assert len(said.splitlines()) == 1


def test_the_import_command_is_printed(kg, tmp_path):
    done = kg("export", "neo4j-csv", "-o", str(tmp_path / "import"))
    assert done.returncode == 0
    assert f"sh {tmp_path / 'import' / 'import.sh'} neo4j" in done.stdout
    assert "--relationships=USES=relationships-USES.csv" in (tmp_path / "import" / "import.sh").read_text()
