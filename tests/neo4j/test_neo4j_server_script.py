"""The script that gets, starts and stops a server: what it does without one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "neo4j_server.py"


def run(*arguments, **environment):
    command = [sys.executable, SCRIPT, *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)


def tool(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_without_java_one_sentence_says_how_to_get_it(tmp_path):
    done = run("get", PATH=str(tmp_path), JAVA_HOME="")
    assert done.returncode == 1
    assert "Java 17 or 21" in done.stderr
    assert "apt-get install" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_old_java_is_named(tmp_path):
    tool(tmp_path, "java", "echo 'openjdk version \"11.0.2\"' >&2")
    done = run("get", PATH=str(tmp_path), JAVA_HOME="")
    assert str(tmp_path / "java") in done.stderr


def test_without_maven_one_sentence_says_how_to_get_it(tmp_path):
    tool(tmp_path, "java", "echo 'openjdk version \"21.0.2\"' >&2")
    done = run("get", PATH=str(tmp_path), JAVA_HOME="", KG_NEO4J_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 1
    assert "install maven" in done.stderr
    assert not list((tmp_path / "cache").glob("*"))


def test_a_failed_download_leaves_nothing_behind(tmp_path):
    tool(tmp_path, "java", "echo 'openjdk version \"17.0.2\"' >&2")
    tool(tmp_path, "mvn", "echo no network; exit 1")
    done = run("get", PATH=str(tmp_path), JAVA_HOME="", KG_NEO4J_CACHE=str(tmp_path / "cache"))
    assert "Maven cannot fetch Neo4j" in done.stderr
    assert "no network" in done.stderr
    assert not list((tmp_path / "cache").glob("*"))


def test_the_jars_are_fetched_once(tmp_path):
    tool(tmp_path, "java", "echo 'openjdk version \"17.0.2\"' >&2")
    fetch = 'echo >> "$CALLS"; for a in "$@"; do case $a in -DoutputDirectory=*) mkdir "${a#*=}";; esac; done'
    tool(tmp_path, "mvn", fetch)
    calls = tmp_path / "calls"
    place = {"JAVA_HOME": "", "KG_NEO4J_CACHE": str(tmp_path / "cache"), "CALLS": str(calls)}
    for _ in range(2):
        done = run("get", PATH=f"{tmp_path}:/bin:/usr/bin" if _ == 0 else str(tmp_path), **place)
        assert done.stdout.strip() == str(tmp_path / "cache" / "neo4j-5.26.29"), done.stderr
    assert calls.read_text() == "\n"


@pytest.mark.parametrize(("version", "expected"), [("5.26.29", "CommunityEntryPoint"), ("2025.10.1", "Neo4jCommunity")])
def test_newer_servers_start_with_another_class(server_script, version, expected):
    assert server_script.main_class(version).endswith(expected)


def test_the_configuration_listens_on_this_machine_only(server_script, tmp_path):
    text = server_script.configuration(tmp_path, 7690)
    assert "server.bolt.listen_address=127.0.0.1:7690\n" in text
    assert "server.http.enabled=false" in text
    assert "usage_report.enabled=false" in text


DOCKER = """
echo "$@" >> "$KG_DOCKER_CALLS"
case $1 in
ps) cat "$KG_DOCKER_CALLS" | grep -q "^kill\\|^stop" || echo 0123456789ab;;
run) test -n "$NEO4J_AUTH" || test "$2" = --rm;;
esac
"""


def test_with_docker_the_password_stands_on_no_command_line(server_script, tmp_path, monkeypatch):
    tool(tmp_path, "docker", DOCKER)
    calls = tmp_path / "calls"
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setenv("KG_DOCKER_CALLS", str(calls))
    monkeypatch.setattr(server_script, "wait_until_ready", lambda server: None)
    server = server_script.new_server(tmp_path / "data")
    assert isinstance(server, server_script.DockerServer)
    server.start()
    assert server.alive()
    server.admin("database", "import", "full", "neo4j", "--nodes=Paper=p.csv", folder=tmp_path / "csv")
    server.remove()
    assert not server.alive()
    said = calls.read_text()
    assert server.password not in said
    assert f"--publish 127.0.0.1:{server.port}:7687" in said
    assert f"--workdir {tmp_path / 'csv'}" in said
    assert "neo4j-admin database import full neo4j --nodes=Paper=p.csv" in said
    assert f"kill {server.name}" in said


@pytest.mark.neo4j
def test_a_command_gets_a_server_for_as_long_as_it_runs(neo4j_server, tmp_path):
    ask = (
        "import os, neo4j\n"
        "auth = (os.environ['NEO4J_USERNAME'], os.environ['NEO4J_PASSWORD'])\n"
        "with neo4j.GraphDatabase.driver(os.environ['NEO4J_URI'], auth=auth) as driver:\n"
        "    print(driver.execute_query('RETURN 42 AS n').records[0]['n'], os.environ['NEO4J_URI'])\n"
        "raise SystemExit(3)"
    )
    done = run("run", "--", sys.executable, "-c", ask, NEO4J_PASSWORD="", TMPDIR=str(tmp_path))
    assert done.returncode == 3, done.stderr
    answer, uri = done.stdout.split()
    assert answer == "42"
    assert uri != neo4j_server.uri
    assert not list(tmp_path.glob("kg-neo4j-*"))
