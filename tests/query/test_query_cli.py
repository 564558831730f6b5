"""`kg query` and `kg shell` as a user runs them."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from kg.cli import main

COUNT = "MATCH (p:Paper) RETURN count(*) AS papers"


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    for name in ("NEO4J_URI", "NEO4J_PASSWORD", "KG_QUERIES", "KG_GRAPH"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def kg(engine, tiny_folder):
    def run(*arguments, stdin=None, code=0):
        done = CliRunner().invoke(main, ["-g", str(tiny_folder), *arguments], input=stdin)
        assert done.exit_code == code, done.output
        return done

    return run


def real(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "kg", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    )


def test_a_table_is_on_standard_output_and_remarks_on_standard_error(kg):
    done = kg("query", "MATCH (p:Paper) RETURN p.id AS id ORDER BY id", "-n", "2")
    assert done.stdout.split("\n")[0] == "id"
    assert len(done.stdout.splitlines()) == 3
    assert "only the first 2 rows" in done.stderr
    assert kg("query", "MATCH (p:Paper) RETURN p.id AS id", "-n", "2", "-q").stderr == ""
    assert kg("query", "MATCH (p:Paper {id: 'x'}) RETURN p.id").stderr == "no rows\n"


def test_json_and_csv(kg):
    assert json.loads(kg("query", COUNT, "--json").stdout) == [{"papers": 4}]
    done = kg("query", "MATCH (m:Method) RETURN m.name_zh AS name, m.aliases AS aliases", "--csv")
    ((name, aliases),) = list(csv.reader(io.StringIO(done.stdout)))[1:]
    assert (name, "扩散-模型" in json.loads(aliases)) == ("扩散模型", True)


def test_parameters(kg):
    done = kg(
        "query",
        "MATCH (m {name: $name}) RETURN m.id AS id, $n + 1 AS n",
        "-p",
        "name=Stable Diffusion",
        "-p",
        "n=4",
        "--json",
    )
    assert json.loads(done.stdout) == [{"id": "model:stablediffusion", "n": 5}]


def test_a_query_by_name(kg, tmp_path):
    for arguments in (["stable-diffusion"], ["-p", "what=Stable Diffusion"]):
        (row,) = json.loads(kg("query", "@papers-using", *arguments, "--json").stdout)
        assert row["title_zh"] == "为扩散模型添加条件控制"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "count.cypher").write_text(f"// How many.\n{COUNT}", encoding="utf-8")
    assert json.loads(kg("query", "@count", "--queries", str(tmp_path / "mine"), "--json").stdout) == [{"papers": 4}]
    assert "How many." in kg("query", "--list", "--queries", str(tmp_path / "mine")).stdout


def test_the_list_and_the_text(kg):
    assert "@papers-using" in kg("query", "--list").stdout
    listed = json.loads(kg("query", "--list", "--json").stdout)
    assert {"name", "summary", "details", "parameters", "file"} == set(listed[0])
    assert "RETURN" in kg("query", "@papers-using", "--text").stdout


def test_names_are_completed_in_the_shell_of_the_system(monkeypatch):
    monkeypatch.setenv("_KG_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "kg query @papers")
    monkeypatch.setenv("COMP_CWORD", "2")
    done = CliRunner().invoke(main, prog_name="kg")
    assert "@papers-using" in done.output


def test_a_query_from_standard_input(kg):
    assert json.loads(kg("query", "-", "--json", stdin=COUNT + ";\n").stdout) == [{"papers": 4}]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "there is no query"),
        (["MATCH (n:Modle) RETURN n"], 9, "perhaps Model"),
        (["MATCH (n) SET n.name = 'x'"], 9, "only reads"),
        (["MATCH p = shortestPath((a)-[*]-(b)) RETURN p"], 9, "SHORTEST"),
        (["RETURN $x"], 9, "add -p x=VALUE"),
        (["RETURN $x", "-p", "x=99999999999999999999"], 2, "beyond 64 bits"),
        (["RETURN $x", "-p", 'x=[1, "a"]'], 9, "cannot take"),
        (["RETURN 1", "extra"], 2, "one word too many"),
        (["@papers-usin"], 2, "perhaps @papers-using"),
        (["@papers-using", "Stabel Difusion"], 4, "nearest names"),
        (["@papers-using", "-p", "nope=1"], 2, "no parameter 'nope'"),
        (["RETURN 1", "-p", "nonsense"], 2, "NAME=VALUE"),
        (["RETURN 1", "--queries", "nowhere", "--list"], 2, "no folder of queries"),
        (["RETURN 1", "--uri", "http://x"], 2, "no address of a Neo4j server"),
        (
            ["UNWIND range(1, 200000) AS a UNWIND range(1, 200000) AS b RETURN max(a * b)", "--timeout", "0.2"],
            9,
            "--timeout",
        ),
    ],
)
def test_errors_are_one_line_with_an_exit_code(kg, arguments, code, said):
    done = kg("query", *arguments, code=code)
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_without_a_graph_it_says_so(tmp_path):
    done = CliRunner().invoke(main, ["-g", str(tmp_path), "query", "RETURN 1"])
    assert done.exit_code == 3
    assert "kg build" in done.stderr


def test_the_graph_is_asked_when_told_so_whatever_the_environment_says(kg, monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    assert json.loads(kg("query", COUNT, "--json", "--embedded").stdout) == [{"papers": 4}]
    done = kg("query", COUNT, code=8)
    assert "no Neo4j server answers at bolt://127.0.0.1:1" in done.stderr


def test_a_shell_without_a_terminal_reads_its_input(kg):
    done = kg("shell", stdin=":format csv\nMATCH (p:Paper)\nRETURN count(*) AS papers;\n@venues\n")
    assert done.stdout.splitlines()[:2] == ["papers", "4"]
    assert "only reads" in kg("shell", stdin="CREATE (n);", code=9).stderr


def test_chinese_in_and_out_where_the_locale_knows_none(tiny_folder):
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    process = real("-g", str(tiny_folder), "shell", env=environment)
    out, err = process.communicate("MATCH (m {name_zh: '扩散模型'}) RETURN m.name_zh AS `名称`;", timeout=120)
    assert (process.returncode, out.split()) == (0, ["名称", "扩散模型"]), err


def test_ctrl_c_ends_a_query_that_runs(tiny_folder):
    process = real("-g", str(tiny_folder), "query", "-", "--timeout", "0")
    process.stdin.write("UNWIND range(1, 200000) AS a UNWIND range(1, 200000) AS b RETURN max(a * b)")
    process.stdin.close()
    process.stdin = None
    while not list(tiny_folder.glob("query-*.lbug")):
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
