"""A static site: an overview with search, the graph's page, and a page for each entity and paper of interest.

All links are relative, so that it works from a folder as well as from a web server. Pages of entities and papers run
no script; everything that comes from a graph goes through a template that escapes it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kg.errors import InputError
from kg.export.base import GraphView, Option, clean, exporter, replacing
from kg.export.html import LIMIT
from kg.export.part import part
from kg.page.pinyin import pinyin
from kg.page.words import WORDS, type_words
from kg.records import Edge, EdgeEvidence, Node
from kg.schema import schema

_TEMPLATES = Path(__file__).parent.parent / "page" / "site"
_TOP = 24
_NEWEST = 20
_ROWS = 200
_SENTENCES = 2
_UNSAFE = re.compile("[^A-Za-z0-9]+")
_PAGE = re.compile(r"(?:[a-z0-9-]+-)?[0-9a-f]{10}\.html")  # as `_link` makes them


@exporter(
    entities=Option("The most entities that get a page, those of most papers first."),
    papers=Option("The most papers that get a page, the newest first."),
    limit=Option("The most nodes in the picture of the graph."),
    lang=Option(f"Language of the pages: {' or '.join(WORDS)}."),
)
def export(
    graph: GraphView, out: Path, *, entities: int = 2000, papers: int = 2000, limit: int = LIMIT, lang: str = "en"
) -> list[Path]:
    """Static site: overview with search, the graph, and a page for each entity and paper of interest."""
    if lang not in WORDS:
        raise InputError(f"there are no pages in {lang!r}: choose {' or '.join(WORDS)}.")
    from kg.page import page
    from kg.page.payload import payload

    shown = part(graph, limit)
    nodes = list(graph.nodes())
    paged = _of_interest(nodes, entities, papers)
    site = _Site(nodes, paged, {node.id for node in shown.nodes}, lang)
    with replacing(out / "graph.html") as (file,):
        data = payload(shown.nodes, shown.edges, total=shown.total)
        file.writelines(piece.encode() for piece in page(data))
    _write(out / "index.html", site.index())
    for node, edges in _with_edges(graph, paged):
        _write(out / site.links[node.id], site.node(node, edges))
    _forget(out, {out / link for link in site.links.values()})
    return [out / "index.html"]


def _forget(out: Path, written: set[Path]) -> None:
    """Remove the pages that an earlier export left of things that this one does not show."""
    for kind in ("entity", "paper"):
        for path in (out / kind).glob("*.html"):
            if path not in written and _PAGE.fullmatch(path.name):
                path.unlink()


def _write(path: Path, text: str) -> None:
    with replacing(path) as (file,):
        file.write(text.encode())


def _of_interest(nodes: Sequence[Node], entities: int, papers: int) -> list[Node]:
    """Entities of most papers, and the newest papers."""
    things = sorted((n for n in nodes if n.type != "Paper"), key=lambda n: (-_papers(n), n.id))
    new = sorted((n for n in nodes if n.type == "Paper"), key=lambda n: (_day(n), n.id), reverse=True)
    return things[: max(0, entities)] + new[: max(0, papers)]


def _with_edges(graph: GraphView, paged: Sequence[Node]) -> Iterator[tuple[Node, list[Edge]]]:
    """Each node that gets a page, with its edges."""
    wanted = {node.id for node in paged}
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges():
        for end in {edge.source, edge.target} & wanted:
            found[end].append(edge)
    for node in paged:
        yield node, found[node.id]


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a page: the other end of some edges, and what proves them."""

    name: str
    link: str
    note: str
    quotes: list[dict[str, str]]


class _Site:
    """What all pages of a site share."""

    def __init__(self, nodes: Sequence[Node], paged: Sequence[Node], shown: set[str], lang: str) -> None:
        from jinja2 import Environment, FileSystemLoader

        self.links = {node.id: _link(node) for node in paged}
        self._nodes = {node.id: node for node in nodes}
        self._paged = paged
        self._shown = shown
        self._lang = lang
        self._templates = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True)
        self._style = (_TEMPLATES / "site.css").read_text(encoding="utf-8").strip()

    def index(self) -> str:
        """The overview."""
        counts = Counter(node.type for node in self._nodes.values())
        kinds = [
            {
                "title": self._word(kind),
                "count": counts[kind],
                "top": [self._item(node) for node in self._paged if node.type == kind][:_TOP],
            }
            for kind in schema().nodes
            if kind != "Paper" and counts[kind]
        ]
        script = (_TEMPLATES / "site.js").read_text(encoding="utf-8").strip()
        return self._page(
            "index.html",
            "",
            script,
            kinds=kinds,
            newest=[self._item(node) for node in self._paged if node.type == "Paper"][:_NEWEST],
            summary=self._summary(counts),
            pages={
                "names": [self._names(node) for node in self._paged],
                "types": [node.type for node in self._paged],
                "papers": [_papers(node) for node in self._paged],
                "links": [self.links[node.id] for node in self._paged],
            },
        )

    def node(self, node: Node, edges: Sequence[Edge]) -> str:
        """The page of an entity or a paper."""
        shown = self._name(node)
        aliases = node.attributes.get("aliases") or ()
        return self._page(
            "node.html",
            "../",
            "",
            id=clean(node.id),
            name=shown,
            other=self._other(node),
            kind=self._word(node.type),
            facts=[clean(fact) for fact in self._facts(node)],
            aliases=[clean(alias) for alias in aliases if alias not in (shown, self._other(node))],
            links=_web_links(node, WORDS[self._lang]["code"]),
            shown=node.id in self._shown,
            months=_months([_day(self._nodes[e.source]) for e in edges if e.target == node.id]),
            groups=list(self._groups(node, edges)),
        )

    def _page(self, template: str, root: str, script: str, **values: Any) -> str:
        from markupsafe import Markup

        scripts = f"script-src '{_digest(script)}'; " if script else ""
        policy = f"default-src 'none'; {scripts}style-src '{_digest(self._style)}'; base-uri 'none'; form-action 'none'"
        return self._templates.get_template(template).render(
            lang="zh-CN" if self._lang == "zh" else "en",
            words=WORDS[self._lang],
            root=root,
            policy=policy,
            style=Markup(self._style),  # noqa: S704 - our own files
            script=Markup(script),  # noqa: S704
            **values,
        )

    def _groups(self, node: Node, edges: Sequence[Edge]) -> Iterator[dict[str, Any]]:
        """Edges by relation and direction; those of an entity from papers are its papers by date."""
        found: dict[tuple[str, bool], dict[str, list[Edge]]] = defaultdict(lambda: defaultdict(list))
        for edge in edges:
            out = edge.source == node.id
            other = edge.target if out else edge.source
            kind = "" if not out and self._nodes[other].type == "Paper" else edge.type
            found[kind, out][other].append(edge)
        order = ["", *schema().edges]
        for (kind, out), ends in sorted(found.items(), key=lambda g: (order.index(g[0][0]), g[0][1])):
            title = WORDS[self._lang]["papers"] if not kind else self._word(kind) if out else f"← {self._word(kind)}"
            others = sorted(ends, key=lambda i: (_day(self._nodes[i]), _papers(self._nodes[i]), i), reverse=True)
            yield {"title": title, "rows": [self._row(i, ends[i]) for i in others[:_ROWS]]}

    def _row(self, other: str, edges: Sequence[Edge]) -> _Row:
        node = self._nodes[other]
        relations = [self._word(edge.type) for edge in edges] if node.type == "Paper" else []
        link = f"../{self.links[other]}" if other in self.links else ""
        proofs = [proof for edge in edges for proof in edge.evidence[:_SENTENCES]]
        note = " · ".join([_day(node), *relations] if node.type == "Paper" else [self._other(node)])
        return _Row(self._name(node), link, clean(note), _distinct(proofs))

    def _item(self, node: Node) -> dict[str, Any]:
        return {
            "name": self._name(node),
            "other": self._other(node),
            "link": self.links[node.id],
            "papers": _papers(node),
            "day": clean(_day(node)),
        }

    def _names(self, node: Node) -> tuple[str, str, list[str], str]:
        known = (node.attributes.get("aliases") or ()) if node.type != "Paper" else ()
        aliases = [clean(alias) for alias in known] + [
            clean(str(node.attributes[key])) for key in ("arxiv_id", "name_en") if node.attributes.get(key)
        ]
        return self._name(node), self._other(node), aliases, pinyin(f"{self._name(node)} {self._other(node)}")

    def _name(self, node: Node) -> str:
        keys = ("name_zh", "title_zh") if self._lang == "zh" else ("name_en", "title")
        return clean(next((str(node.attributes[key]) for key in keys if node.attributes.get(key)), node.name))

    def _other(self, node: Node) -> str:
        keys = ("name_zh", "title_zh") if self._lang == "en" else ("name_en", "title")
        other = clean(next((str(node.attributes[key]) for key in keys if node.attributes.get(key)), ""))
        return "" if other == self._name(node) else other

    def _word(self, kind: str) -> str:
        return type_words(kind)[self._lang]

    def _facts(self, node: Node) -> Iterator[str]:
        if node.type == "Paper":
            yield from (str(node.attributes[key]) for key in ("date", "venue", "rating") if node.attributes.get(key))
            yield from (", ".join(node.attributes["authors"]),) if node.attributes.get("authors") else ()
            return
        yield WORDS[self._lang]["count"].format(_papers(node))
        seen = [str(node.attributes[key]) for key in ("first_seen", "last_seen") if node.attributes.get(key)]
        if seen:
            yield " – ".join(dict.fromkeys(seen))

    def _summary(self, counts: Mapping[str, int]) -> str:
        entities = sum(counts.values()) - counts["Paper"]
        return WORDS[self._lang]["summary"].format(counts["Paper"], entities)


def _papers(node: Node) -> int:
    return int(node.attributes.get("paper_count") or 0)


def _day(node: Node) -> str:
    return str(node.attributes.get("date") or "")


def _link(node: Node) -> str:
    """A file name that says what it is and is one node's alone, whatever the file system."""
    words = _UNSAFE.sub("-", node.name).strip("-").lower()[:40].strip("-")
    digest = hashlib.sha256(node.id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{'paper' if node.type == 'Paper' else 'entity'}/{words + '-' if words else ''}{digest}.html"


def _web_links(node: Node, code: str) -> list[tuple[str, str]]:
    """Links of a paper that lead to http or https."""
    a = node.attributes
    arxiv, doi = str(a.get("arxiv_id") or ""), str(a.get("doi") or "")
    found = [(f"https://arxiv.org/abs/{arxiv}", f"arXiv {arxiv}")] if arxiv else []
    found += [(f"https://doi.org/{doi}", f"DOI {doi}")] if doi else []
    found += [(str(a["code_url"]), code)] if a.get("code_url") else []
    found += [(url, url) for url in a.get("urls") or () if "arxiv.org" not in url and url != a.get("code_url")]
    return [(clean(url), clean(text)) for url, text in found if _is_web(url)]


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _distinct(proofs: Sequence[EdgeEvidence]) -> list[dict[str, str]]:
    """The sentences of several relations, each once."""
    return list({(proof.sentence, proof.start): _quote(proof) for proof in proofs}.values())


def _quote(proof: EdgeEvidence) -> dict[str, str]:
    sentence = clean(proof.sentence)
    place = f"{proof.file.rpartition('/')[2]}:{proof.line}"
    return {
        "before": sentence[: proof.start],
        "name": sentence[proof.start : proof.end],
        "after": sentence[proof.end :],
        "place": clean(" · ".join(filter(None, (proof.section, place)))),
    }


def _months(days: Sequence[str]) -> dict[str, Any] | None:
    """Bars of a chart of papers by month."""
    counts = Counter(
        int(day[:4]) * 12 + int(day[5:7]) - 1 for day in days if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", day, re.ASCII)
    )
    if not counts:
        return None
    first, last = min(counts), max(counts)
    step, most = 600 / (last - first + 1), max(counts.values())
    bars = [
        {
            "x": round((month - first) * step, 2),
            "y": round(48 - 46 * count / most, 2),
            "width": round(min(step * 0.8, 24), 2),
            "height": round(46 * count / most, 2),
            "title": f"{month // 12}-{month % 12 + 1:02}: {count}",
        }
        for month, count in sorted(counts.items())
    ]
    return {"bars": bars, "label": ", ".join(str(bar["title"]) for bar in bars)}


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
