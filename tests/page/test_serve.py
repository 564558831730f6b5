from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from kg.pipeline import build
from kg.serve import Site, server
from kg.store import Graph, Selection, open_graph


@pytest.fixture
def port(tiny: Graph) -> Iterator[int]:
    """The port of a running server."""
    with server(tiny.select(Selection()), port=0, limit=100) as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running.server_port
        running.shutdown()
        thread.join()


def ask(port: int, target: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, target, headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body, {name.lower(): value for name, value in response.getheaders()}


def test_the_whole_and_a_neighbourhood(port: int) -> None:
    status, whole, headers = ask(port, "/")
    assert status == 200 and headers["content-type"] == "text/html; charset=utf-8"
    assert "connect-src 'self'" in whole
    status, around, _ = ask(port, "/?focus=model:stablediffusion&hops=1")
    assert status == 200 and len(around) < len(whole)
    assert ask(port, "/?focus=%E6%89%A9%E6%95%A3%E6%A8%A1%E5%9E%8B")[0] == 200


@pytest.mark.parametrize(
    ("query", "first"),
    [("sdxl", "Stable Diffusion XL"), ("%E6%89%A9%E6%95%A3", "diffusion model"), ("stable", "Stable Diffusion")],
)
def test_search_answers_from_the_store(port: int, query: str, first: str) -> None:
    status, body, _ = ask(port, f"/search?q={query}")
    assert status == 200 and json.loads(body)[0]["name"] == first


def test_search_of_nothing_finds_nothing(port: int) -> None:
    assert [json.loads(ask(port, f"/search?q={q}")[1]) for q in ("", "%20", "%25", "zqzqzq")] == [[], [], [], []]


def test_what_is_not_there_is_said(port: int) -> None:
    assert ask(port, "/?focus=Nothing%20Like%20It")[0] == 404
    assert ask(port, "/?focus=model:stablediffusion&hops=99")[0] == 400
    assert ask(port, "/../../etc/passwd")[0] == 404
    assert ask(port, "/?focus=x'%3BDROP%20TABLE%20edge--")[0] == 404


def test_nothing_can_be_written(port: int) -> None:
    assert {ask(port, "/", method)[0] for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS")} == {501}
    assert ask(port, "/", "HEAD")[1] == ""


def test_another_sites_name_for_this_machine_is_refused(port: int) -> None:
    assert ask(port, "/", Host=f"attacker.example:{port}")[0] == 403
    assert ask(port, "/", Host=f"localhost:{port}")[0] == 200
    headers = ask(port, "/")[2]
    assert headers["x-frame-options"] == "DENY" and "access-control-allow-origin" not in headers


def test_kg_serve_listens_on_loopback_and_ends_on_an_interrupt(tiny_folder: Path) -> None:
    command = [sys.executable, "-m", "kg", "serve", "-g", str(tiny_folder), "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        line = process.stderr.readline() if process.stderr else ""
        assert line.startswith("http://127.0.0.1:")
        assert ask(int(line.split(":")[2].split("/")[0]), "/search?q=sdxl")[0] == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


@pytest.mark.browser
def test_the_page_asks_its_server_for_what_it_lacks(port: int, chromium: object) -> None:
    page = chromium.new_page(locale="en-US")  # type: ignore[attr-defined]
    page.goto(f"http://127.0.0.1:{port}/?focus=task:personalization&hops=1")
    page.wait_for_selector("body[data-ready]")
    assert page.text_content("#panel-name") == "personalization"
    page.fill("#search", "sdxl")
    page.wait_for_selector("#hits .far")
    page.press("#search", "Enter")
    page.wait_for_selector("#panel-name:text('Stable Diffusion XL')")
    assert page.url.endswith("?focus=model%3Astablediffusionxl")
    page.close()


def test_a_graph_that_was_built_again_is_shown_without_a_restart(tmp_path: Path) -> None:
    digests, folder = tmp_path / "in", tmp_path / "graph"
    digests.mkdir()
    entry = "# Topic: Image Generation｜\n\n## {0}: A Model\n\n2024.01.2{1}｜NTU\n\n本文提出了名为{0}的图像恢复模型。\n"
    (digests / "one.md").write_text(entry.format("RestoA", 1), encoding="utf-8")
    build([str(digests)], folder, jobs=1).graph.close()
    site = Site(open_graph(folder), limit=100, hops=1)
    assert json.loads(site.answer("/search?q=RestoB").body) == []
    first = site.answer("/").body
    (digests / "two.md").write_text(entry.format("RestoB", 2), encoding="utf-8")
    build([str(digests)], folder, jobs=1).graph.close()
    assert json.loads(site.answer("/search?q=RestoB").body)[0]["name"] == "RestoB"
    assert site.answer("/").body != first
