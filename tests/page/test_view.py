"""The page in a real browser: what a reader sees and does."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
from graphs import Visit

pytestmark = pytest.mark.browser

Go = Callable[..., Visit]


def test_the_first_picture_says_what_is_shown(visit: Go, small_page: Path) -> None:
    found = visit(small_page)
    assert found.title() == "6 papers, 10 entities, 2015-05 to 2023-07; the 16 best connected of 40"
    assert found.page.title() == f"Knowledge graph · {found.title()}"
    assert found.page.evaluate("document.body.dataset.renderer") == "webgl"
    legend = found.page.locator("#sidebar .legend").first.locator("li").all_inner_texts()
    assert [row.split("\n")[:2] for row in legend][:4] == [
        ["Paper", "6"],
        ["Topic", "2"],
        ["Task", "1"],
        ["Model", "3"],
    ]


@pytest.mark.parametrize(("query", "renderer"), [("", "webgl"), ("?renderer=canvas", "canvas")])
def test_it_draws_with_and_without_webgl(visit: Go, small_page: Path, query: str, renderer: str) -> None:
    found = visit(small_page, query=query)
    assert found.page.evaluate("document.body.dataset.renderer") == renderer
    middle = {"x": 300, "y": 100, "width": 900, "height": 600}
    drawn = found.page.screenshot(clip=middle)
    found.page.evaluate("location.hash = 'hide=Paper,Topic,Task,Model,Method,Dataset,Metric,Venue'")
    found.page.wait_for_selector("#empty:not([hidden])")
    found.page.wait_for_timeout(200)
    # Pictures of discs, lines and names are much larger as files than an empty one.
    assert len(drawn) > 3 * len(found.page.screenshot(clip=middle))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("扩散", "diffusion model"),
        ("kuosan", "diffusion model"),
        ("ksmx", "diffusion model"),
        ("SD", "Stable Diffusion"),
        ("ｓｄｘｌ", "Stable Diffusion XL"),
        ("ms coco", "MS-COCO"),
        ("frechet", "Fréchet Inception Distance"),
        ("2302.05543", "Adding Conditional Control to Text-to-Image Diffusion Models"),
        ("文生图加条", "Adding Conditional Control to Text-to-Image Diffusion Models"),
    ],
)
def test_search_finds_by_any_name(visit: Go, small_page: Path, query: str, name: str) -> None:
    found = visit(small_page)
    found.find(query)
    assert found.page.text_content("#panel-name") == name


def test_search_says_when_there_is_nothing(visit: Go, small_page: Path) -> None:
    found = visit(small_page)
    found.page.keyboard.press("/")
    found.page.keyboard.type("zzzz")
    assert found.page.inner_text("#hits") == "Nothing goes by that name."
    found.page.keyboard.press("Escape")
    assert not found.page.is_visible("#hits")


def test_the_keyboard_moves_through_the_hits(visit: Go, small_page: Path) -> None:
    found = visit(small_page)
    found.page.keyboard.press("/")
    found.page.keyboard.type("diffusion")
    hits = found.page.locator("#hits [role=option] .hit-name").all_inner_texts()
    assert len(hits) > 3
    found.page.keyboard.press("ArrowDown")
    chosen = found.page.locator("#hits [aria-selected=true]")
    assert found.page.get_attribute("#search", "aria-activedescendant") == chosen.get_attribute("id")
    found.page.keyboard.press("Enter")
    assert hits[1].startswith(str(found.page.text_content("#panel-name")))


def test_the_panel_shows_names_counts_papers_and_evidence(visit: Go, small_page: Path) -> None:
    found = visit(small_page)
    found.find("扩散模型")
    panel = found.page.locator("#panel")
    assert panel.locator(".other-name").first.inner_text() == "扩散模型"
    assert panel.locator(".aliases").inner_text() == "Also written diffusion models"
    assert panel.locator(".facts").first.inner_text() == "4 papers · 2021-12-20 to 2023-02-10"
    label = str(panel.locator("svg.chart").get_attribute("aria-label"))
    assert label == "Papers over time. 2021-12: 1, 2022-08: 1, 2023-02: 1"
    rows = panel.locator(".paper .name").all_inner_texts()
    assert rows[0].startswith("Adding Conditional") and rows[-1] == "Notes without a Date"
    found.page.wait_for_selector("#panel .paper a")
    assert panel.locator(".paper a").first.get_attribute("href") == "https://arxiv.org/abs/2302.05543"
    assert panel.locator(".paper a").nth(1).inner_text() == "Code"
    assert set(panel.locator("mark").all_inner_texts()) == {"扩散模型"}
    assert panel.locator("cite").first.inner_text() == "方法 · 2023.md:12"
    assert panel.locator(".proof .sure").first.inner_text() == "40%"


def test_offsets_hold_after_characters_outside_the_basic_plane(visit: Go, small_page: Path) -> None:
    found = visit(small_page)
    found.find("ControlNet")
    assert found.page.locator("#panel .paper mark").all_inner_texts() == ["ControlNet"]


def test_walking_on_and_back(visit: Go, small_page: Path) -> None:
    found = visit(small_page)
    found.find("ControlNet")
    found.page.click("#panel .chip >> text=Stable Diffusion")
    assert found.page.text_content("#panel-name") == "Stable Diffusion"
    found.page.click("#panel .paper .name >> nth=0")
    assert str(found.page.text_content("#panel-name")).startswith("SDXL")
    found.page.go_back()
    assert found.page.text_content("#panel-name") == "Stable Diffusion"
    found.page.click("#panel button[aria-label=Back]")
    found.until("document.getElementById('panel-name').textContent === 'ControlNet'")
    found.page.keyboard.press("Escape")
    assert not found.page.is_visible("#panel")


def test_a_click_on_a_disc_opens_it_and_one_beside_closes_it(visit: Go, small_page: Path) -> None:
    found = visit(small_page, hash="#node=model:sd")
    found.page.wait_for_timeout(300)
    box = found.page.locator("#graph-canvas").bounding_box()
    found.page.click("#panel .panel-close")
    camera = found.hash()
    assert "node" not in camera
    found.page.keyboard.press("0")
    found.page.wait_for_timeout(300)
    found.page.mouse.click(box["x"] + box["width"] - 90, box["y"] + 40)
    assert not found.page.is_visible("#panel")


def test_types_filter_and_come_back(visit: Go, small_page: Path) -> None:
    found = visit(small_page)
    found.page.click("#sidebar .toggle:has-text('Paper')")
    assert found.title().startswith("0 papers, 10 entities")
    assert found.hash() == "#hide=Paper"
    found.page.click("#sidebar .reset")
    assert found.title().startswith("6 papers, 10 entities")
    found.page.hover("#sidebar .legend li:has-text('Model')")
    found.page.click("#sidebar .only[aria-label='Show only Model']")
    assert found.title().startswith("0 papers, 3 entities")


def test_relations_confidence_and_topic_filter(visit: Go, small_page: Path) -> None:
    found = visit(small_page, hash="#view=list")
    found.page.click("#sidebar summary")
    found.page.click("#sidebar .relations .toggle:has-text('published in')")
    assert "CVPR" not in found.names()
    assert found.page.get_attribute("#sidebar .relations .toggle:has-text('published in')", "aria-pressed") == "false"
    found.page.locator("#confidence").fill("95")
    assert "FID" not in found.names() and "Stable Diffusion" in found.names()
    assert found.hash() == "#without=PUBLISHED_IN&confidence=95&view=list"
    found.page.click("#sidebar .reset")
    found.page.select_option("#topic", label="Medical Imaging (1)")
    assert found.names() == ["Medical Imaging", "U-Net: Convolutional Networks for Biomedical Image Segmentation"]


def test_the_date_slider_shows_the_growth(visit: Go, small_page: Path) -> None:
    found = visit(small_page)
    found.page.locator("#until").fill("3")
    assert found.page.text_content("#until-day") == "2022-08-25"
    assert found.title() == "3 papers, 8 entities, 2015-05 to 2022-08; the 16 best connected of 40"
    assert found.hash() == "#until=2022-08-25"
    found.page.click("#play")
    assert found.page.get_attribute("#play", "aria-label") == "Pause"
    found.until("document.getElementById('until-day').textContent > '2022-08-25'")
    found.page.click("#play")
    assert found.page.get_attribute("#play", "aria-label") == "Play the growth"


def test_the_address_restores_the_view(visit: Go, small_page: Path) -> None:
    first = visit(small_page)
    first.find("ControlNet")
    first.page.click("#sidebar .toggle:has-text('Metric')")
    first.page.keyboard.press("z")
    first.page.keyboard.press("d")
    first.page.mouse.move(500, 400)
    first.page.mouse.wheel(0, -300)
    first.until("location.hash.includes('at=')")
    address = str(first.page.evaluate("location.hash"))
    second = visit(small_page, hash=address)
    assert second.page.text_content("#panel-name") == "控制网络"
    assert second.page.get_attribute("#sidebar .toggle:has-text('指标')", "aria-pressed") == "false"
    assert second.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert str(second.page.evaluate("location.hash")) == address


def test_a_broken_address_shows_everything(visit: Go, small_page: Path) -> None:
    found = visit(
        small_page, hash="#node=none&hide=Nothing&until=x&at=1,2&confidence=-3&lang=fr&view=<b>&topic=model:sd"
    )
    assert found.title().startswith("6 papers, 10 entities")
    assert not found.page.is_visible("#panel")


def test_names_and_interface_in_both_languages(visit: Go, small_page: Path) -> None:
    found = visit(small_page, hash="#view=list")
    assert "diffusion model" in found.names()
    found.page.click("#lang")
    assert "扩散模型" in found.names()
    assert found.title() == "6 篇论文，10 个实体，2015-05 至 2023-07；全部 40 个节点中联系最紧密的 16 个"
    assert found.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert found.page.get_attribute("#search", "placeholder") == "搜索名称、标题、拼音……"
    assert visit(small_page, locale="zh-CN").page.text_content("#heading") == "知识图谱"


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(250, 250, 248)"), ("dark", "rgb(17, 19, 24)")])
def test_colours_follow_the_system(visit: Go, small_page: Path, scheme: str, paper: str) -> None:
    found = visit(small_page, color_scheme=scheme)
    assert found.page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    found.page.click("#theme")
    assert found.page.evaluate("getComputedStyle(document.body).backgroundColor") != paper


def test_a_phone_starts_with_the_list(visit: Go, small_page: Path) -> None:
    found = visit(small_page, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert found.names()[0] == "diffusion model"
    assert found.page.evaluate("document.documentElement.scrollWidth") == 390
    found.page.tap("#list .name >> nth=0")
    assert found.page.text_content("#panel-name") == "diffusion model"
    found.page.tap("#panel .panel-close")
    found.page.tap("#view-graph")
    assert found.page.is_visible("#graph-canvas")
    assert not found.page.is_visible("#sidebar")
    found.page.tap("#toggle-sidebar")
    assert found.page.is_visible("#sidebar")


def test_everything_can_be_reached_by_keyboard(visit: Go, small_page: Path) -> None:
    found = visit(small_page)
    found.page.keyboard.press("/")
    found.page.keyboard.type("controlnet")
    found.page.keyboard.press("Enter")
    assert found.page.text_content("#said") == "ControlNet, Model, 2 neighbours"
    found.page.keyboard.press("n")
    assert found.page.text_content("#said") == "Stable Diffusion, Model, 5 neighbours"
    found.page.locator("#graph-canvas").focus()
    found.page.keyboard.press("Enter")
    assert found.page.text_content("#panel-name") == "Stable Diffusion"
    found.page.keyboard.press("l")
    assert found.page.is_visible("#list table")
    found.page.keyboard.press("Escape")
    found.page.keyboard.press("l")
    found.page.locator("#graph-canvas").focus()
    found.page.keyboard.press("ArrowRight")
    found.until("location.hash.includes('at=')")
    found.page.keyboard.press("0")
    found.until("!location.hash.includes('at=')")
    focused = set()
    for _ in range(40):
        found.page.keyboard.press("Tab")
        focused.add(found.page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert {"search", "lang", "save-icon", "graph-canvas", "play", "until", "topic", "confidence"} <= focused


def test_controls_have_names(visit: Go, small_page: Path) -> None:
    found = visit(small_page, hash="#node=model:sd")
    nameless = found.page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, summary, canvas[role], svg[role=img]")]
            .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length))
            .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    assert found.page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == (
        found.page.evaluate("document.querySelectorAll('[id]').length")
    )


def _saved(found: Visit, what: str) -> bytes:
    found.page.click("#save-icon")
    with found.page.expect_download() as download:
        found.page.click(f"#save-{what}")
    assert download.value.suggested_filename == f"graph.{what}"
    return Path(download.value.path()).read_bytes()


def test_the_view_is_saved_in_four_formats(visit: Go, small_page: Path) -> None:
    found = visit(small_page, hash="#hide=Venue")
    png = _saved(found, "png")
    assert png.startswith(b"\x89PNG") and int.from_bytes(png[16:20]) == 2560 and len(png) > 20_000
    drawing = ElementTree.fromstring(_saved(found, "svg"))  # noqa: S314
    circles = drawing.findall(".//{http://www.w3.org/2000/svg}circle")
    labels = {text.text for text in drawing.findall(".//{http://www.w3.org/2000/svg}text")}
    assert len(circles) == 15 and {"Stable Diffusion", "diffusion model", "MS-COCO"} <= labels
    graph = nx.read_graphml(io.BytesIO(_saved(found, "graphml")), force_multigraph=True)
    assert len(graph) == 15 and graph.number_of_edges() == 19
    assert graph.nodes["method:dm"]["name_zh"] == "扩散模型"
    rows = list(csv.DictReader(io.StringIO(_saved(found, "csv").decode("utf-8-sig"))))
    assert len(rows) == 19
    first = next(row for row in rows if row["target"] == "ControlNet")
    assert (first["relation"], first["confidence"], first["date"]) == ("PROPOSES", "0.98", "2023-02-10")


def test_nothing_is_left_says_so(visit: Go, small_page: Path) -> None:
    types = "Paper,Topic,Task,Model,Method,Dataset,Metric,Venue"
    found = visit(small_page, hash=f"#hide={types}")
    assert found.page.inner_text("#empty") == "The filters leave nothing to show."
