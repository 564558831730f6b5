"""`kg build --pipeline llm` as a whole: cache, order, cost, and what is left out."""

import hashlib
import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from llm_kit import completion, entry_of

from kg import work
from kg.cli import main
from kg.extract.llm import LlmExtractor
from kg.pipeline import build
from kg.store import open_graph

KEY = "sk-very-secret"
ENTRY = (
    "## {name}: Restoring Images Number {n}\n\n2024.01.24｜NTU\n\n本文提出了{name}，用于图像恢复，并在DIV2K上评估。\n\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with three digests of two papers each in `in/`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KG_LLM_API_KEY", KEY)
    (tmp_path / "in").mkdir()
    for n in range(3):
        text = "# Topic: Image Generation｜\n\n" + "".join(ENTRY.format(name=f"Resto{c}{n}", n=f"{n}{c}") for c in "AB")
        (tmp_path / "in" / f"{n}.md").write_text(text, encoding="utf-8")
    return tmp_path


def named(body, n=0):
    """An answer that names what the entry proposes, and something that it does not have."""
    name = body["messages"][-1]["content"].partition("[1] ")[2].partition(":")[0]
    return completion(([name, "GhostNet"], "Model", [("PROPOSES", 2)]), (["DIV2K"], "Dataset", [("EVALUATED_ON", 2)]))


def bytes_of(graph):
    return {
        str(p.relative_to(graph)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(Path(graph).rglob("*"))
        if p.is_file() and p.relative_to(graph).parts[0] not in ("cache", "build.lock")
    }


def all_bytes(folder):
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


def test_the_graph_the_report_and_the_second_build(endpoint, folder, monkeypatch):
    monkeypatch.setenv("KG_LLM_INPUT_PRICE", "2")
    monkeypatch.setenv("KG_LLM_OUTPUT_PRICE", "10")
    endpoint.answer = named
    run = CliRunner().invoke(main, ["build", "in", "-g", "g", "--pipeline", "llm"])
    assert run.exit_code == 0, run.output
    assert "6 papers from 3 files" in run.output
    assert "6 names that the text does not have" in run.output
    assert "asked tester: 6 requests, 0 answers known before, 6,000 tokens in, 600 out, cost 0.0180" in run.output
    with open_graph(Path("g")) as graph:
        assert sum(n.type == "Model" and n.name.startswith("Resto") for n in graph.nodes()) == 6
        assert {d.text for d in graph.dropped() if d.reason == "invented"} == {"GhostNet"}
    before = bytes_of("g")

    # Nothing new: nothing is asked, and the report is the same but for what it cost.
    run = CliRunner().invoke(main, ["build", "in", "-g", "g", "--pipeline", "llm"])
    assert "6 names that the text does not have" in run.output
    assert "asked" not in run.output

    # From nothing, with all answers on disk.
    monkeypatch.delenv("KG_LLM_API_KEY")
    work._extractor.cache_clear()
    run = CliRunner().invoke(main, ["build", "in", "-g", "other", "--pipeline", "llm", "--json"])
    assert json.loads(run.output)["usage"] == {
        "model": "tester",
        "requests": 0,
        "cached": 6,
        "input_tokens": 0,
        "output_tokens": 0,
        "cost": 0.0,
    }
    assert bytes_of("other") == bytes_of("g") == before
    assert len(endpoint.bodies) == 6
    assert KEY.encode() not in all_bytes(folder)


def test_no_cost_without_prices(endpoint):
    endpoint.answer = named
    run = CliRunner().invoke(main, ["build", "in", "-g", "g", "--pipeline", "llm"])
    assert "600 out\n" in run.output


def test_the_order_of_answers_does_not_matter(endpoint, monkeypatch):
    endpoint.answer = named
    build(["in"], Path("g1"), pipeline="llm")
    # The first are the last to be answered.
    monkeypatch.setenv("KG_LLM_CACHE", "cold")
    monkeypatch.setenv("KG_LLM_CONCURRENCY", "3")
    work._extractor.cache_clear()
    endpoint.answer = lambda body, n: time.sleep(0.3 / n) or named(body)
    build(["in"], Path("g2"), pipeline="llm")
    assert bytes_of("g1") == bytes_of("g2")


def test_requests_run_side_by_side_and_no_more_than_are_allowed(endpoint, monkeypatch):
    monkeypatch.setenv("KG_LLM_CONCURRENCY", "3")
    lock, at_once, most = threading.Lock(), [0], [0]

    def answer(body, n):
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.2)
        with lock:
            at_once[0] -= 1
        return completion()

    endpoint.answer = answer
    entries = [entry_of(f"Paper {n}", line=n) for n in range(1, 20)]
    assert [e.source.line for e in LlmExtractor().extract_all(entries)] == list(range(1, 20))
    assert most == [3]


def test_progress_counts_entries(endpoint):
    seen = []
    endpoint.answer = named
    build(["in"], Path("g"), pipeline="llm", progress=lambda *at: seen.append(at))
    assert [at for at in seen if at[0] == "extracting"] == [("extracting", n, 6) for n in range(1, 7)]


def test_a_build_that_breaks_off_goes_on_where_it_stopped(endpoint, monkeypatch):
    monkeypatch.setenv("KG_LLM_RETRIES", "0")
    monkeypatch.setenv("KG_LLM_CONCURRENCY", "1")
    endpoint.answer = lambda body, n: named(body) if n <= 4 else (503, {}, "")
    run = CliRunner().invoke(main, ["build", "in", "-g", "g", "--pipeline", "llm"])
    assert run.exit_code == 11
    assert KEY not in run.output
    endpoint.answer = named
    usage = build(["in"], Path("g"), pipeline="llm").usage
    assert (usage.requests, usage.cached) == (2, 0)
    usage = build(["in"], Path("another"), pipeline="llm").usage
    assert (usage.requests, usage.cached) == (0, 6)
    assert bytes_of("g") == bytes_of("another")


def test_ctrl_c_ends_a_build_at_once(endpoint, folder):
    endpoint.answer = lambda body, n: time.sleep(60)
    command = [sys.executable, "-m", "kg", "build", "in", "-g", "g", "--pipeline", "llm"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while not endpoint.bodies and time.monotonic() < end:
        time.sleep(0.05)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert "interrupted" in process.communicate(timeout=50)[1]
    assert process.returncode == 130
    assert time.monotonic() - sent < 15


@pytest.mark.parametrize(
    ("name", "value"),
    [("KG_LLM_MODEL", "other"), ("KG_LLM_OPTIONS", '{"temperature": 1}'), ("KG_LLM_BASE_URL", "http://127.0.0.1:9/v1")],
)
def test_what_changes_answers_changes_the_version(endpoint, monkeypatch, name, value):
    before = LlmExtractor().version
    assert "tester" in before
    monkeypatch.setenv(name, value)
    assert LlmExtractor().version != before


@pytest.mark.parametrize(
    ("name", "value"),
    [("KG_LLM_API_KEY", "other"), ("KG_LLM_CONCURRENCY", "1"), ("KG_LLM_TIMEOUT", "9"), ("KG_LLM_INPUT_PRICE", "1")],
)
def test_what_does_not_does_not(endpoint, monkeypatch, name, value):
    before = LlmExtractor().version
    monkeypatch.setenv(name, value)
    assert LlmExtractor().version == before


def test_a_broken_answer_on_disk_is_asked_for_again(endpoint, tmp_path):
    endpoint.answer = named
    build(["in"], Path("g1"), pipeline="llm")
    for path in (tmp_path / "answers").rglob("*.json"):
        path.write_bytes(path.read_bytes()[:40])
    assert build(["in"], Path("g2"), pipeline="llm").usage.requests == 6
    assert bytes_of("g1") == bytes_of("g2")


def test_no_endpoint_named(monkeypatch):
    run = CliRunner().invoke(main, ["build", "in", "-g", "g", "--pipeline", "llm"])
    assert run.exit_code == 2
    assert "KG_LLM_BASE_URL and KG_LLM_MODEL are not set" in run.output
    assert CliRunner().invoke(main, ["stats", "-g", "g"]).exit_code == 3
