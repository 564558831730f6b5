"""What a graph holds in figures, and what the build left out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kg.records import Dropped
from kg.schema import schema
from kg.store import Graph

_TOP = """
SELECT type, id, name, name_en, name_zh, paper_count
FROM all_nodes WHERE paper_count > 0
QUALIFY row_number() OVER (PARTITION BY type ORDER BY paper_count DESC, name, id) <= ?
ORDER BY type, paper_count DESC, name, id
"""


# What the reasons for leaving something out mean, the gravest first.
MEANINGS = {
    "unreadable": "files that the system does not give out",
    "undecodable": "files whose characters cannot be decoded",
    "binary": "files that are no text",
    "unknown-format": "files in no known format",
    "half-written": "entries that break off",
    "empty": "empty files",
    "no-title": "entries without a title",
    "unanswered": "entries to which a language model gave no usable answer",
    "copied": "paragraphs that stand in another paper's entry",
    "orders": "sentences that give orders to a language model",
    "invented": "names that a language model gave and the text does not have",
    "refusal": "paragraphs in which a language model declines to answer",
    "no-papers": "files that hold no papers",
}


@dataclass(frozen=True, slots=True)
class Top:
    """An entity that many papers are linked to."""

    id: str
    name: str
    name_en: str
    name_zh: str
    papers: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why things were left out, and how many."""

    stage: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures of a graph; `about` is what its manifest says of versions, pipeline and sources."""

    graph: str
    about: dict[str, Any]
    files: int
    nodes: dict[str, int]
    edges: dict[str, int]
    first: str
    last: str
    undated: int
    top: dict[str, tuple[Top, ...]]
    reasons: tuple[Reason, ...]
    dropped: tuple[Dropped, ...]

    @property
    def papers(self) -> int:
        """Number of papers."""
        return self.nodes.get("Paper", 0)

    @property
    def entities(self) -> dict[str, int]:
        """Numbers of models, methods, datasets, tasks and metrics."""
        return {t: n for t, n in self.nodes.items() if t in schema().entity_types}


def stats(graph: Graph, top: int = 5) -> Stats:
    """Figures of a whole graph, with the entities of each type that most papers are linked to."""
    nodes, edges = graph.counts()
    first, last, undated = next(
        graph.sql("SELECT min(nullif(date, '')), max(nullif(date, '')), count(*) FILTER (date = '') FROM paper")
    )
    found: dict[str, list[Top]] = {t: [] for t in nodes if t != "Paper"}
    for node_type, *row in graph.sql(_TOP, [top]):
        found[node_type].append(Top(*row))
    dropped = tuple(graph.dropped())
    about = {name: graph.manifest.get(name) for name in ("kg", "schema", "pipeline", "sources")}
    return Stats(
        str(graph.folder),
        about,
        int(graph.manifest.get("inputs", {}).get("files", 0)),
        nodes,
        edges,
        first or "",
        last or "",
        undated,
        {t: tuple(rows) for t, rows in found.items() if rows},
        reasons(dropped),
        dropped,
    )


def reasons(dropped: Iterable[Dropped]) -> tuple[Reason, ...]:
    """How often each stage left something out for each reason, the gravest first."""
    order = {reason: i for i, reason in enumerate(MEANINGS)}
    counts = Counter((order.get(d.reason, -1), d.reason, d.stage) for d in dropped)
    return tuple(Reason(stage, reason, n) for (_, reason, stage), n in sorted(counts.items()))


def skipped(dropped: Iterable[Dropped]) -> list[Dropped]:
    """Files and entries that should have given papers and did not."""
    from kg.pipeline import HARMLESS

    harmless = HARMLESS | {"refusal"}
    return [d for d in dropped if (d.stage == "read" and d.reason not in harmless) or d.reason == "unanswered"]
