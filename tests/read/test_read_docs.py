"""The examples of docs/formats.md work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from kg.read import Reader
from kg.read.describe import described

DOCS = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


def test_the_description(tmp_path: Path) -> None:
    path = tmp_path / "mydigest.toml"
    path.write_text(blocks("toml")[0], encoding="utf-8")
    reader = described(path)
    text = "# Field: Vision, Language\n\n### Segment Anything\n\nSAM可以分割任何物体。\n"
    (entry,) = reader.read(text, "a.md").entries
    assert [label.name for label in entry.topics] == ["Vision", "Language"]
    assert all(f"`{name}`" in DOCS for name in reader.__dataclass_fields__ if name not in ("name", "description"))


def test_the_reader() -> None:
    names: dict[str, Any] = {}
    exec(blocks("python")[1], names)  # noqa: S102
    reader = names["reader"]
    assert isinstance(reader, Reader)
    assert reader.sniff("a\tb", "x.tsv") == 1.0
    assert [entry.title for entry in reader.read("SAM\tSAM分割。\nno paper\n", "x.tsv").entries] == ["SAM"]
