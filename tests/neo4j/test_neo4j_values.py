"""Values as Neo4j holds them; rows that say by themselves whether they changed."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j_kit import edge, entity

from kg.errors import SchemaError
from kg.export.neo4j.model import model
from kg.export.neo4j.values import edge_rows, identifier, node_rows, parameters, value
from kg.schema import schema

STATEMENTS = model(schema())
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner) | st.frozensets(plain),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("图像恢复", "图像恢复"),
        ("", None),
        (None, None),
        ("a\ud800b", "a\ufffdb"),
        ("a\x00\x1fb\tc\n", "a\ufffd\ufffdb\tc\n"),
        (True, True),
        (2**63 - 1, 2**63 - 1),
        (2**63, str(2**63)),
        (-(2**63) - 1, str(-(2**63) - 1)),
        (0.5, 0.5),
        (float("inf"), "inf"),
        ([], None),
        ([None], None),
        (["SD", None, "稳定扩散\udc00"], ["SD", "稳定扩散\ufffd"]),
        ((1, 2.5), [1.0, 2.5]),
        ([1, "x", True, 0.5], ["1", "x", "true", "0.5"]),
        ([1, 2**64], ["1", str(2**64)]),
        ({"b", "a"}, ["a", "b"]),
        ([["a", 1]], ['["a", 1]']),
        ({"b": 1, "a": "\x07"}, '{"a": "\\u0007", "b": 1}'),
        (Decimal("1.5"), "1.5"),
        (datetime.date(2024, 1, 24), "2024-01-24"),
    ],
)
def test_a_value_becomes_what_a_property_can_hold(raw, expected):
    found = value(raw)
    assert found == expected
    assert type(found) is type(expected)


@given(anything)
def test_whatever_comes_the_driver_and_the_server_can_take_it(raw):
    found = value(raw)
    items = found if isinstance(found, list) else [found] if found is not None else []
    assert len({type(item) for item in items}) <= 1
    for item in items:
        assert type(item) in (str, int, float, bool)
        if type(item) is str:
            item.encode()
        if type(item) is int:
            assert -(2**63) <= item < 2**63


@given(st.text(st.characters()), st.text(st.characters()))
def test_ids_can_be_encoded_and_stay_apart(a, b):
    identifier(a).encode()
    if a != b and not any("\\" in x for x in (a, b)):
        assert identifier(a) != identifier(b)


def test_a_digest_tells_whether_anything_of_a_row_changed():
    def digest(**changes):
        (row,) = node_rows([entity("model:x", "Model", "X", **changes)], STATEMENTS)
        return row.digest

    assert digest() == digest()
    assert len({digest(), digest(paper_count=2), digest(aliases=["X", "Y"]), digest(name_en="X")}) == 4
    assert digest(name_en="X", name_zh="Y") == digest(name_zh="Y", name_en="X")


@pytest.mark.parametrize(
    "odd", ["\ud800", 2**70, {"b", "a"}, {1: 2}, Decimal("1.5"), datetime.date(2024, 1, 24), object]
)
def test_whatever_an_attribute_is_its_row_has_a_digest(odd):
    first, again, other = (
        next(node_rows([entity("model:x", "Model", "X", name_en=name)], STATEMENTS)).digest for name in (odd, odd, "X")
    )
    assert first == again != other


def test_a_row_is_flat_and_names_its_ends_first():
    (row,) = edge_rows([edge("paper:a", "USES", "model:b", "用 B。", "B 很好。")], STATEMENTS)
    (parameter,) = parameters([row])
    assert parameter[:4] == [row.id, "paper:a", "model:b", row.digest]
    assert ["用 B。", "B 很好。"] in parameter
    assert ["2024-01-24.md:7", "2024-01-24.md:8"] in parameter
    assert len(parameter) == 4 + len(STATEMENTS.edges["USES"].properties)


def test_a_type_that_the_schema_lacks_is_one_sentence():
    with pytest.raises(SchemaError, match="Gadget"):
        list(node_rows([entity("x", "Gadget", "X")], STATEMENTS))
    with pytest.raises(SchemaError, match="LIKES"):
        list(edge_rows([edge("a", "LIKES", "b", "s")], STATEMENTS))
