"""Extraction: from one entry of a digest to its findings, each with the sentences that prove it."""

from __future__ import annotations

from kg.extract.base import Extractor


def rules() -> Extractor:
    """Return the extractor that needs nothing but the lexicon, rules and a few fitted weights."""
    from kg.extract.rules import RuleExtractor

    return RuleExtractor()
