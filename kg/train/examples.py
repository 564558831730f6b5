"""What the weights are fitted on: gold annotations, the candidates of each annotated paper, and how the two meet."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.extract.candidates import Found
from kg.extract.group import Candidate
from kg.extract.priors import Prior, Priors
from kg.lexicon import Lexicon
from kg.read import read_file
from kg.records import ENTITY_TYPES, Entry
from kg.resolve.spelling import bare, key

Gold = list[dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """A paper with its gold entities, its candidates, and the gold entity of each candidate.

    `labels[i]` is the index of a required entity, -1 for an optional one, None for none.
    """

    gold: Gold
    found: Found
    labels: list[int | None]


def title_key(title: str) -> str:
    """A title without spaces, marks and case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title).lower())


def read_entries(path: Path) -> list[Entry]:
    """The papers of one digest file."""
    return list(read_file(path.name, path.read_bytes()).entries)


def load(gold: Path, corpus: Path) -> list[tuple[Gold, Entry]]:
    """Gold entities with the entry that they annotate, in the order of the gold file."""
    records = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    titles: dict[str, Entry] = {}
    if any(not r.get("source") or not (corpus / r["source"]).exists() for r in records):
        for path in sorted(corpus.rglob("*.md")):
            for entry in read_entries(path):
                titles.setdefault(title_key(entry.title), entry)
    pairs: list[tuple[Gold, Entry]] = []
    for record in records:
        wanted = title_key(record["title"])
        source = record.get("source")
        place = corpus / source if source else None
        entries = read_entries(place) if place and place.exists() else []
        named = next((e for e in entries if title_key(e.title) == wanted), titles.get(wanted))
        if named is None and len(entries) == 1:
            named = entries[0]
        if named is not None:
            pairs.append((record["entities"], named))
    if not pairs:
        raise InputError(f"none of the papers in {gold} is in {corpus}: name the folder of the digests they annotate.")
    return pairs


def spellings(names: Iterable[str]) -> set[str]:
    """Spelling keys of some names, with and without their generic tails."""
    return {k for name in names for k in (key(name), key(bare(name))) if k}


def names_of(candidate: Candidate, lexicon: Lexicon) -> list[str]:
    """Names of a candidate, those of its lexicon term included."""
    term = lexicon.term(candidate.term) if candidate.term else None
    return [*candidate.names, *((term.en, term.zh) if term else ())]


def example(gold: Gold, found: Found, lexicon: Lexicon) -> Example:
    """Match candidates with gold entities by their names."""
    wanted = [spellings(e["names"]) for e in gold]
    labels: list[int | None] = []
    for candidate in found.candidates:
        mine = spellings(n for n in names_of(candidate, lexicon) if n)
        hits = [i for i, names in enumerate(wanted) if names & mine]
        required = [i for i in hits if not gold[i].get("optional")]
        labels.append(required[0] if required else -1 if hits else None)
    return Example(gold, found, labels)


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


def gold_counts(gold: Gold) -> dict[str, Prior]:
    """What the gold names of one paper add to the priors."""
    counts: dict[str, Prior] = {}
    for entity in sorted(gold, key=lambda e: bool(e.get("optional"))):
        for name in sorted(spellings(entity["names"])):
            counts.setdefault(name, Prior(optional=1) if entity.get("optional") else kept(entity))
    return counts


def kept(entity: dict[str, Any]) -> Prior:
    """The prior of one required entity."""
    return Prior(kept=1, types=tuple(int(t == entity["type"][0]) for t in ENTITY_TYPES))


def summed(counts: Iterable[dict[str, Prior]]) -> dict[str, Prior]:
    """Sum the priors of papers; names that one paper alone has are left out."""
    total: dict[str, Prior] = defaultdict(Prior)
    for one in counts:
        for name, prior in one.items():
            total[name] = total[name].plus(prior)
    return {n: p for n, p in sorted(total.items()) if p.kept + p.optional + p.dropped > 1}
