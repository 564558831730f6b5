"""Things of a graph by any of their names, in any spelling; where there is none, the nearest names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kg.errors import NameNotFoundError
from kg.resolve.spelling import key
from kg.store import Graph

_ARXIV = re.compile(r"(?:^|arxiv\.org/\w+/|arxiv:)(\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?$", re.IGNORECASE)
_NEAREST = 5
_LIKENESS = 60  # of 100, below which names have nothing to do with each other

# All names of all things; the lower the rank, the more a name belongs to its thing.
_NAMES = """
SELECT id, type, name, name_zh, paper_count, id AS called, 0 AS rank, 1 AS count FROM all_nodes
UNION ALL
SELECT id, type, name, name_zh, paper_count, unnest([name, name_en, name_zh]), 1, 1 FROM all_nodes
UNION ALL
SELECT n.id, type, name, name_zh, paper_count, alias, 2, count FROM alias a JOIN all_nodes n ON n.id = a.node
UNION ALL
SELECT id, 'Paper', title, title_zh, 0, unnest([id, arxiv_id, doi]), 0, 1 FROM all_papers
UNION ALL
SELECT id, 'Paper', title, title_zh, 0, unnest([title, title_zh]), 1, 1 FROM all_papers
"""
# Only names that may have the key are worth the work in Python: those with its letters and digits, but for a plural,
# and those with a character that the key may fold into another.
_MAYBE = r"""
list_contains(?, regexp_replace(lower(called), '[^\p{L}\p{M}\p{N}]', '', 'g'))
OR regexp_matches(called, '[^\x00-\x7f\p{P}\x{3400}-\x{9fff}]')
"""


@dataclass(frozen=True, slots=True)
class Match:
    """A thing that goes by a name; `called` is that name as the graph has it."""

    id: str
    type: str
    name: str
    name_zh: str
    paper_count: int
    called: str


def find(graph: Graph, name: str, node_type: str = "") -> list[Match]:
    """Things that go by a name, the likeliest first.

    Case, width, hyphens and spaces do not matter. A thing's own name goes before an alias, an alias that is much used
    before a rare one. A name that the graph does not have may still be one of the lexicon for a thing that it has.

    Parameters
    ----------
    graph : Graph
        A whole graph; a selection is ignored.
    name : str
        A name, Chinese or English, an alias, the id of a node, an arXiv id, its URL, or a DOI.
    node_type : str
        Only things of this type, of any if empty.

    Raises
    ------
    NameNotFoundError
        Nothing goes by that name; the message gives the nearest names.
    """
    arxiv = _ARXIV.search(name.strip())
    wanted = arxiv[1] if arxiv else name
    found = _exactly(graph, wanted) or _by_lexicon(graph, wanted)
    fitting = [m for m in found if node_type in ("", m.type)]
    if fitting:
        return fitting
    what = f"no {node_type}" if node_type else "no entity or paper"
    if found:
        there = ", ".join(f"{m.type} {m.name}" for m in found)
        raise NameNotFoundError(f"{what} is called {name!r}, but there is {there}: leave the type out, or change it.")
    near = nearest(graph, name, node_type)
    if near:
        raise NameNotFoundError(f"{what} is called {name!r}: the nearest names are {'; '.join(near)}.")
    raise NameNotFoundError(f"{what} is called {name!r}, nor anything like it: `kg stats` lists frequent names.")


def nearest(graph: Graph, name: str, node_type: str = "", limit: int = _NEAREST) -> list[str]:
    """Names of a graph that are most like a name, each with what it stands for where that says more."""
    from rapidfuzz import fuzz, process

    found: list[str] = []
    where, arguments = ("type = ?", [node_type]) if node_type else ("true", [])
    rows = [
        (Match(*row[:6]), key(row[5]))
        for row in graph.sql(
            f"SELECT id, type, name, name_zh, paper_count, called, min(rank) AS rank FROM ({_NAMES}) "  # noqa: S608
            f"WHERE rank > 0 AND called <> '' AND {where} GROUP BY ALL ORDER BY rank, id, called",
            arguments,
        )
    ]
    wanted = key(name)
    # A short name is found in a long one, but what is like a long name is not short.
    choices = {i: k for i, (_, k) in enumerate(rows) if 2 * len(k) >= len(wanted)}
    hits = process.extract(wanted, choices, scorer=fuzz.WRatio, score_cutoff=_LIKENESS, limit=limit * 20)
    things: dict[str, str] = {}
    for _, _, i in sorted(hits, key=lambda hit: (-hit[1], -rows[hit[2]][0].paper_count, hit[2])):
        match, k = rows[i]
        if match.id not in things and k not in things.values():
            things[match.id] = k
            found.append(match.called if match.called == match.name else f"{match.called} ({match.name})")
    return found[:limit]


def _exactly(graph: Graph, name: str) -> list[Match]:
    """Things with a name of that key, or with that id."""
    wanted = key(name)
    query = f"SELECT * FROM ({_NAMES}) WHERE called <> '' AND (called = ? OR {_MAYBE}) ORDER BY ALL"  # noqa: S608
    best: dict[str, tuple[int, int, Match]] = {}
    for row in graph.sql(query, [name, squeezed(name)]):
        match, (rank, count) = Match(*row[:6]), row[6:]
        if match.called == name or (rank > 0 and wanted and key(match.called) == wanted):
            known = best.get(match.id)
            if known is None or (rank, -count) < known[:2]:
                best[match.id] = (rank, -count, match)
    return [b[2] for b in sorted(best.values(), key=lambda b: (b[0], b[1], -b[2].paper_count, b[2].id))]


def squeezed(name: str) -> list[str]:
    """Letters and digits that a name with the key of `name` may have, lower case: as they are, or in the plural."""
    letters = "".join(c for c in key(name) if unicodedata.category(c)[0] in "LMN")
    return [letters, letters + "s", *([letters[:-1] + "ies"] if letters.endswith("y") else [])]


def _by_lexicon(graph: Graph, name: str) -> list[Match]:
    from kg.lexicon import Lexicon

    found: dict[str, Match] = {}
    for term in Lexicon.load().find(name):
        for other in term.names:
            for match in _exactly(graph, other):
                if match.type in term.types:
                    found.setdefault(match.id, match)
    return list(found.values())
