import csv
import io
import json

import pytest
from rich.console import Console

from kg.query.base import Result
from kg.query.render import as_csv, as_json, as_table, brief

NODE = {"type": "Model", "id": "model:sdxl", "name": "SDXL"}
EDGE = {"type": "USES", "id": "e1", "confidence": 0.5}
RESULT = Result(
    ("name", "papers", "score", "seen", "thing"),
    (("扩散模型", 12, 0.5, None, [NODE, EDGE, NODE]), ("=cmd()", 3, 1.0, True, {"a": ["x", 1]})),
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (2023, "2023"),
        (0.70000001, "0.7"),
        (2.0, "2"),
        ("a\n b", "a b"),
        (["a", 1, None], "a, 1, "),
        ({"a": 1, "b": [2]}, "{a: 1, b: 2}"),
        (NODE, "(SDXL:Model)"),
        (EDGE, "[:USES]"),
        ([NODE, EDGE, NODE], "(SDXL:Model)-[:USES]-(SDXL:Model)"),
        ([NODE, NODE], "(SDXL:Model), (SDXL:Model)"),
    ],
)
def test_values_on_one_line(value, text):
    assert brief(value) == text


def test_json_is_one_object_a_row():
    first, second = json.loads(as_json(RESULT))
    assert first == {"name": "扩散模型", "papers": 12, "score": 0.5, "seen": None, "thing": [NODE, EDGE, NODE]}
    assert second["thing"] == {"a": ["x", 1]}
    assert "扩散模型" in as_json(RESULT)


def test_csv_holds_json_and_no_formula():
    head, first, second = csv.reader(io.StringIO(as_csv(RESULT)))
    assert tuple(head) == RESULT.columns
    assert first[:4] == ["扩散模型", "12", "0.5", ""]
    assert json.loads(first[4])[1] == EDGE
    assert second[0] == "'=cmd()"
    assert second[3] == "true"


def test_a_table_lines_up_in_chinese():
    console = Console(width=80, color_system=None, file=io.StringIO())
    console.print(as_table(Result(("name", "n"), (("扩散模型", 1), ("GAN", 20)))))
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert lines == ["name       n", "扩散模型   1", "GAN       20"]


def test_json_has_no_infinity():
    result = Result(("x",), ((float("inf"),), ([float("nan"), {"a": 1.5}],)))
    assert json.loads(as_json(result), parse_constant=pytest.fail) == [{"x": None}, {"x": [None, {"a": 1.5}]}]
