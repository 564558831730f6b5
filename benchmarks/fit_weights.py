"""Fit the weights of the rule extractor from gold annotations; writes the tables in data/rules.

    python benchmarks/fit_weights.py GOLD.jsonl CORPUS [--frequency FOLDER]

GOLD names the text of each paper by `source`, a path under CORPUS, or has only its title. `--frequency` counts anew in
how many papers of a large folder each name occurs. Needs the extra `fit`.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from fit_data import Example, Gold, example, gold_counts, load, own_counts, read_entries, spellings, summed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from kg.extract import candidates, lexicon_matcher
from kg.extract.features import Features, expanded
from kg.extract.models import SCALE
from kg.extract.pipeline import pipeline
from kg.extract.priors import Prior, Priors
from kg.extract.relations import ALLOWED
from kg.extract.rivals import Judged, compared
from kg.extract.translations import load_weights, translations
from kg.lexicon import Lexicon
from kg.records import ENTITY_TYPES, Entry
from kg.resources import resource

RULES = resource("data/rules")
RELATIONS = tuple(dict.fromkeys(r for allowed in ALLOWED.values() for r in allowed))
MODELS = ("keep", "core", "entity", *ENTITY_TYPES, *RELATIONS)
FOLDS = 5
FEWEST = 30  # candidates that must have a feature
STRENGTH = 0.1  # inverse of the regularisation
OFTEN = 6  # papers that a name must occur in to have its frequency kept (of some 7,000)
SPARED = 0.002  # F1 given up for things found
SPARED_FOR_CORE = 0.017  # and for proposed things and main tasks
DOUBTFUL = 0.12  # below that not even those are kept
JOINED = 0.4  # how likely a Chinese and an English name must be one thing


def write_priors(counts: dict[str, Prior]) -> None:
    """Write the table of priors and forget the old one."""
    rows = ("\t".join([n, *map(str, (p.kept, p.optional, p.dropped, *p.types))]) for n, p in counts.items())
    (RULES / "priors.tsv").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    Priors.load.cache_clear()
    lexicon_matcher.matcher.cache_clear()


def indexed(matrix: csr_matrix) -> csr_matrix:
    """The matrix with the short indices that scikit-learn asks for."""
    matrix = matrix.tocsr()
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return matrix


def write_frequency(folder: Path, lexicon: Lexicon) -> None:
    """Count in how many papers of a folder each name occurs, and write the table."""
    nlp, priors = pipeline(), Priors.load()
    count: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.md")):
        for entry in read_entries(path):
            found = candidates.find(nlp, entry, lexicon, priors)
            count.update({k for c in found.candidates for k in priors.of(c)})
    rows = (f"{name}\t{n}\n" for name, n in sorted(count.items()) if n >= OFTEN)
    (RULES / "frequency.tsv").write_text("".join(rows), encoding="utf-8")
    Priors.load.cache_clear()


@dataclass
class Data:
    """Candidates of all papers as a matrix: `paper[i]` and `label[i]` (None, -1 or a gold entity) belong to row i."""

    matrix: csr_matrix
    paper: NDArray[np.int64]
    entities: list[dict[str, Any] | None]
    optional: NDArray[np.bool_]


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
        return rows[~data.optional[rows]], required[~data.optional[rows]]
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
    described: list[Features] = []
    for paper, counts in zip(papers, own, strict=True):
        described += (expanded(*one) for one in candidates.describe(paper.found, counts))
    seen = Counter(name for features in described for name in features)
    common = {name for name, n in seen.items() if n >= FEWEST}
    encoder = DictVectorizer(dtype=np.float32)
    matrix = encoder.fit_transform({n: v for n, v in d.items() if n in common} for d in described)
    flat = [(i, p, at) for i, p in enumerate(papers) for at in range(len(p.labels))]
    data = Data(
        indexed(matrix),
        np.array([i for i, _, _ in flat]),
        [
            p.gold[p.labels[at]] if (p.labels[at] if p.labels[at] is not None else -1) >= 0 else None
            for _, p, at in flat
        ],
        np.array([p.labels[at] == -1 for _, p, at in flat]),
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


def column(model: str) -> int:
    """The column of a model."""
    return MODELS.index(model)


def kinds_of(chances: NDArray[np.float64]) -> list[str]:
    """The likeliest type of each candidate."""
    first = column(ENTITY_TYPES[0])
    return [ENTITY_TYPES[i] for i in np.argmax(chances[:, first : first + len(ENTITY_TYPES)], axis=1)]


def fit_rivals(papers: Sequence[Example], chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit and write the weights of rivals; the chance of each candidate to be kept, cross-validated."""
    described: list[Features] = []
    rows: list[int] = []
    answers: list[int] = []
    fold: list[int] = []
    kinds, at = kinds_of(chances), 0
    for number, paper in enumerate(papers):
        judged = [
            Judged(candidate, float(chances[at + i, column("keep")]), kinds[at + i])
            for i, candidate in enumerate(paper.found.candidates)
        ]
        seen: set[int] = set()
        for i, features in compared(judged, not paper.found.context.bilingual):
            label = paper.labels[i]
            described.append(features)
            rows.append(at + i)
            fold.append(number % FOLDS)
            answers.append(-1 if label == -1 else int(label is not None and label not in seen))
            seen |= {label} - {None}
        at += len(judged)
    encoder = DictVectorizer(dtype=np.float32)
    matrix = indexed(encoder.fit_transform(described))
    answer, part = np.array(answers), np.array(fold)

    def fitted(use: NDArray[np.bool_]) -> LogisticRegression:
        use = use & (answer >= 0)
        return LogisticRegression(C=1.0, solver="liblinear", fit_intercept=False).fit(matrix[use], answer[use])

    settled = np.zeros(len(chances))
    for f in range(FOLDS):
        settled[np.array(rows)[part == f]] = fitted(part != f).predict_proba(matrix[part == f])[:, 1]
    weights = fitted(np.ones(len(answer), dtype=bool)).coef_[0]
    table = {n: round(float(w), 2) for n, w in zip(encoder.feature_names_, weights, strict=True)}
    (RULES / "rivals.json").write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return settled


def chosen_thresholds(
    data: Data, chances: NDArray[np.float64], settled: NDArray[np.float64], papers: Sequence[Example]
) -> dict[str, float]:
    """Thresholds of the best F1 of each relation, and of nearly the best one of entities with more of them found."""
    kinds = kinds_of(chances)
    gold_total = sum(1 for p in papers for e in p.gold if not e.get("optional"))
    typed = np.array([e is not None and k in e["type"] for e, k in zip(data.entities, kinds, strict=True)])
    counted = ~data.optional

    def found(taken: NDArray[np.bool_], hits: NDArray[np.bool_]) -> int:
        """Gold entities among the hits taken: two candidates for one entity find it once."""
        use = taken & hits
        return len({(p, id(e)) for p, e, u in zip(data.paper, data.entities, use, strict=True) if u})

    def f1(taken: NDArray[np.bool_], hits: NDArray[np.bool_], total: int) -> float:
        return 2 * found(taken, hits) / max(1, int((taken & counted).sum()) + total)

    grid = np.arange(0.2, 0.7, 0.01)
    scores = [f1(settled >= t, typed, gold_total) for t in grid]
    keep = min(t for t, s in zip(grid, scores, strict=True) if s >= max(scores) - SPARED)
    # What the paper is likely to be about is let in with less: missing that is the worse fault.
    doubtful, about = settled >= DOUBTFUL, chances[:, column("core")]
    core = min(
        t
        for t in np.arange(0.05, 1.0, 0.01)
        if f1((settled >= keep) | (doubtful & (about >= t)), typed, gold_total) >= max(scores) - SPARED_FOR_CORE
    )
    taken = (settled >= keep) | (doubtful & (about >= core))
    main = np.array([is_core(e) for e in data.entities])
    mains = sum(is_core(e) for p in papers for e in p.gold if not e.get("optional"))
    print(f"cross-validated core recall: {found(taken, typed & main) / mains:.3f}")
    right = found(taken, typed)
    print(f"cross-validated entities: P {right / int((taken & counted).sum()):.3f} R {right / gold_total:.3f}")
    out = {"keep": keep, "keep-core": DOUBTFUL, "core": core, "entity": 0.5}
    counts = np.zeros(3, dtype=int)  # right, given, wanted
    for relation in RELATIONS:
        has = np.array([e is not None and relation in e["relations"] for e in data.entities]) & typed
        total = sum(relation in e["relations"] for p in papers for e in p.gold if not e.get("optional"))
        allowed = taken & np.array([relation in ALLOWED[k] for k in kinds])
        own = chances[:, column(relation)]
        out[relation] = max(np.arange(0.35, 0.7, 0.01), key=lambda t: f1(allowed & (own >= t), has, total))
        given = allowed & (own >= out[relation])
        counts += (found(given, has), int((given & counted).sum()), total)
    precision, recall = counts[0] / counts[1:]
    print(f"cross-validated relations: P {precision:.3f} R {recall:.3f}")
    return {name: round(float(value), 2) for name, value in out.items()}


def write_models(names: Sequence[str], weights: NDArray[np.float64], thresholds: dict[str, float]) -> None:
    """Write weights, in hundredths and without those that say nothing, and thresholds."""
    lines = ["\t".join(["feature", *MODELS])]
    for name, row in zip(names, np.rint(weights * SCALE).astype(int), strict=True):
        if np.abs(row).max() >= 8:
            lines.append("\t".join([name, *(str(w) if w else "" for w in row)]))
    (RULES / "weights.tsv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (RULES / "thresholds.json").write_text(json.dumps(thresholds, indent=1) + "\n", encoding="utf-8")


def found_in(pairs: Sequence[tuple[Gold, Entry]], lexicon: Lexicon, *, across: bool = True) -> Iterator[Example]:
    """Candidates of all papers."""
    nlp, priors = pipeline(), Priors.load()
    for gold, entry in pairs:
        yield example(gold, candidates.find(nlp, entry, lexicon, priors, across=across), lexicon)


def fit_translations(pairs: Sequence[tuple[Gold, Entry]], lexicon: Lexicon) -> None:
    """Fit and write the weights that join Chinese and English names."""
    described: list[Features] = []
    same: list[bool] = []
    for paper in found_in(pairs, lexicon, across=False):
        meant = [spellings(e["names"]) for e in paper.gold]
        hits = [{i for i, m in enumerate(meant) if m & spellings(c.names)} for c in paper.found.candidates]
        context = paper.found.context
        for pair in translations(paper.found.candidates, context.text, context.sentences):
            if hits[pair.english] or hits[pair.chinese]:
                described.append(pair.features)
                same.append(bool(hits[pair.english] & hits[pair.chinese]))
    encoder = DictVectorizer(dtype=np.float32)
    matrix = indexed(encoder.fit_transform(described))
    weights = LogisticRegression(C=0.3, solver="liblinear", fit_intercept=False).fit(matrix, same).coef_[0]
    table = {n: round(float(w), 2) for n, w in zip(encoder.feature_names_, weights, strict=True)}
    text = json.dumps({"threshold": JOINED, "weights": table}, indent=1, sort_keys=True)
    (RULES / "translations.json").write_text(f"{text}\n", encoding="utf-8")
    load_weights.cache_clear()


def main() -> None:
    """Fit everything and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--frequency", type=Path, help="count names in this folder of digests")
    options = parser.parse_args()
    lexicon = Lexicon.load()
    pairs = load(options.gold, options.corpus)
    write_priors(summed(gold_counts(gold) for gold, _ in pairs))
    if options.frequency:
        write_frequency(options.frequency, lexicon)
    fit_translations(pairs, lexicon)
    papers = list(found_in(pairs, lexicon))
    own = [own_counts(p, Priors.load()) for p in papers]
    write_priors(summed(own))
    papers = [
        replace(p, found=replace(p.found, context=replace(p.found.context, priors=Priors.load()))) for p in papers
    ]
    data, names = vectors(papers, own)
    print(f"{len(papers)} papers, {data.matrix.shape[0]} candidates, {len(names)} features")
    chances = cross_validated(data)
    thresholds = chosen_thresholds(data, chances, fit_rivals(papers, chances), papers)
    weights = np.stack([fit(data, model, np.arange(len(data.paper))) for model in MODELS], axis=1)
    write_models(names, weights, thresholds)
    print(thresholds)


if __name__ == "__main__":
    main()
