"""The formats that kg brings, each a description beside this file."""

from __future__ import annotations

from pathlib import Path

from kg.read.describe import described

_HERE = Path(__file__).parent

paperdaily = described(_HERE / "paperdaily.toml")
huggingarxiv = described(_HERE / "huggingarxiv.toml")
jsonl = described(_HERE / "jsonl.toml")
markdown = described(_HERE / "markdown.toml")
