"""What the HTML view costs and how quick it is, beside plain pyvis and neo4j-viz on the same graphs.

    python benchmarks/page.py [NODES ...]

Needs `playwright` with a Chromium on the path, and `neo4j-viz` for its column. Each page is opened in headless
Chromium (software WebGL). Figures:

- file: size of the page;
- made: seconds to make it, layout and all;
- picture: seconds from opening the file until discs stand on the screen, by screenshots of its middle;
- search: milliseconds from a key press to its hits on the screen (only ours has a search as you type);
- pan: frames a second while the mouse drags the picture for two seconds.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from common import machine
from synthetic import graph

from kg.records import Edge, Node

SIZES = (500, 2000, 10_000, 100_000)
PATIENCE = 60.0  # seconds that a page may take to show something
MAKING = 150.0  # seconds that making a page may take
FLAGS = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox"]
VIEW = {"width": 1280, "height": 800}
MIDDLE = {"x": 440, "y": 250, "width": 400, "height": 300}
COUNTER = "window.frames_ = 0; (function f() { window.frames_++; requestAnimationFrame(f) })()"
FIRST_HIT = """(query) => new Promise((done) => {
    const input = document.getElementById("search"), hits = document.getElementById("hits");
    new MutationObserver((_, watch) => {
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    }).observe(hits, { childList: true });
    const start = performance.now();
    input.value = query;
    input.dispatchEvent(new Event("input"));
})"""

CLEAR = """() => {
    document.getElementById("search").value = "";
    document.getElementById("search").dispatchEvent(new Event("input"));
}"""


@dataclass(frozen=True, slots=True)
class Figures:
    """One row; None where there is nothing to measure."""

    file: float
    made: float
    picture: float | None
    search: float | None
    pan: float | None


def kg_page(nodes: Sequence[Node], edges: Sequence[Edge], out: Path) -> None:
    """Our page, with all nodes."""
    from kg.page import page
    from kg.page.payload import payload

    with out.open("w", encoding="utf-8") as file:
        file.writelines(page(payload(nodes, edges)))


def plain_pyvis(nodes: Sequence[Node], edges: Sequence[Edge], out: Path) -> None:
    """Pyvis as its documentation shows it, but filling its edge list directly, since `add_edge` is quadratic."""
    from pyvis.network import Network

    network = Network(cdn_resources="in_line", height="800px")
    for node in nodes:
        network.add_node(node.id, label=node.name, group=node.type, title=node.name)
    network.edges = [{"from": e.source, "to": e.target, "title": e.type} for e in edges]
    out.write_text(network.generate_html(), encoding="utf-8")


def neo4j_viz(nodes: Sequence[Node], edges: Sequence[Edge], out: Path) -> None:
    """neo4j-viz as its documentation shows it, with its WebGL renderer and leave to draw so many nodes."""
    from neo4j_viz import Node as VizNode
    from neo4j_viz import Relationship, VisualizationGraph
    from neo4j_viz.options import Renderer

    shown = VisualizationGraph(
        nodes=[VizNode(id=n.id, caption=n.name, size=10) for n in nodes],
        relationships=[Relationship(source=e.source, target=e.target, caption=e.type) for e in edges],
    )
    renderer = Renderer.WEB_GL if len(nodes) > 1000 else Renderer.CANVAS
    made = shown.render(width="1280px", height="800px", renderer=renderer, max_allowed_nodes=len(nodes))
    out.write_text(f'<!doctype html><meta charset="utf-8"><body>{made.data}', encoding="utf-8")


ENGINES: dict[str, Callable[[Sequence[Node], Sequence[Edge], Path], None]] = {
    "kg": kg_page,
    "pyvis": plain_pyvis,
    "neo4j-viz": neo4j_viz,
}


def measure(engine: str, size: int, folder: Path, browser: Any) -> Figures:
    """Make one page, in a process of its own, and open it."""
    out = folder / f"{engine}-{size}.html"
    start = time.perf_counter()
    command = [sys.executable, __file__, "--make", engine, str(size), str(out)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=MAKING)
    made = float(told.stdout.split()[-1]) if told.stdout.strip() else time.perf_counter() - start
    page = browser.new_page(viewport=VIEW)
    picture = _first_picture(page, out)
    search = _search(page) if engine == "kg" else None
    pan = _pan(page) if picture is not None else None
    return Figures(out.stat().st_size / 1e6, made, picture, search, pan)


def _first_picture(page: Any, path: Path) -> float | None:
    start = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit", timeout=PATIENCE * 1000)
    while time.perf_counter() - start < PATIENCE:
        try:
            shot = page.screenshot(clip=MIDDLE, timeout=PATIENCE * 1000)
        except Exception:  # noqa: S112 - a page that is too busy has no picture yet
            continue
        if _is_picture(shot):
            return time.perf_counter() - start
    return None


def _is_picture(png: bytes) -> bool:
    """Whether there is more than a background and a progress bar: many colours over much of the middle."""
    from PIL import Image

    pixels = Image.open(io.BytesIO(png)).convert("RGB")
    columns = [pixels.crop((x, 0, x + 40, pixels.height)) for x in range(0, pixels.width, 40)]
    return sum(len(column.getcolors(1 << 20) or ()) > 12 for column in columns) >= len(columns) // 2


def _search(page: Any) -> float:
    page.wait_for_selector("body[data-ready]")
    page.wait_for_timeout(1500)
    found = median(page.evaluate(FIRST_HIT, query) for query in ("d", "diff", "kuo", "扩散", "ma", "former", "2203"))
    page.evaluate(CLEAR)  # the hits would lie where the mouse drags
    return float(found)


def _pan(page: Any) -> float | None:
    page.wait_for_timeout(2000)
    try:
        # `evaluate` would wait for ever for a page that is busy with its layout.
        page.wait_for_function("() => true", timeout=PATIENCE * 1000)
    except Exception:
        return None
    page.evaluate(COUNTER)
    page.mouse.move(640, 400)
    page.mouse.down()
    before, start, step = page.evaluate("window.frames_"), time.perf_counter(), 0
    while time.perf_counter() - start < 2:
        step += 1
        page.mouse.move(640 + 120 * ((step // 20) % 2) + step % 20 * 6, 400 + step % 20 * 4)
    frames = page.evaluate("window.frames_") - before
    seconds = time.perf_counter() - start
    page.mouse.up()
    return float(frames / seconds)


def _cell(value: float | None, unit: str, digits: int = 1) -> str:
    return "–" if value is None else f"{value:,.{digits}f} {unit}"


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--make", nargs=3, metavar=("ENGINE", "NODES", "OUT"), help=argparse.SUPPRESS)
    parser.add_argument("--engine", action="append", choices=ENGINES, help="only these")
    given = parser.parse_args()
    if given.make:
        engine, size, out = given.make
        nodes, edges = graph(int(size))
        start = time.perf_counter()
        ENGINES[engine](nodes, edges, Path(out))
        print(time.perf_counter() - start)
        return
    from playwright.sync_api import sync_playwright

    print(machine(), "\n")
    print("| nodes | page | file | made | picture | search | pan |\n|---:|---|---:|---:|---:|---:|---:|")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for size in given.sizes:
            for engine in given.engine or ENGINES:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                try:
                    f = measure(engine, size, Path(folder), browser)
                    late = f"> {PATIENCE:.0f} s"
                    row = (
                        _cell(f.file, "MB", 2),
                        _cell(f.made, "s"),
                        late if f.picture is None else _cell(f.picture, "s"),
                        _cell(f.search, "ms", 0),
                        _cell(f.pan, "fps", 0),
                    )
                except subprocess.TimeoutExpired:
                    row = ("–", f"> {MAKING:.0f} s", "–", "–", "–")
                except Exception as error:
                    row = (f"failed: {type(error).__name__}: {str(error).splitlines()[0][:60]}", "", "", "", "")
                print(f"| {size:,} | {engine} | {' | '.join(row)} |", flush=True)
                browser.close()


if __name__ == "__main__":
    main()
