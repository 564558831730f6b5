"""How good a graph is: precision, recall and F1 against papers that people annotated.

A predicted entity matches a gold entity when its type is one of the gold types and one of its names is, normalised,
one of the gold names. Matching is one to one, so a node into which two things were merged can match only one of
them. Optional gold entities count neither as found nor as missed. Figures are micro-averaged over papers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

from kg.calibration import Calibration, calibrate
from kg.faults import Fault
from kg.gold import Gold, GoldEntity, Matching, Predicted, forms, match, norm
from kg.records import ENTITY_TYPES, Edge, Node

RELATIONS = ("PROPOSES", "USES", "COMPARES_WITH", "TRAINED_ON", "EVALUATED_ON", "ADDRESSES", "REPORTS")
_FIELDS = ("date", "arxiv_id", "venue")
_LABELS = {"topics": "Topic", "institutions": "Institution"}


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one kind of thing, and the figures that follow."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return self.right / (self.right + self.wrong) if self.right else 0.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found."""
        return self.right / (self.right + self.missed) if self.right else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """Figures of some of the papers."""

    papers: int
    entity: Score
    relation: Score


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures, and all faults in the order of the gold papers.

    `core` counts proposed entities and salient tasks, `metadata` what digests state outright; neither has wrong ones.
    `by_format` has the papers of the graph by the formats of the digests they come from, the most papers first.
    """

    papers: int
    papers_missing: tuple[str, ...]
    entity: Score
    entity_untyped: Score
    relation: Score
    core: Score
    by_type: dict[str, Score]
    by_relation: dict[str, Score]
    metadata: dict[str, Score]
    by_format: dict[str, Part]
    calibration: Calibration
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One judgement: in which group of figures, under which label, "right", "wrong" or "missed".

    A relation that the graph has comes with its confidence.
    """

    group: str
    label: str
    result: str
    fault: Fault | None = None
    confidence: float | None = None


def evaluate(
    gold: Sequence[Gold],
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    formats: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Evaluation:
    """Compare a graph with gold papers.

    Parameters
    ----------
    gold : sequence of Gold
        Annotated papers; the graph's papers are found by their titles.
    nodes, edges
        The graph, both sorted by id. Every edge from a paper to an entity counts, so leave passing mentions out
        unless they should.
    formats : mapping of str to sequence of str
        Formats of the digests that each paper was read from, by the paper's id in the graph.
    """
    by_id = {n.id: n for n in nodes}
    by_title = defaultdict(list)
    for node in by_id.values():
        if node.type == "Paper":
            for title in dict.fromkeys(norm(t) for t in (node.attributes.get("title", ""), node.name)):
                by_title[title].append(node)
    out = defaultdict(list)
    for edge in edges:
        out[edge.source].append(edge)
    outcomes: list[_Outcome] = []
    parts: dict[str, list[list[_Outcome]]] = defaultdict(list)
    missing = []
    for paper in gold:
        found = by_title.get(norm(paper.title), [])
        targets = [(by_id[e.target], e) for p in found for e in out[p.id] if e.target in by_id]
        mine = [*_entities(paper, _predicted(targets)), *_metadata(paper, found, [node for node, _ in targets])]
        outcomes += mine
        if not found:
            missing.append(paper.id)
        elif formats:
            parts[", ".join(sorted({f for p in found for f in formats.get(p.id, ())}))].append(mine)
    return _evaluation(len(gold), missing, outcomes, parts)


def _predicted(targets: Iterable[tuple[Node, Edge]]) -> list[Predicted]:
    relations: dict[str, dict[str, float | None]] = {}
    nodes = {}
    for node, edge in targets:
        if node.type in ENTITY_TYPES:
            nodes[node.id] = node
            relations.setdefault(node.id, {})[edge.type] = edge.attributes.get("confidence")
    return [
        Predicted(
            nodes[i].type,
            nodes[i].name,
            forms([nodes[i].name, *nodes[i].attributes.get("aliases", ())]),
            frozenset(found),
            found,
        )
        for i, found in relations.items()
    ]


def _entities(paper: Gold, predicted: Sequence[Predicted]) -> Iterator[_Outcome]:
    gold = paper.entities
    typed, untyped = match(gold, predicted), match(gold, predicted, typed=False)
    hit = set(typed.gold_of.values())
    renamed = set()
    for k, p in enumerate(predicted):
        i = typed.gold_of.get(k)
        if i is not None:
            if not gold[i].optional:
                yield _Outcome("entity", p.type, "right")
        elif not _excused(gold, typed, k):
            other = untyped.gold_of.get(k)
            kind, detail, cost = "wrong entity", ", ".join(sorted(p.relations)), _cost(p.relations)
            if other is not None and other not in hit:
                kind, detail = "wrong type", "is " + "/".join(gold[other].type)
                cost += 0 if gold[other].optional else _cost(gold[other].relations)
                renamed.add(other)
            yield _Outcome("entity", p.type, "wrong", Fault(kind, paper.id, p.type, p.name, detail, cost))
        yield from _relations(paper, p, i, _excused(gold, typed, k))
    for i, g in enumerate(gold):
        if not g.optional:
            if i not in hit:
                cost = _cost(g.relations)
                fault = Fault("missed entity", paper.id, "/".join(g.type), g.names[0], ", ".join(g.relations), cost)
                yield _Outcome("entity", g.type[0], "missed", None if i in renamed else fault)
            if g.core:
                yield _Outcome("core", "", "right" if i in hit else "missed")
            yield from _missed_relations(paper, i, typed, predicted)
    yield from _untyped(gold, predicted, untyped)


def _cost(relations: Iterable[str]) -> int:
    """Errors that an entity makes which is not what it should be: itself and its relations."""
    return 1 + len(set(RELATIONS).intersection(relations))


def _excused(gold: Sequence[GoldEntity], matching: Matching, k: int) -> bool:
    """Whether a predicted entity could be an optional one, and so is no error."""
    return any(gold[i].optional for i in matching.candidates[k])


def _relations(paper: Gold, p: Predicted, i: int | None, excused: bool) -> Iterator[_Outcome]:
    gold = None if i is None else paper.entities[i]
    for relation in sorted(p.relations & set(RELATIONS)):
        if gold is None:
            if not excused:
                yield _Outcome("relation", relation, "wrong", None, p.confidence.get(relation))
        elif gold.optional:
            continue
        elif relation in gold.relations:
            yield _Outcome("relation", relation, "right", None, p.confidence.get(relation))
        else:
            fault = Fault("wrong relation", paper.id, relation, p.name, "is " + ", ".join(gold.relations))
            yield _Outcome("relation", relation, "wrong", fault, p.confidence.get(relation))


def _missed_relations(paper: Gold, i: int, matching: Matching, predicted: Sequence[Predicted]) -> Iterator[_Outcome]:
    found = next((predicted[k] for k, j in matching.gold_of.items() if j == i), None)
    for relation in paper.entities[i].relations:
        if relation in RELATIONS and (found is None or relation not in found.relations):
            fault = None
            if found is not None:
                has = "has " + ", ".join(sorted(found.relations))
                fault = Fault("missed relation", paper.id, relation, found.name, has)
            yield _Outcome("relation", relation, "missed", fault)


def _untyped(gold: Sequence[GoldEntity], predicted: Sequence[Predicted], matching: Matching) -> Iterator[_Outcome]:
    for k in range(len(predicted)):
        i = matching.gold_of.get(k)
        if i is not None:
            if not gold[i].optional:
                yield _Outcome("untyped", "", "right")
        elif not _excused(gold, matching, k):
            yield _Outcome("untyped", "", "wrong")
    hit = set(matching.gold_of.values())
    for i, g in enumerate(gold):
        if not g.optional and i not in hit:
            yield _Outcome("untyped", "", "missed")


def _metadata(paper: Gold, found: Sequence[Node], targets: Sequence[Node]) -> Iterator[_Outcome]:
    for field in _FIELDS:
        want = getattr(paper, field)
        if want:
            have = found[0].attributes.get(field, "") if found else ""
            yield _Outcome("metadata", field, "right" if have == want else "missed")
    for field, node_type in _LABELS.items():
        names = {
            norm(name)
            for node in targets
            if node.type == node_type
            for name in (node.name, *node.attributes.get("aliases", ()))
        }
        for want in {norm(label) for label in getattr(paper, field) or () if label}:
            yield _Outcome("metadata", field, "right" if want in names else "missed")


def _total(group: str, outcomes: Iterable[_Outcome]) -> Score:
    totals = Counter(o.result for o in outcomes if o.group == group)
    return Score(*(totals[result] for result in ("right", "wrong", "missed")))


def _part(papers: Sequence[Sequence[_Outcome]]) -> Part:
    entity, relation = (_total(group, chain.from_iterable(papers)) for group in ("entity", "relation"))
    return Part(len(papers), entity, relation)


def _evaluation(
    papers: int,
    missing: Sequence[str],
    outcomes: Sequence[_Outcome],
    parts: Mapping[str, Sequence[Sequence[_Outcome]]],
) -> Evaluation:
    counts = Counter((o.group, o.label, o.result) for o in outcomes)

    def by(group: str, labels: Iterable[str]) -> dict[str, Score]:
        return {n: Score(*(counts[group, n, result] for result in ("right", "wrong", "missed"))) for n in labels}

    return Evaluation(
        papers,
        tuple(missing),
        _total("entity", outcomes),
        _total("untyped", outcomes),
        _total("relation", outcomes),
        _total("core", outcomes),
        by("entity", ENTITY_TYPES),
        by("relation", RELATIONS),
        by("metadata", (*_FIELDS, *_LABELS)),
        {name: _part(parts[name]) for name in sorted(parts, key=lambda n: (-len(parts[n]), n))},
        calibrate((o.confidence, o.result == "right") for o in outcomes if o.confidence is not None),
        tuple(o.fault for o in outcomes if o.fault),
    )
