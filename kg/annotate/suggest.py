"""Suggestions: what an extractor finds in a paper, as a record of a gold file that a person corrects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kg import registry, work
from kg.annotate.papers import PaperText
from kg.extract.text import TITLE, of_entry
from kg.gold import norm
from kg.pipeline import silent
from kg.records import Entry, Evidence, Extraction, Finding
from kg.resolve.papers import Paper
from kg.resolve.union import UnionFind
from kg.schema import schema

_BATCH = 32  # papers that a worker takes at once
_MENTIONS = "MENTIONS"
_SALIENT = 3  # tasks that a paper is about, at most


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A record to correct, and how sure the extractor is of what it holds: 0 to 1, the mean of its entities."""

    record: dict[str, Any]
    confidence: float


def sample(papers: Sequence[Paper], size: int, seed: int) -> list[Paper]:
    """Some papers, chosen by chance, in the order given.

    Whether a paper is chosen depends on its id and the seed: more papers beside it change little of the choice.
    """
    drawn = sorted(papers, key=lambda p: hashlib.sha256(f"{seed}:{p.id}".encode()).digest())[:size]
    chosen = {p.id for p in drawn}
    return [p for p in papers if p.id in chosen]


def doubtful(suggestions: Sequence[Suggestion], size: int) -> list[Suggestion]:
    """Some suggestions, those first of which the extractor is least sure; papers without a finding last."""
    empty = [not s.record["entities"] for s in suggestions]
    order = sorted(range(len(suggestions)), key=lambda i: (empty[i], suggestions[i].confidence, i))
    return [suggestions[i] for i in order[:size]]


def suggest(
    texts: Sequence[PaperText], extractor: str, jobs: int = 1, progress: work.Progress = silent
) -> list[Suggestion]:
    """Extract from papers and make a record of each.

    Parameters
    ----------
    texts : sequence of PaperText
        The papers.
    extractor : str
        Name of an extractor.
    jobs : int
        Worker processes.
    progress : callable
        Called with the stage, what is done and the total.
    """
    registry.check("extractors", extractor)
    tasks = [(at, texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
    found: dict[int, list[Suggestion]] = {}
    results = work.map_chunks(partial(_batch, extractor), tasks, jobs, len(texts))
    for done, (at, suggestions) in enumerate(results, 1):
        found[at] = suggestions
        progress("extracting", done, len(tasks))
    return [suggestion for at, _ in tasks for suggestion in found[at]]


def _batch(extractor: str, task: tuple[int, Sequence[PaperText]]) -> tuple[int, list[Suggestion]]:
    at, texts = task
    return at, [suggestion(text, [work.extract(extractor, entry) for entry in text.entries]) for text in texts]


def suggestion(text: PaperText, extractions: Sequence[Extraction]) -> Suggestion:
    """The record of one paper from what was extracted from its entries, in their order.

    Findings of one type that share a name are one entity. What is only mentioned is optional; tasks that a title
    names are salient.
    """
    paper = text.paper
    labels = {
        "topics": [label.name for e in text.entries for label in e.topics],
        "institutions": [label.name for e in text.entries for label in e.institutions],
    }
    findings = [f for extraction in extractions for f in extraction.findings]
    record = {
        "id": paper.id,
        "title": paper.title,
        "date": paper.date or None,
        **{name: list(dict.fromkeys(values)) for name, values in labels.items()},
        "venue": paper.venue or None,
        "arxiv_id": paper.arxiv_id or None,
        "urls": list(paper.urls),
        "source": text.source,
        **({"contaminated": True} if text.contaminated else {}),
        "entities": _entities(text.entries, extractions),
    }
    return Suggestion(record, sum(f.confidence for f in findings) / len(findings) if findings else 0.0)


def _entities(entries: Sequence[Entry], extractions: Sequence[Extraction]) -> list[dict[str, Any]]:
    """Entities in the order of their first mention."""
    placed = sorted(_placed(entries, extractions), key=lambda found: found[0])
    things: UnionFind[tuple[str, str]] = UnionFind()
    for _, finding in placed:
        keys = _keys(finding)
        for key in keys:
            things.union(keys[0], key)
    groups: dict[tuple[str, str], list[Finding]] = {}
    for _, finding in placed:
        groups.setdefault(things.find(_keys(finding)[0]), []).append(finding)
    entities = [_entity(group) for group in groups.values()]
    named = [e for e, group in zip(entities, groups.values(), strict=True) if _in_title(group)]
    for entity in named[:_SALIENT]:
        entity["salient"] = True
    return entities


def _placed(entries: Sequence[Entry], extractions: Sequence[Extraction]) -> Iterator[tuple[tuple[int, ...], Finding]]:
    for number, (entry, extraction) in enumerate(zip(entries, extractions, strict=True)):
        text = of_entry(entry).string
        for rank, finding in enumerate(extraction.findings):
            first = min(_offset(text, name.evidence) for name in finding.names)
            yield (number, first, rank), finding


def _offset(text: str, evidence: Evidence) -> int:
    at = text.find(evidence.sentence)
    return len(text) if at < 0 else at + evidence.start


def _keys(finding: Finding) -> list[tuple[str, str]]:
    names = [(finding.type, norm(name.text) or name.text) for name in finding.names]
    return [*names, (finding.type, f"term:{finding.term}")] if finding.term else names


def _entity(findings: Sequence[Finding]) -> dict[str, Any]:
    kind = findings[0].type
    has = {r.type for f in findings for r in f.relations}
    relations = [r for r in schema().relations_to(kind) if r in has and r != _MENTIONS]
    return {
        "names": list(dict.fromkeys(name.text for f in findings for name in f.names)),
        "type": [kind],
        "relations": relations or [_MENTIONS],
        **({} if relations else {"optional": True}),
    }


def _in_title(findings: Sequence[Finding]) -> bool:
    """Whether a title names a task that the paper works on."""
    works = any(r.type != _MENTIONS for f in findings for r in f.relations)
    return (
        findings[0].type == "Task"
        and works
        and any(name.evidence.section == TITLE for f in findings for name in f.names)
    )
