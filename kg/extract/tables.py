"""The tables of `data/rules`, read once."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from typing import Any

from kg.resources import resource

FILES = (
    "data/lexicon/glosses.tsv",
    "data/lexicon/terms.jsonl",
    "data/lexicon/words.txt",
    *(
        f"data/rules/{name}.toml"
        for name in ("announcements", "cues", "edges", "figures", "heads", "merge_cues", "negation")
    ),
    "data/rules/frequency.tsv",
    "data/rules/priors.tsv",
    "data/rules/rivals.json",
    "data/rules/thresholds.json",
    "data/rules/translations.json",
    "data/rules/weights.tsv",
)


@cache
def table(name: str) -> dict[str, Any]:
    """A TOML table of `data/rules`, such as ``heads``."""
    with resource(f"data/rules/{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def ordinary_words() -> frozenset[str]:
    """English words that are common in running text, lower case: a name that equals one needs its capitals."""
    return frozenset(resource("data/lexicon/words.txt").read_text(encoding="utf-8").split())


@cache
def fingerprint() -> str:
    """Digest of all data files that extraction reads: another digest, another version."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(name.encode())
        digest.update(resource(name).read_bytes())
    return digest.hexdigest()[:12]
