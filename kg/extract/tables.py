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
)
_MODELS = (".onnx", ".json", ".tsv", ".model")


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
def fingerprint(pipeline: str) -> str:
    """Digest of all data files that a pipeline reads: another digest, another version."""
    digest = hashlib.sha256()
    models = sorted(p for p in resource(f"data/models/{pipeline}").iterdir() if p.suffix in _MODELS)
    for path in (*map(resource, FILES), *models):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
