from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from graphs import Visit, hostile, small

from kg.page import page
from kg.page.payload import payload
from kg.records import Edge, Node

# Drawing without a graphics card, as CI does.
_FLAGS = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox"]


def write(path: Path, nodes: list[Node], edges: list[Edge], **options: Any) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(page(payload(nodes, edges, **options)))
    return path


@pytest.fixture(scope="session")
def small_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("page") / "图谱.html", *small(), total=40)


@pytest.fixture(scope="session")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("page") / "hostile.html", *hostile())


# For a module, not for the session: Playwright's event loop must be gone when the shell's tests start their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium to test the page in: apt-get install chromium")
        pytest.skip("there is no Chromium to test the page in")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visit]]:
    """A function that opens a file, cut off from the network; the test fails if the page asks for anything."""
    contexts, visits = [], []

    def go(path: Path, hash: str = "", query: str = "", **options: Any) -> Visit:
        settings = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", "reduced_motion": "reduce"}
        context = chromium.new_context(**(settings | options), offline=True)
        contexts.append(context)
        found = Visit(context.new_page())
        visits.append(found)
        found.page.on("request", lambda request: found.requests.append(request.url))
        # A software renderer warns of its own slowness; what the page does wrong comes as an error.
        found.page.on("console", lambda message: message.type == "error" and found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.goto(path.as_uri() + query + hash)
        found.page.wait_for_selector("body[data-ready]")
        return found

    yield go
    for context in contexts:
        context.close()
    for found in visits:
        assert [url for url in found.requests if not url.startswith(("file:", "blob:"))] == []
        assert len([url for url in found.requests if url.startswith("file:")]) == 1
        assert found.complaints == []
