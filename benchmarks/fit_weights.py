"""Fit the weights of the rule extractor from gold annotations; writes the tables in data/rules.

    python benchmarks/fit_weights.py GOLD.jsonl CORPUS [--frequency FOLDER] [--check]

GOLD names the text of each paper by `source`, a path under CORPUS, or has only its title. `--frequency` counts anew in
how many papers of a large folder each name occurs; `--check` cross-validates and writes nothing. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from kg.extract import candidates, lexicon_matcher
from kg.extract.candidates import Found
from kg.extract.features import Features
from kg.extract.models import SCALE
from kg.extract.pipeline import pipeline
from kg.extract.priors import Prior, Priors
from kg.extract.relations import ALLOWED
from kg.lexicon import Lexicon
from kg.read import read_file
from kg.records import ENTITY_TYPES, Entry
from kg.resolve.spelling import bare, key
from kg.resources import resource

RULES = resource("data/rules")
RELATIONS = tuple(dict.fromkeys(r for allowed in ALLOWED.values() for r in allowed))
MODELS = ("keep", "core", "entity", *ENTITY_TYPES, *RELATIONS)
FOLDS = 5
FEWEST = 20  # candidates that must have a feature
STRENGTH = 0.1  # inverse of the regularisation
KEPT_FREQUENCY = 8


@dataclass(frozen=True)
class Example:
    """A paper with its gold entities, its candidates, and the gold entity of each candidate.

    `labels[i]` is the index of a required entity, -1 for an optional one, None for none; `twin[i]` says that another
    candidate stands for that entity already.
    """

    gold: list[dict]
    found: Found
    labels: list[int | None]
    twin: list[bool]


def title_key(title: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title).lower())


def read_entries(path: Path) -> list[Entry]:
    return list(read_file(path.name, path.read_bytes()).entries)


def load(gold: Path, corpus: Path) -> list[tuple[list[dict], Entry]]:
    """Gold entities with the entry that they annotate, in the order of the gold file."""
    records = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    titles: dict[str, Entry] = {}
    if any(not r.get("source") for r in records):
        for path in sorted(corpus.rglob("*.md")):
            for entry in read_entries(path):
                titles.setdefault(title_key(entry.title), entry)
    pairs = []
    for record in records:
        wanted = title_key(record["title"])
        source = record.get("source")
        entries = read_entries(corpus / source) if source else []
        entry = next((e for e in entries if title_key(e.title) == wanted), None) or titles.get(wanted)
        entry = entry or (entries[0] if len(entries) == 1 else None)
        if entry is None:
            print("no text for", record["id"], record["title"])
        else:
            pairs.append((record["entities"], entry))
    return pairs


def spellings(names: Iterable[str]) -> set[str]:
    return {k for name in names for k in (key(name), key(bare(name))) if k}


def names_of(candidate: candidates.Candidate, lexicon: Lexicon) -> list[str]:
    term = lexicon.term(candidate.term) if candidate.term else None
    return [*candidate.names, *((term.en, term.zh) if term else ())]


def example(gold: list[dict], found: Found, lexicon: Lexicon) -> Example:
    wanted = [spellings(e["names"]) for e in gold]
    labels: list[int | None] = []
    for candidate in found.candidates:
        mine = spellings(n for n in names_of(candidate, lexicon) if n)
        hits = [i for i, names in enumerate(wanted) if names & mine]
        required = [i for i in hits if not gold[i].get("optional")]
        labels.append(required[0] if required else -1 if hits else None)
    best: dict[int, int] = {}
    for at, label in enumerate(labels):
        if label is not None and label >= 0:
            size = len(found.candidates[at].mentions)
            if label not in best or size > len(found.candidates[best[label]].mentions):
                best[label] = at
    twin = [label is not None and label >= 0 and best[label] != at for at, label in enumerate(labels)]
    return Example(gold, found, labels, twin)


def own_counts(paper: Example, priors: Priors) -> dict[str, Prior]:
    """What one paper adds to the priors."""
    counts = gold_counts(paper.gold)
    for candidate, label in zip(paper.found.candidates, paper.labels, strict=True):
        if label is None:
            prior = Prior(dropped=1)
        elif label < 0:
            prior = Prior(optional=1)
        else:
            prior = kept(paper.gold[label])
        for name in priors.of(candidate):
            counts.setdefault(name, prior)
    return counts


def gold_counts(gold: list[dict]) -> dict[str, Prior]:
    counts: dict[str, Prior] = {}
    for entity in sorted(gold, key=lambda e: bool(e.get("optional"))):
        for name in sorted(spellings(entity["names"])):
            counts.setdefault(name, Prior(optional=1) if entity.get("optional") else kept(entity))
    return counts


def kept(entity: dict) -> Prior:
    return Prior(kept=1, types=tuple(int(t == entity["type"][0]) for t in ENTITY_TYPES))


def summed(counts: Iterable[dict[str, Prior]]) -> dict[str, Prior]:
    total: dict[str, Prior] = defaultdict(Prior)
    for one in counts:
        for name, prior in one.items():
            total[name] = total[name].plus(prior)
    return {n: p for n, p in sorted(total.items()) if p.kept + p.optional + p.dropped > 1}


def write_priors(counts: dict[str, Prior]) -> None:
    rows = ("\t".join([n, *map(str, (p.kept, p.optional, p.dropped, *p.types))]) for n, p in counts.items())
    (RULES / "priors.tsv").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    Priors.load.cache_clear()
    lexicon_matcher.matcher.cache_clear()


def write_frequency(folder: Path, lexicon: Lexicon) -> None:
    nlp, priors = pipeline(), Priors.load()
    count: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.md")):
        for entry in read_entries(path):
            found = candidates.find(nlp, entry, lexicon, priors)
            count.update({k for c in found.candidates for k in priors.of(c)})
    rows = (f"{name}\t{n}\n" for name, n in sorted(count.items()) if n >= KEPT_FREQUENCY)
    (RULES / "frequency.tsv").write_text("".join(rows), encoding="utf-8")
    Priors.load.cache_clear()


@dataclass
class Data:
    """Candidates of all papers as a matrix: `paper[i]` and `label[i]` (None, -1 or a gold entity) belong to row i."""

    matrix: csr_matrix
    paper: NDArray[np.int64]
    entities: list[dict | None]
    optional: NDArray[np.bool_]
    twin: NDArray[np.bool_]


def target(data: Data, model: str, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The rows that a model is fitted on, and what it should say of each."""
    gold = data.entities
    required = np.array([gold[i] is not None for i in rows])
    if model == "entity":
        return rows, required | data.optional[rows]
    if model in ("keep", "core"):
        use = rows[~data.optional[rows]]
        core = (lambda e: "PROPOSES" in e["relations"] or e.get("salient")) if model == "core" else (lambda e: True)
        return use, np.array([gold[i] is not None and not data.twin[i] and bool(core(gold[i])) for i in use])
    use = rows[required]
    side = "type" if model in ENTITY_TYPES else "relations"
    return use, np.array([model in gold[i][side] for i in use])


def fit(data: Data, model: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    use, answer = target(data, model, rows)
    fitted = LogisticRegression(C=STRENGTH, solver="liblinear", fit_intercept=False, max_iter=300)
    return fitted.fit(data.matrix[use], answer).coef_[0]


def vectors(papers: Sequence[Example], own: Sequence[dict[str, Prior]]) -> tuple[Data, list[str]]:
    described: list[Features] = []
    for paper, counts in zip(papers, own, strict=True):
        described += candidates.describe(paper.found, counts)
    seen = Counter(name for features in described for name in features)
    common = {name for name, n in seen.items() if n >= FEWEST}
    encoder = DictVectorizer(dtype=np.float32)
    matrix = encoder.fit_transform({n: v for n, v in d.items() if n in common} for d in described)
    flat = [(i, p, at) for i, p in enumerate(papers) for at in range(len(p.labels))]
    data = Data(
        matrix.tocsr(),
        np.array([i for i, _, _ in flat]),
        [p.gold[p.labels[at]] if (p.labels[at] if p.labels[at] is not None else -1) >= 0 else None for _, p, at in flat],
        np.array([p.labels[at] == -1 for _, p, at in flat]),
        np.array([p.twin[at] for _, p, at in flat]),
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


def chosen_thresholds(data: Data, chances: NDArray[np.float64], papers: Sequence[Example]) -> dict[str, float]:
    """Thresholds that make the best F1 of entities and of each relation."""
    gold_total = sum(1 for p in papers for e in p.gold if not e.get("optional"))
    column = {name: i for i, name in enumerate(MODELS)}
    right_type = np.array(
        [
            e is not None and ENTITY_TYPES[int(np.argmax(row[3 : 3 + len(ENTITY_TYPES)]))] in e["type"]
            for e, row in zip(data.entities, chances, strict=True)
        ]
    )
    hit = right_type & ~data.twin
    counted = ~data.optional

    def f1(taken: NDArray[np.bool_], hits: NDArray[np.bool_], total: int) -> float:
        right = int((taken & hits).sum())
        return 2 * right / max(1, int((taken & counted).sum()) + total)

    grid = np.arange(0.1, 0.95, 0.01)
    keep = max(grid, key=lambda t: f1(chances[:, column["keep"]] >= t, hit, gold_total))
    # Proposed things and salient tasks are worth a little precision.
    base = f1(chances[:, column["keep"]] >= keep, hit, gold_total)
    core = min(
        t
        for t in grid
        if f1((chances[:, column["keep"]] >= keep) | (chances[:, column["core"]] >= t), hit, gold_total) >= base - 0.004
    )
    out = {"keep": keep, "core": core, "entity": 0.5}
    taken = (chances[:, column["keep"]] >= keep) | (chances[:, column["core"]] >= core)
    for relation in RELATIONS:
        has = np.array([e is not None and relation in e["relations"] for e in data.entities]) & hit
        total = sum(relation in e["relations"] for p in papers for e in p.gold if not e.get("optional"))
        allowed = np.array(
            [relation in ALLOWED[ENTITY_TYPES[int(np.argmax(row[3 : 3 + len(ENTITY_TYPES)]))]] for row in chances]
        )
        out[relation] = max(grid, key=lambda t: f1(taken & allowed & (chances[:, column[relation]] >= t), has, total))
    report(data, chances, taken, hit, gold_total, counted)
    return {name: round(float(value), 2) for name, value in out.items()}


def report(data: Data, chances, taken, hit, total, counted) -> None:  # type: ignore[no-untyped-def]
    right = int((taken & hit).sum())
    print(f"cross-validated entities: P {right / (taken & counted).sum():.3f} R {right / total:.3f}")


def write_models(names: Sequence[str], weights: NDArray[np.float64], thresholds: dict[str, float]) -> None:
    lines = ["\t".join(["feature", *MODELS])]
    for name, row in zip(names, np.rint(weights * SCALE).astype(int), strict=True):
        if np.abs(row).max() >= 3:
            lines.append("\t".join([name, *(str(w) if w else "" for w in row)]))
    (RULES / "weights.tsv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (RULES / "thresholds.json").write_text(json.dumps(thresholds, indent=1) + "\n", encoding="utf-8")


def found_in(pairs: Sequence[tuple[list[dict], Entry]], lexicon: Lexicon) -> Iterator[Example]:
    nlp, priors = pipeline(), Priors.load()
    for gold, entry in pairs:
        yield example(gold, candidates.find(nlp, entry, lexicon, priors), lexicon)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--frequency", type=Path, help="count names in this folder of digests")
    options = parser.parse_args()
    lexicon = Lexicon.load()
    pairs = load(options.gold, options.corpus)
    if options.frequency:
        write_frequency(options.frequency, lexicon)
    write_priors(summed(gold_counts(gold) for gold, _ in pairs))
    papers = list(found_in(pairs, lexicon))
    own = [own_counts(p, Priors.load()) for p in papers]
    write_priors(summed(own))
    for paper in papers:
        object.__setattr__(paper.found.context, "priors", Priors.load())
    data, names = vectors(papers, own)
    print(f"{len(papers)} papers, {data.matrix.shape[0]} candidates, {len(names)} features")
    thresholds = chosen_thresholds(data, cross_validated(data), papers)
    weights = np.stack([fit(data, model, np.arange(len(data.paper))) for model in MODELS], axis=1)
    write_models(names, weights, thresholds)
    print(thresholds)


if __name__ == "__main__":
    main()
