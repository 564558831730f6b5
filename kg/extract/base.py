"""What an extractor is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from kg.records import Entry, Extraction


class Extractor(Protocol):
    """Finds what an entry says its paper proposes, uses, compares with, works on, is evaluated by.

    `version` changes whenever the output may: caches of extractions go by it.
    """

    name: str
    version: str

    def extract(self, entry: Entry) -> Extraction:
        """Findings of one entry: one per thing, under all the names that the entry gives it."""
        ...


@dataclass(frozen=True, slots=True)
class Usage:
    """What a service was asked and what that cost.

    `requests` counts every request that was sent, `cached` the entries whose answer was there already; `cost` is None
    where no prices are known.
    """

    model: str
    requests: int = 0
    cached: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


@runtime_checkable
class BatchExtractor(Extractor, Protocol):
    """An extractor that waits for a service: it is given many entries at once, and never in worker processes."""

    def extract_all(self, entries: Iterable[Entry]) -> Iterator[Extraction]:
        """Extractions of all entries, in their order."""
        ...

    def usage(self) -> Usage:
        """What was asked since the last call."""
        ...
