"""The HTML view: one page that shows a graph, made from `template.html` and the graph's data.

The template is built from `src/` (see `docs/html.md`) and carries the script, the style and a policy that allows these
two by their hashes and nothing else. What comes from a graph goes in as base64 only, so that no name or sentence can
be taken for markup.
"""

from __future__ import annotations

import base64
import html
import json
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from kg.page.payload import Payload

_TEMPLATE = Path(__file__).with_name("template.html")


def page(payload: Payload, *, served: bool = False) -> Iterator[str]:
    """The page that shows some nodes and edges, in pieces.

    Parameters
    ----------
    payload : Payload
        What `kg.page.payload.payload` makes of nodes and edges.
    served : bool
        Whether a server is behind the page, which it may ask for more.
    """
    title = html.escape(f"Knowledge graph · {payload.summary()}")
    before, after = _template().split("{{islands}}")
    yield before.replace("{{title}}", title).replace("{{connect}}", "'self'" if served else "'none'")
    yield _island("graph", payload.graph(served))
    for number, block in enumerate(payload.details()):
        yield _island(f"details-{number}", block)
    yield after


@cache
def _template() -> str:
    return _TEMPLATE.read_text(encoding="utf-8")


def _island(name: str, content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    packed = base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
    return f'<script type="application/octet-stream" id="{name}">{packed}</script>\n'
