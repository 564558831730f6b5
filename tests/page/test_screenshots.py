"""Pictures to look at, at three sizes and in both themes: kept where `KG_SCREENSHOTS` says, as CI does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from graphs import Visit

pytestmark = pytest.mark.browser

SIZES = {"1280": (1280, 800), "1920": (1920, 1080), "phone": (390, 844)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_sticks_out(
    visit: Callable[..., Visit], small_page: Path, tmp_path: Path, size: str, scheme: str
) -> None:
    folder = Path(os.environ.get("KG_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    width, height = SIZES[size]
    found = visit(small_page, viewport={"width": width, "height": height}, color_scheme=scheme, hash="#view=graph")
    for name, node in (("whole", ""), ("panel", "&node=model:sd")):
        found.page.evaluate("(hash) => { location.hash = hash }", f"#view=graph{node}")
        found.page.wait_for_timeout(300)
        found.page.screenshot(path=folder / f"{name}-{size}-{scheme}.png")
        outside = found.page.evaluate(
            """() => [...document.querySelectorAll("header, #sidebar, #panel, #timeline, #zooms, .tools button")]
                .map((e) => [e.id || e.className, e.getBoundingClientRect()])
                .filter(([, r]) => r.width)
                .filter(([, r]) => r.left < 0 || r.right > innerWidth || r.top < 0 || r.bottom > innerHeight + 1)
                .map(([name]) => name)"""
        )
        assert outside == []
        covering = found.page.evaluate(
            """() => {
                const box = (id) => document.getElementById(id).getBoundingClientRect();
                const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
                const shown = ["sidebar", "panel", "timeline", "zooms"].filter((id) => box(id).width);
                const pairs = shown.flatMap((a, i) => shown.slice(i + 1).map((b) => [a, b]));
                return pairs.filter(([a, b]) => over(box(a), box(b)));
            }"""
        )
        assert covering == []
