import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.query.values import check_value, graph_thing, parse_parameters, parse_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SDXL", "SDXL"),
        ("5", 5),
        ('"5"', "5"),
        ("0.5", 0.5),
        ("true", True),
        ("null", None),
        ('["a", "b"]', ["a", "b"]),
        ("2024-03", "2024-03"),
        ("NaN", "NaN"),
        ("1e999", "1e999"),
        ("", ""),
        ("图像恢复", "图像恢复"),
    ],
)
def test_values_are_json_where_they_parse(text, value):
    assert parse_value(text) == value


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_json_comes_back(value):
    assert parse_value(json.dumps(value)) == value


def test_parameters():
    assert parse_parameters(["name=a=b", "$limit=5", " x = "]) == {"name": "a=b", "limit": 5, "x": " "}


@pytest.mark.parametrize("text", ["name", "=x", "a b=1", "1=2"])
def test_what_is_no_parameter_is_named(text):
    with pytest.raises(InputError, match="NAME=VALUE"):
        parse_parameters([text])


def test_a_node_keeps_what_the_schema_knows_in_its_order():
    raw = {"keys": ["x"], "kg_hash": 3, "paper_count": 2, "name": "SDXL", "id": "model:sdxl", "name_zh": None}
    assert list(graph_thing("Model", raw).items()) == [
        ("type", "Model"),
        ("id", "model:sdxl"),
        ("name", "SDXL"),
        ("paper_count", 2),
    ]
    assert graph_thing("Stranger", {"b": 1, "a": 2}) == {"type": "Stranger", "a": 2, "b": 1}


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, "\ud800", ["a", {"b": 2**70}], {"\udfff": 1}])
def test_what_no_engine_can_take_is_named(value):
    with pytest.raises(InputError, match="the parameter name"):
        check_value("name", value)


@pytest.mark.parametrize("value", [None, True, 2**63 - 1, 0.5, "图像\x01", [1, None], {"a": [{}]}])
def test_what_any_engine_can_take_passes(value):
    check_value("name", value)
