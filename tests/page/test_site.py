from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from graphs import PAYLOADS, hostile, small

from kg.export.site import export
from kg.records import Edge, Node


class Memory:
    """A graph in memory."""

    manifest: dict[str, Any] = {}  # noqa: RUF012 - never changed

    def __init__(self, nodes: list[Node], edges: list[Edge]) -> None:
        self.nodes = lambda: iter(nodes)
        self.edges = lambda evidence=True: iter(edges)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert export(Memory(*small()), folder) == [folder / "index.html"]
    return folder


def page_of(site: Path, name: str) -> str:
    (path,) = [p for p in site.glob("*/*.html") if f"<h1>{name}</h1>" in p.read_text(encoding="utf-8")]
    return path.read_text(encoding="utf-8")


def test_each_entity_and_paper_has_a_page_and_every_link_leads_somewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) == 2 + 16
    for path in pages:
        for address in re.findall(r'<a href="([^"]+)"', path.read_text(encoding="utf-8")):
            if not address.startswith("https://"):
                target, _, fragment = unescape(address).partition("#")
                assert (path.parent / target).is_file(), address
                assert not fragment or unquote(fragment) in {f"node={node.id}" for node in small()[0]}


def test_a_page_shows_papers_by_date_with_evidence(site: Path) -> None:
    text = page_of(site, "diffusion model")
    assert "Method · 扩散模型 · papers: 4 · 2021-12-20 – 2023-02-10" in text
    assert "它把<mark>扩散模型</mark>移到自编码器的潜在空间。" in text
    days = re.findall(r"<small>(\d{4}-\d\d-\d\d) · uses", text)
    assert days == ["2023-02-10", "2022-08-25", "2021-12-20"]
    paper = page_of(site, "Adding Conditional Control to Text-to-Image Diffusion Models")
    assert '<a href="https://arxiv.org/abs/2302.05543"' in paper and "<h2>proposes <small>1</small></h2>" in paper


def test_pages_of_entities_run_no_script(site: Path) -> None:
    for path in site.glob("*/*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text and "script-src" not in text


def test_the_same_graph_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    export(Memory(*small()), tmp_path)
    pages = sorted(p.relative_to(site) for p in site.rglob("*.html"))
    assert [(tmp_path / p).read_bytes() for p in pages] == [(site / p).read_bytes() for p in pages]


def test_pages_in_chinese_and_fewer_of_them(tmp_path: Path) -> None:
    export(Memory(*small()), tmp_path, lang="zh", entities=3, papers=1)
    assert len(list(tmp_path.glob("entity/*.html"))) == 3 and len(list(tmp_path.glob("paper/*.html"))) == 1
    assert '<html lang="zh-CN">' in page_of(tmp_path, "扩散模型")


def test_hostile_texts_stay_text(tmp_path: Path) -> None:
    export(Memory(*hostile()), tmp_path)
    for path in tmp_path.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<(img|svg/|iframe|x )", text)
        assert all(address.startswith("https://") for address in re.findall(r'href="(\w+:[^"]*)', text))
        assert text.count("<script") == (2 if path.name == "index.html" else text.count("octet-stream") + 1) * (
            path.parent == tmp_path
        )
    assert page_of_first(tmp_path).count("&lt;/script&gt;") > 2


def page_of_first(site: Path) -> str:
    wanted = "&lt;/script&gt;&lt;script&gt;window.hacked=1&lt;/script&gt;"
    assert unescape(wanted) == PAYLOADS[0]
    return page_of(site, wanted)


@pytest.mark.browser
def test_the_index_finds_pages_from_a_folder(site: Path, chromium: Any) -> None:
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((site / "index.html").as_uri())
    for query, name in (
        ("ksmx", "diffusion model"),
        ("扩散模型", "diffusion model"),
        ("ｓｄｘｌ", "Stable Diffusion XL"),
    ):
        page.fill("#search", query)
        assert page.locator("#hits a").first.inner_text() == name
    page.press("#search", "Enter")
    page.wait_for_selector("h1:text('Stable Diffusion XL')")
    page.click("text=Show in the graph")
    page.wait_for_selector("body[data-ready]")
    assert page.text_content("#panel-name") == "Stable Diffusion XL"
    assert complaints == []
    page.close()


@pytest.mark.browser
def test_hostile_names_run_nothing_in_the_index(tmp_path: Path, chromium: Any) -> None:
    export(Memory(*hostile()), tmp_path)
    page = chromium.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    page.fill("#search", "hacked")
    assert page.locator("#hits li").count() > 5
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, iframe").count() == 0
    page.close()


def test_pages_of_an_earlier_export_go_and_other_files_stay(tmp_path: Path) -> None:
    export(Memory(*small()), tmp_path)
    (tmp_path / "paper" / "my-own.html").write_text("mine", encoding="utf-8")
    export(Memory(*small()), tmp_path, entities=1, papers=1)
    assert len(list((tmp_path / "entity").iterdir())) == 1
    assert len(list((tmp_path / "paper").iterdir())) == 2
