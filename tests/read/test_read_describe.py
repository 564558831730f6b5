from __future__ import annotations

from pathlib import Path

import pytest

from kg import registry
from kg.errors import InputError
from kg.read import Reader
from kg.read.describe import described

FORMAT = """
name = "mine"
description = "papers under level-three headings"
levels = [3]
signs = ['^### ']
topic = '^Field: (.*)$'
separators = ','
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_description_makes_a_reader(tmp_path: Path) -> None:
    reader = described(write(tmp_path, FORMAT))
    assert isinstance(reader, Reader)
    text = "# Field: Vision, Language\n\n### Segment Anything\n\nSAM可以分割任何物体。\n"
    assert reader.sniff(text, "a.md") == 1.0
    (entry,) = reader.read(text, "a.md").entries
    assert (entry.format, entry.title) == ("mine", "Segment Anything")
    assert [label.name for label in entry.topics] == ["Vision", "Language"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FORMAT + "colour = 'red'", "'colour' is no setting of a markdown format"),
        (FORMAT + "container = 'xml'", "container 'xml' is none of markdown, json"),
        ("name = 'mine'", "'description' is missing"),
        (FORMAT + "codes = '('", "codes has an expression that is none"),
    ],
)
def test_a_wrong_description_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        described(write(tmp_path, text))


def test_the_formats_that_kg_brings_are_registered_under_their_names() -> None:
    for name in ("paperdaily", "huggingarxiv", "jsonl", "markdown"):
        reader = registry.load("readers", name)
        assert isinstance(reader, Reader)
        assert reader.name == name
        assert reader.description
