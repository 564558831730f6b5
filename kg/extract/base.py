"""What an extractor is."""

from __future__ import annotations

from typing import Protocol

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
