"""The page with a server behind it, for graphs too large for one file: each neighbourhood when it is asked for.

The server answers GET and HEAD only, reads the graph and writes nothing, and listens on the loopback interface unless
told otherwise. It looks at the Host header, so that no other site's page can reach it by a name of its own.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kg.errors import InputError, KgError, NameNotFoundError
from kg.export.part import Outline, outline, part
from kg.store import Graph, open_graph

HOST = "127.0.0.1"
PORT = 8000
_HITS = 8
_KEPT = 32  # pages that are kept, so that going back is quick


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to a browser."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK


class Site:
    """The answers to all requests, from a stored graph; one at a time, since they share its connection."""

    def __init__(self, graph: Graph, limit: int, hops: int) -> None:
        self._graph = graph
        self._limit = limit
        self._hops = hops
        self._lock = Lock()
        self._outline: Outline | None = None
        self._page = lru_cache(maxsize=_KEPT)(self._made)

    def answer(self, target: str) -> Answer:
        """The answer to a GET of a path with its query."""
        address = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        with self._lock:
            try:
                self._refresh()
                if address.path == "/":
                    return Answer(self._page(query.get("focus", ""), _count(query, "hops", self._hops)))
                if address.path == "/search":
                    return Answer(self._found(query.get("q", "")), "application/json")
            except InputError as error:
                return _refusal(str(error), HTTPStatus.BAD_REQUEST)
            except KgError as error:
                return _refusal(str(error), HTTPStatus.NOT_FOUND)
        return _refusal(f"there is no {address.path} here: the graph is at /.", HTTPStatus.NOT_FOUND)

    def _refresh(self) -> None:
        """Go on with the new graph when the folder was built again."""
        current = open_graph(self._graph.folder)
        if current.manifest["tables"] != self._graph.manifest["tables"]:
            self._graph.close()
            self._graph = Graph(current.folder, current.manifest, self._graph.selection)
            self._outline = None
            self._page.cache_clear()

    def _made(self, focus: str, hops: int) -> bytes:
        from kg.find import find
        from kg.page import page
        from kg.page.payload import payload

        node = find(self._graph, focus)[0].id if focus else ""
        self._outline = self._outline or outline(self._graph)
        shown = part(self._graph, self._limit, node, hops, self._outline)
        data = payload(shown.nodes, shown.edges, total=shown.total, focus=shown.focus)
        return "".join(page(data, served=True)).encode()

    def _found(self, query: str) -> bytes:
        from kg.find import find

        try:
            hits = find(self._graph, query)[:_HITS] if query.strip() else []
        except NameNotFoundError:
            hits = []
        found = [{"id": hit.id, "type": hit.type, "name": hit.name} for hit in hits]
        known = {hit["id"] for hit in found}
        # ILIKE has no use for what a reader types as a percent sign.
        like = f"%{query.strip().replace(chr(92), '').replace('%', '').replace('_', ' ')}%"
        if len(query.strip()) > 1:
            rows = self._graph.sql(
                "SELECT id, type, name FROM node "
                "WHERE name ILIKE ? OR len(list_filter(aliases, lambda a: a ILIKE ?)) > 0 "
                "ORDER BY paper_count DESC, id LIMIT ?",
                [like, like, _HITS],
            )
            found += [{"id": i, "type": t, "name": n} for i, t, n in rows if i not in known]
        return json.dumps(found[:_HITS], ensure_ascii=False).encode()


def server(graph: Graph, *, host: str = HOST, port: int = PORT, limit: int, hops: int = 2) -> ThreadingHTTPServer:
    """Make the server of a graph; `serve_forever` starts it.

    Parameters
    ----------
    graph : Graph
        A stored graph, or a selection of it.
    host, port : str, int
        Where to listen; port 0 takes a free one.
    limit, hops : int
        The most nodes of a page, and how far it reaches around a node.

    Raises
    ------
    InputError
        The address cannot be had.
    """
    site = Site(graph, limit, hops)
    try:
        return ThreadingHTTPServer((host, port), _handler(site.answer, host))
    except OSError as error:
        raise InputError(f"cannot listen on {host}:{port} ({error.strerror}): choose another --port.") from error


def _handler(answer: Callable[[str], Answer], host: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version = "kg"
        sys_version = ""

        def do_GET(self) -> None:
            self._send(self._answer(), with_body=True)

        def do_HEAD(self) -> None:
            self._send(self._answer(), with_body=False)

        def _answer(self) -> Answer:
            if not _is_ours(self.headers.get("Host", ""), host):
                return _refusal("this name is not one of this server's.", HTTPStatus.FORBIDDEN)
            return answer(self.path)

        def _send(self, made: Answer, with_body: bool) -> None:
            self.send_response(made.status)
            for name, value in (
                ("Content-Type", made.kind),
                ("Content-Length", str(len(made.body))),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Frame-Options", "DENY"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
                ("Referrer-Policy", "no-referrer"),
            ):
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(made.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def _is_ours(header: str, host: str) -> bool:
    """Whether a Host header names this server: an address, localhost, or the name that it was told to listen on."""
    name = (urlsplit(f"//{header}").hostname or "").rstrip(".")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in {"localhost", host.lower()}
    return True


def _count(query: dict[str, str], name: str, default: int) -> int:
    given = query.get(name, str(default))
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:9]) <= 9:
        raise InputError(f"{name} is {given!r}: it must be a number from 1 to 9.")
    return int(given)


def _refusal(text: str, status: HTTPStatus) -> Answer:
    return Answer(f"{text}\n".encode(), "text/plain; charset=utf-8", status)
