"""Names and sentences that are markup stay text, wherever they stand."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from graphs import PAYLOADS, Visit, hostile
from test_view import _saved

from kg.export.base import clean
from kg.page import page
from kg.page.payload import payload

pytestmark = pytest.mark.browser


def _is_clean(found: Visit) -> None:
    assert found.page.evaluate("window.hacked") is None
    assert found.page.locator("img, iframe, object, embed, form").count() == 0
    assert found.page.locator("script:not([type])").count() == 1
    handlers = found.page.evaluate(
        "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
        ".filter(a => a.name.startsWith('on')).length"
    )
    assert handlers == 0
    links = found.page.evaluate("[...document.querySelectorAll('a')].map(a => a.protocol)")
    assert set(links) <= {"https:", "http:"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_payload_stays_text(visit: Callable[..., Visit], hostile_page: Path, lang: str) -> None:
    found = visit(hostile_page, hash=f"#view=list&lang={lang}")
    _is_clean(found)
    names = found.names()
    nodes = hostile()[0]
    assert len(names) == len(nodes)
    for i, node in enumerate(nodes):
        wanted = clean(node.name if node.type == "Paper" else node.attributes[f"name_{lang}"])
        assert wanted in names
        found.page.evaluate("(id) => { location.hash = new URLSearchParams({node: id}).toString(); }", clean(node.id))
        found.until("document.querySelectorAll('#panel mark').length > 0")
        assert found.page.locator("#panel mark").first.text_content() == clean(PAYLOADS[i // 2])
        _is_clean(found)


def test_search_and_hover_show_text(visit: Callable[..., Visit], hostile_page: Path) -> None:
    found = visit(hostile_page)
    found.page.fill("#search", "hacked")
    found.page.wait_for_selector("#hits [role=option]")
    _is_clean(found)
    for x in range(300, 1200, 60):
        found.page.mouse.move(x, 400)
    _is_clean(found)


def test_saved_files_are_safe(visit: Callable[..., Visit], hostile_page: Path) -> None:
    found = visit(hostile_page)
    drawing = ElementTree.fromstring(_saved(found, "svg"))  # noqa: S314
    kinds = {element.tag.rpartition("}")[2] for element in drawing.iter()}
    assert kinds <= {"svg", "title", "rect", "g", "path", "circle", "text"}
    graph = ElementTree.fromstring(_saved(found, "graphml"))  # noqa: S314
    assert len(list(graph.iter("{http://graphml.graphdrawing.org/xmlns}node"))) == 2 * len(PAYLOADS)
    rows = list(csv.reader(io.StringIO(_saved(found, "csv").decode("utf-8-sig"))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-"))]


def test_the_file_itself_holds_no_text_of_the_graph() -> None:
    nodes, edges = hostile()
    text = "".join(page(payload(nodes, edges)))
    assert "hacked" not in text and "onerror" not in text
