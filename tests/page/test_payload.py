from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from graphs import PAYLOADS, hostile, small
from hypothesis import given
from hypothesis import strategies as st

import kg.page
from kg.page import page
from kg.page.payload import payload
from kg.page.pinyin import pinyin

ISLAND = re.compile(r'<script type="application/octet-stream" id="([a-z0-9-]+)">([A-Za-z0-9+/=]*)</script>')


def islands(text: str) -> dict[str, Any]:
    return {name: json.loads(zlib.decompress(base64.b64decode(data))) for name, data in ISLAND.findall(text)}


@pytest.fixture(scope="module")
def text() -> str:
    return "".join(page(payload(*small(), total=40)))


def test_columns_are_as_long_as_there_are_nodes_and_edges(text: str) -> None:
    graph = islands(text)["graph"]
    nodes, edges = small()
    assert {len(column) for column in graph["node"].values()} == {len(nodes)}
    assert {len(column) for column in graph["edge"].values()} == {len(edges)}
    assert graph["node"]["id"] == [node.id for node in nodes]
    assert graph["edge"]["source"] == sorted(graph["edge"]["source"])
    assert graph["about"]["papers"] == 6 and graph["about"]["total"] == 40
    assert graph["days"] == sorted(graph["days"])


def test_a_block_has_each_text_once_and_offsets_in_utf16(text: str) -> None:
    found = islands(text)
    graph, block = found["graph"], found["details-0"]
    assert len(set(block["texts"])) == len(block["texts"])
    proposes = graph["relations"].index("PROPOSES")
    marked = {}
    for number, (_, _, numbers) in block["edges"].items():
        sentence, start, end = block["texts"][numbers[0]], numbers[1], numbers[2]
        units = sentence.encode("utf-16-le")
        if graph["edge"]["type"][int(number)] == proposes:
            marked[units[2 * start : 2 * end].decode("utf-16-le")] = sentence
    assert marked.keys() == {"Stable Diffusion", "ControlNet", "SDXL"}
    assert marked["ControlNet"].startswith("𝒞")


def test_the_policy_allows_the_page_itself_and_nothing_else(text: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["connect-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        (content,) = re.findall(pattern, text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"
    assert "connect-src 'self'" in "".join(page(payload(*small()), served=True))


def test_the_script_builds_no_markup_and_runs_no_text(text: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "http://",
        "//cdn",
    ):
        assert way not in script.replace("http://www.w3.org/2000/svg", "").replace(
            "http://graphml.graphdrawing.org", ""
        )


def test_tags_are_closed_and_ids_are_single(text: str) -> None:
    void = {"meta", "input", "link", "br"}

    class Checker(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.stack: list[str] = []
            self.ids: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in void:
                self.stack.append(tag)
            self.ids += [value or "" for name, value in attrs if name == "id"]

        def handle_endtag(self, tag: str) -> None:
            assert self.stack.pop() == tag

    checker = Checker()
    checker.feed(text)
    assert not checker.stack
    assert len(set(checker.ids)) == len(checker.ids)
    assert text.startswith("<!doctype html>\n<html lang=")


def test_hostile_texts_go_through_unchanged_but_never_into_the_markup() -> None:
    text = "".join(page(payload(*hostile())))
    assert "hacked" not in text
    names = islands(text)["graph"]["node"]["name"]
    assert set(PAYLOADS[:12]) <= set(names)


def test_the_bytes_do_not_depend_on_the_run(tmp_path: Path, text: str) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from graphs import small\n"
        "from kg.page import page; from kg.page.payload import payload\n"
        "sys.stdout.buffer.write(''.join(page(payload(*small(), total=40))).encode())\n"
    )
    command = [sys.executable, "-X", "utf8=0", "-c", script, str(Path(__file__).parent)]
    environment = {"PYTHONHASHSEED": "11", "LC_ALL": "C", "PATH": ""}
    made = subprocess.run(command, check=True, capture_output=True, env=environment)
    assert made.stdout == text.encode()


def test_the_template_was_built_from_the_source_beside_it(text: str) -> None:
    digest = hashlib.sha256()
    source = Path(kg.page.__file__).with_name("src")
    for path in sorted(source.iterdir(), key=lambda path: path.name):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    assert f"built from {digest.hexdigest()[:16]}" in text, "run `make page`"


def test_an_empty_graph_makes_a_page() -> None:
    graph = islands("".join(page(payload([], []))))["graph"]
    assert graph["node"]["id"] == [] and graph["edge"]["source"] == []


def test_pinyin_knows_words() -> None:
    assert pinyin("重建") == "chong jian"
    assert pinyin("CLIP 模型-v2") == "clip mo xing v2"
    assert pinyin("only Latin") == ""


@given(st.text(max_size=20))
def test_pinyin_is_latin_words(name: str) -> None:
    assert re.fullmatch(r"[a-zêḿńňǹü0-9 ]*", pinyin(name))
