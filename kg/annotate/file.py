"""The file that suggestions go to: what a person corrected in it stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.annotate.papers import Digests
from kg.annotate.suggest import Suggestion
from kg.errors import InputError
from kg.gold import Gold, read_gold
from kg.resolve.papers import Paper
from kg.store import replace_text


def lines(suggestions: Iterable[Suggestion]) -> str:
    """Suggestions as JSON Lines."""
    return "".join(json.dumps(s.record, ensure_ascii=False) + "\n" for s in suggestions)


def annotated(path: Path) -> list[Gold]:
    """Papers that a file has already; none if there is no such file.

    Raises
    ------
    InputError
        The file is there and is no gold file: nothing must be added to it.
    """
    return read_gold(path) if path.exists() and path.stat().st_size else []


def remaining(digests: Digests, done: Sequence[Gold]) -> list[Paper]:
    """Papers that are not annotated yet."""
    known = {paper.id for gold in done if (paper := digests.find(gold)) is not None}
    return [p for p in digests.papers if p.id not in known]


def append(path: Path, text: str) -> None:
    """Add lines to a file, or make it; what is in it stays, byte for byte, whatever happens meanwhile."""
    try:
        before = path.read_bytes().decode("utf-8") if path.exists() else ""
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    replace_text(path, before + ("\n" if before and not before.endswith("\n") else "") + text)
