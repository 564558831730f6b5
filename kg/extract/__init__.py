"""Extraction: from one entry of a digest to its findings, each with the sentences that prove it."""
