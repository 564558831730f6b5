"""Fitting what decides: from annotated papers and their candidates to the models of a pipeline."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from lightgbm import Booster
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from kg.extract import candidates, duplicates, lexicon_matcher, trees
from kg.extract.encoder import Reading
from kg.extract.features import Features, expanded
from kg.extract.fitted import WHETHER, inputs
from kg.extract.models import SCALE
from kg.extract.pipeline import pipeline
from kg.extract.priors import Prior, Priors
from kg.extract.relations import ALLOWED
from kg.extract.translations import translations
from kg.lexicon import Lexicon
from kg.records import ENTITY_TYPES, Entry
from kg.resources import resource
from kg.train import trees as fitting
from kg.train.examples import Example, Gold, example, gold_counts, own_counts, spellings, summed

RELATIONS = tuple(dict.fromkeys(r for allowed in ALLOWED.values() for r in allowed))
MODELS = (*WHETHER, *ENTITY_TYPES, *RELATIONS)
FOLDS = 5
FEWEST = 30  # candidates that must have a feature
COMMON = 0.02  # of the candidates: a feature that so many have is one that the trees see
STRENGTH = 0.1  # inverse of the regularisation
SPARED = 0.001  # F1 given up for things found
SPARED_FOR_CORE = 0.003  # and for proposed things and main tasks
DOUBTFUL = 0.15  # below that not even those are kept
JOINED = 0.4  # how likely a Chinese and an English name must be one thing
SAME = 0.3  # and two names that would be kept: if they are not, the second is a thing of its own only every other time

Joining = tuple[dict[str, float], float]
Alike = Sequence[Sequence[tuple[int, int, float]]]  # of each paper: two candidates, how likely they are one thing
Report = Callable[[str], None]


def write_priors(counts: dict[str, Prior]) -> None:
    """Write the table of priors and forget the old one."""
    rows = ("\t".join([n, *map(str, (p.kept, p.optional, p.dropped, *p.types))]) for n, p in counts.items())
    path = resource("data/rules/priors.tsv")
    part = path.with_suffix(".part")
    part.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    part.replace(path)
    Priors.load.cache_clear()
    lexicon_matcher.matcher.cache_clear()


def indexed(matrix: csr_matrix) -> csr_matrix:
    """The matrix with the short indices that scikit-learn asks for."""
    matrix = matrix.tocsr()
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return matrix


@dataclass
class Data:
    """Candidates of all papers, a row each.

    `paper` numbers the papers from 0, `entities` has the required gold entity that a candidate is (None for none),
    `optional` tells those that are an optional one; `described` has features and kinds by paper; `again` marks
    candidates for something for which there is a likelier one.
    """

    matrix: csr_matrix
    paper: NDArray[np.int64]
    entities: list[dict[str, Any] | None]
    optional: NDArray[np.bool_]
    described: list[list[tuple[Features, tuple[str, ...]]]]
    again: NDArray[np.bool_]


def is_core(entity: dict[str, Any] | None) -> bool:
    """Whether a gold entity is one that the paper proposes or a task that it is about."""
    return entity is not None and ("PROPOSES" in entity["relations"] or bool(entity.get("salient")))


def target(data: Data, model: str, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The rows that a model is fitted on, and what it should say of each."""
    gold = data.entities
    required = np.array([gold[i] is not None for i in rows])
    if model == "entity":
        return rows, required | data.optional[rows]
    if model == "keep":
        counted = ~data.optional[rows]
        return rows[counted], (required & ~data.again[rows])[counted]
    if model == "core":
        use = rows[~data.optional[rows]]
        return use, np.array([is_core(gold[i]) for i in use])
    use = rows[required]
    side = "type" if model in ENTITY_TYPES else "relations"
    return use, np.array([model in gold[i][side] for i in use])


def fit(data: Data, model: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights of one model fitted on some rows."""
    use, answer = target(data, model, rows)
    fitted = LogisticRegression(C=STRENGTH, solver="liblinear", fit_intercept=False, max_iter=300)
    return fitted.fit(data.matrix[use], answer).coef_[0]


def vectors(papers: Sequence[Example], own: Sequence[dict[str, Prior]]) -> tuple[Data, list[str]]:
    """Describe all candidates: the matrix, and the names of its columns."""
    described = [candidates.describe(paper.found, counts) for paper, counts in zip(papers, own, strict=True)]
    flat = [expanded(*one) for paper in described for one in paper]
    seen = Counter(name for features in flat for name in features)
    common = {name for name, n in seen.items() if n >= FEWEST}
    encoder = DictVectorizer(dtype=np.float32)
    matrix = encoder.fit_transform({n: v for n, v in d.items() if n in common} for d in flat)
    places = [(i, p, at) for i, p in enumerate(papers) for at in range(len(p.labels))]
    data = Data(
        indexed(matrix),
        np.array([i for i, _, _ in places]),
        [p.gold[label] if (label := p.labels[at]) is not None and label >= 0 else None for _, p, at in places],
        np.array([p.labels[at] == -1 for _, p, at in places]),
        described,
        np.zeros(len(places), bool),
    )
    return data, list(encoder.feature_names_)


def cross_validated(data: Data) -> NDArray[np.float64]:
    """Probabilities of all models for all rows, each from models that have not seen its paper."""
    out = np.zeros((data.matrix.shape[0], len(MODELS)))
    fold = data.paper % FOLDS
    for f in range(FOLDS):
        seen, unseen = np.flatnonzero(fold != f), np.flatnonzero(fold == f)
        weights = np.stack([fit(data, model, seen) for model in MODELS], axis=1)
        out[unseen] = 1 / (1 + np.exp(-(data.matrix[unseen] @ weights)))
    return out


def boosted(
    papers: Sequence[Example], data: Data, first: NDArray[np.float64], report: Report
) -> tuple[NDArray[np.float64], dict[str, Any], list[str]]:
    """Fit the trees; their cross-validated chances, the trees fitted on all papers, and their columns.

    `first` holds what the logistic models make of each candidate, cross-validated.
    """
    number = {name: i for i, name in enumerate(MODELS)}
    rows: list[Features] = []
    for i, (paper, described) in enumerate(zip(papers, data.described, strict=True)):
        rows += inputs(paper.found, described, first[data.paper == i].astype(np.float32), number)
    seen = Counter(name for row in rows for name in row)
    columns = sorted(name for name, n in seen.items() if n >= COMMON * len(rows))
    matrix = trees.table(rows, {name: i for i, name in enumerate(columns)})
    out = np.zeros((len(rows), len(MODELS)))
    fold, everything = data.paper % FOLDS, np.arange(len(rows))
    data = replace(data, again=repeated(data, first[:, number["keep"]]))
    final = {}
    for i, model in enumerate(MODELS):
        for f in range(FOLDS):
            use, answer = target(data, model, np.flatnonzero(fold != f))
            unseen = np.flatnonzero(fold == f)
            out[unseen, i] = fitting.fit(matrix[use], answer, rounds=rounds(model)).predict(matrix[unseen])
        use, answer = target(data, model, everything)
        final[model] = fitting.fit(matrix[use], answer, rounds=rounds(model))
        report(f"trees: {model}")
    return out, final, columns


def compared(papers: Sequence[Example], data: Data, chances: NDArray[np.float64]) -> tuple[Alike, Booster, list[str]]:
    """Fit what tells second names; the cross-validated chances of all pairs, the model, and its columns."""
    number = {name: i for i, name in enumerate(MODELS)}
    first = np.searchsorted(data.paper, np.arange(len(papers)))  # the row of each paper's first candidate
    found = [
        (i, pair)
        for i, paper in enumerate(papers)
        for pair in duplicates.pairs(paper.found, chances[data.paper == i].astype(np.float32), number)
    ]
    columns = sorted({name for _, pair in found for name in pair.features})
    matrix = trees.table([pair.features for _, pair in found], {name: i for i, name in enumerate(columns)})
    gold = [(data.entities[first[i] + p.worse], data.entities[first[i] + p.better]) for i, p in found]
    same = np.array([one is not None and one is other for one, other in gold])
    known = np.array([one is not None or other is not None for one, other in gold])
    fold = np.array([i for i, _ in found]) % FOLDS
    out = np.zeros(len(found))
    for f in range(FOLDS):
        use, unseen = known & (fold != f), fold == f
        out[unseen] = fitting.fit(matrix[use], same[use]).predict(matrix[unseen])
    alike: list[list[tuple[int, int, float]]] = [[] for _ in papers]
    for (i, pair), chance in zip(found, out.tolist(), strict=True):
        alike[i].append((pair.worse, pair.better, chance))
    return alike, fitting.fit(matrix[known], same[known]), columns


def repeated(data: Data, chances: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Candidates for a gold entity for which there is a likelier one: kept, they would be a second node."""
    out = np.zeros(len(chances), bool)
    seen: set[tuple[int, int]] = set()
    for row in np.argsort(-chances, kind="stable").tolist():
        entity = data.entities[row]
        if entity is not None:
            own = (int(data.paper[row]), id(entity))
            out[row] = own in seen
            seen.add(own)
    return out


def rounds(model: str) -> int:
    """Trees of a model."""
    return 200 if model in WHETHER else 100


def column(model: str) -> int:
    """The column of a model."""
    return MODELS.index(model)


def kinds_of(chances: NDArray[np.float64]) -> list[str]:
    """The likeliest type of each candidate."""
    first = column(ENTITY_TYPES[0])
    return [ENTITY_TYPES[i] for i in np.argmax(chances[:, first : first + len(ENTITY_TYPES)], axis=1)]


@dataclass(frozen=True)
class Things:
    """What would be kept: a row each, its type, and the required gold entity that it finds (None for none)."""

    rows: list[int]
    kinds: list[str]
    entities: list[dict[str, Any] | None]

    def right(self) -> int:
        """How many are right."""
        return sum(entity is not None for entity in self.entities)


def kept_things(
    data: Data, chances: NDArray[np.float64], kinds: Sequence[str], alike: Alike, taken: NDArray[np.bool_]
) -> Things:
    """What is kept if some rows are taken: second names are taken in, optional entities do not count."""
    rows: list[int] = []
    entities: list[dict[str, Any] | None] = []
    bounds = np.searchsorted(data.paper, np.arange(len(alike) + 1))
    keep = chances[:, column("keep")]
    for pairs, first, last in zip(alike, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        kept = set(np.flatnonzero(taken[first:last]).tolist())
        homes = duplicates.taken_in(pairs, kept, keep[first:last].tolist(), SAME)
        names: dict[int, list[int]] = {i: [i] for i in sorted(kept - homes.keys())}
        for i, home in homes.items():
            names[home].append(i)
        seen: set[int] = set()
        for home, together in names.items():
            meant = [e for i in together if (e := data.entities[first + i]) and kinds[first + home] in e["type"]]
            entity = next((e for e in meant if id(e) not in seen), None)
            if entity is None and any(data.optional[first + i] for i in together):
                continue
            seen.add(id(entity))
            rows.append(first + home)
            entities.append(entity)
    return Things(rows, [kinds[row] for row in rows], entities)


def chosen_thresholds(
    data: Data, chances: NDArray[np.float64], papers: Sequence[Example], alike: Alike, report: Report
) -> dict[str, float]:
    """Thresholds of the best F1 of each relation, and of nearly the best one of entities with more of them found."""
    first = column(ENTITY_TYPES[0])
    settled = chances[:, column("keep")] * chances[:, first : first + len(ENTITY_TYPES)].max(axis=1)
    about = chances[:, column("core")]
    wanted = [e for p in papers for e in p.gold if not e.get("optional")]
    of_rows = kinds_of(chances)

    def things(taken: NDArray[np.bool_]) -> Things:
        return kept_things(data, chances, of_rows, alike, taken)

    def f1(found: Things) -> float:
        return 2 * found.right() / (len(found.rows) + len(wanted))

    grid = np.arange(0.2, 0.7, 0.02)
    scores = [f1(things(settled >= t)) for t in grid]
    keep = min(t for t, s in zip(grid, scores, strict=True) if s >= max(scores) - SPARED)
    # What the paper is likely to be about is let in with less: missing that is the worse fault.
    core = min(
        t
        for t in np.arange(0.06, 1.0, 0.02)
        if f1(things((settled >= keep) | ((settled >= DOUBTFUL) & (about >= t)))) >= max(scores) - SPARED_FOR_CORE
    )
    kept = things((settled >= keep) | ((settled >= DOUBTFUL) & (about >= core)))
    report(f"cross-validated core recall: {sum(map(is_core, kept.entities)) / sum(map(is_core, wanted)):.3f}")
    report(f"cross-validated entities: {_figures(kept.right(), len(kept.rows), len(wanted))}")
    out = {"keep": keep, "keep-core": DOUBTFUL, "core": core, "entity": 0.5, "same": SAME}
    counts = np.zeros(3, dtype=int)  # right, given, wanted
    for relation in RELATIONS:
        total = sum(relation in e["relations"] for e in wanted)
        allowed = np.array([relation in ALLOWED[k] for k in kept.kinds])
        has = allowed & np.array([e is not None and relation in e["relations"] for e in kept.entities])
        own = chances[kept.rows, column(relation)]
        counted = [
            (int((has & (own >= t)).sum()), int((allowed & (own >= t)).sum()), total, t)
            for t in np.arange(0.35, 0.7, 0.01)
        ]
        *best, out[relation] = max(counted, key=lambda c: c[0] / max(1, c[1] + c[2]))
        counts += best
    report(f"cross-validated relations: {_figures(*counts.tolist())}")
    thresholds = {name: round(float(value), 2) for name, value in out.items()}
    return thresholds | calibration(kept, chances, thresholds)


def _figures(right: int, given: int, wanted: int) -> str:
    return f"P {right / given:.3f} R {right / wanted:.3f} F1 {2 * right / (given + wanted):.3f}"


def calibration(kept: Things, chances: NDArray[np.float64], thresholds: Mapping[str, float]) -> dict[str, float]:
    """Scale and shift of the logits that make the chances of edges true (Platt 1999)."""
    logits, right = [], []
    for row, kind, entity in zip(kept.rows, kept.kinds, kept.entities, strict=True):
        sure = chances[row, column("keep")] * chances[row, column(kind)]
        own = {r: chances[row, column(r)] for r in ALLOWED[kind]}
        chosen = [r for r, c in own.items() if c >= thresholds[r]] or [max(own, key=own.__getitem__)]
        for relation in chosen:
            chance = min(max(float(sure * own[relation]), 1e-6), 1 - 1e-6)
            logits.append(math.log(chance / (1 - chance)))
            right.append(entity is not None and relation in entity["relations"])
    fitted = LogisticRegression(C=1e6).fit(np.array(logits)[:, None], np.array(right))
    return {"scale": round(float(fitted.coef_[0, 0]), 3), "shift": round(float(fitted.intercept_[0]), 3)}


def write_models(
    folder: Path, names: Sequence[str], weights: NDArray[np.float64], thresholds: dict[str, float]
) -> None:
    """Write weights, in hundredths and without those that say nothing, and thresholds."""
    lines = ["\t".join(["feature", *MODELS])]
    for name, row in zip(names, np.rint(weights * SCALE).astype(int), strict=True):
        if np.abs(row).max() >= 8:
            lines.append("\t".join([name, *(str(w) if w else "" for w in row)]))
    (folder / "weights.tsv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (folder / "thresholds.json").write_text(json.dumps(thresholds, indent=1) + "\n", encoding="utf-8")


def found_in(
    pairs: Sequence[tuple[Gold, Entry]], readings: Sequence[Reading | None], joining: Joining | None
) -> Iterator[Example]:
    """Candidates of all papers; `readings` has what the encoder says of each, cross-fitted, where it is used."""
    nlp, lexicon, priors = pipeline(), Lexicon.load(), Priors.load()
    if readings[0] is not None:
        nlp.add_pipe("kg_encoder")
    for (gold, entry), said in zip(pairs, readings, strict=True):
        yield example(gold, candidates.find(nlp, entry, lexicon, priors, joining, said), lexicon)


def fit_translations(folder: Path, pairs: Sequence[tuple[Gold, Entry]], readings: Sequence[Reading | None]) -> Joining:
    """Fit and write the weights that join Chinese and English names."""
    described: list[Features] = []
    same: list[bool] = []
    for paper in found_in(pairs, readings, None):
        meant = [spellings(e["names"]) for e in paper.gold]
        hits = [{i for i, m in enumerate(meant) if m & spellings(c.names)} for c in paper.found.candidates]
        context = paper.found.context
        for pair in translations(paper.found.candidates, context.text, context.sentences, context.reading):
            if hits[pair.english] or hits[pair.chinese]:
                described.append(pair.features)
                same.append(bool(hits[pair.english] & hits[pair.chinese]))
    encoder = DictVectorizer(dtype=np.float32)
    matrix = indexed(encoder.fit_transform(described))
    weights = LogisticRegression(C=0.3, solver="liblinear", fit_intercept=False).fit(matrix, same).coef_[0]
    table = {n: round(float(w), 2) for n, w in zip(encoder.feature_names_, weights, strict=True)}
    text = json.dumps({"threshold": JOINED, "weights": table}, indent=1, sort_keys=True)
    (folder / "translations.json").write_text(f"{text}\n", encoding="utf-8")
    return table, JOINED


def fit_priors(pairs: Sequence[tuple[Gold, Entry]], folder: Path) -> list[dict[str, Prior]]:
    """Count and write what annotators made of each name; what each paper adds to that."""
    nothing = [None] * len(pairs)
    write_priors(summed(gold_counts(gold) for gold, _ in pairs))
    joining = fit_translations(folder, pairs, nothing)
    own = [own_counts(p, Priors.load()) for p in found_in(pairs, nothing, joining)]
    write_priors(summed(own))
    return own


def fit_pipeline(
    folder: Path,
    pairs: Sequence[tuple[Gold, Entry]],
    own: Sequence[dict[str, Prior]],
    readings: Sequence[Reading | None],
    report: Report,
) -> dict[str, float]:
    """Fit and write all models of a pipeline; its thresholds.

    Parameters
    ----------
    folder : path
        Where the models go.
    pairs : sequence of (gold, entry)
        Annotated papers.
    own : sequence of dict
        What each paper adds to the priors.
    readings : sequence of Reading or None
        What an encoder that has not seen the paper says of it; None for a pipeline without one.
    report : callable
        Told how it goes.
    """
    joining = fit_translations(folder, pairs, readings)
    papers = list(found_in(pairs, readings, joining))
    data, names = vectors(papers, own)
    report(f"{len(papers)} papers, {data.matrix.shape[0]} candidates, {len(names)} features")
    first = cross_validated(data)
    report("logistic models fitted")
    chances, final, columns = boosted(papers, data, first, report)
    alike, same, places = compared(papers, data, chances)
    thresholds = chosen_thresholds(data, chances, papers, alike, report)
    weights = np.stack([fit(data, model, np.arange(len(data.paper))) for model in MODELS], axis=1)
    write_models(folder, names, weights, thresholds)
    fitting.write({name: final[name] for name in WHETHER}, columns, folder / "whether.onnx")
    fitting.write({name: final[name] for name in MODELS if name not in WHETHER}, columns, folder / "what.onnx")
    fitting.write({"same": same}, places, folder / "same.onnx")
    return thresholds
