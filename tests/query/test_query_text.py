import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.query.base import Query, QueryError
from kg.query.text import (
    check_reading,
    column_names,
    masked,
    one_statement,
    open_string,
    parameters,
    prepared,
    statements,
)

CYPHER = st.text(alphabet="ab;'\"`$/*\\\n (){}[],", max_size=60)


@given(CYPHER)
def test_masking_keeps_offsets_and_lines(cypher):
    hidden = masked(cypher)
    assert len(hidden) == len(cypher)
    assert [i for i, c in enumerate(hidden) if c == "\n"] == [i for i, c in enumerate(cypher) if c == "\n"]
    assert not set("'\"`") & set(hidden)


@given(CYPHER)
def test_statements_are_parts_of_the_text_in_order(cypher):
    at = 0
    for statement, _ in statements(cypher):
        assert statement
        at = cypher.index(statement, at) + len(statement)


@given(st.text(max_size=30))
def test_nothing_in_a_string_counts(text):
    literal = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    cypher = f"RETURN {literal} AS x"
    assert list(statements(cypher)) == [(cypher, False)]
    assert parameters(cypher) == ()
    assert column_names(cypher) == ("x",)
    assert open_string(cypher) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" ; // only a remark\n;", []),
        ("RETURN 1", [("RETURN 1", False)]),
        ("RETURN ';'; RETURN 2;", [("RETURN ';'", True), ("RETURN 2", True)]),
        ("RETURN 1 // ;\n;", [("RETURN 1 // ;", True)]),
        ("/* ; */ RETURN `a;b` FROM", [("/* ; */ RETURN `a;b` FROM", False)]),
    ],
)
def test_statements(text, found):
    assert list(statements(text)) == found


@pytest.mark.parametrize("text", ["", "  ", "// nothing", "RETURN 1; RETURN 2"])
def test_one_statement_wants_one(text):
    with pytest.raises(QueryError, match="one at a time"):
        one_statement(text)


@pytest.mark.parametrize(
    "cypher", ["MATCH (n) RETURN n", "// why\n return 1", "EXPLAIN MATCH (n) RETURN n", "profile return 1", "CALL x()"]
)
def test_reading_queries_pass(cypher):
    check_reading(cypher)


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (n)",
        "  merge (n) RETURN n",
        "/* MATCH */ DROP TABLE Paper",
        "PROFILE COPY (MATCH (n) RETURN n) TO 'x'",
        "EXPLAIN PROFILE EXPORT DATABASE 'x'",
        "INSTALL json",
        "LOAD EXTENSION json",
        "'MATCH'",
        "BEGIN TRANSACTION",
    ],
)
def test_others_do_not(cypher):
    with pytest.raises(QueryError, match="only reads"):
        check_reading(cypher)


def test_parameters_are_found_once_and_in_order():
    assert parameters("MATCH (n {a: $b, c: '$d'}) // $e\nRETURN $f, $b, `$g`") == ("b", "f")


@pytest.mark.parametrize(
    ("cypher", "names"),
    [
        ("MATCH (n) RETURN n.name, count(*) ORDER BY n.name", ("n.name", "count(*)")),
        ("RETURN DISTINCT [1, 2] AS `a list`, {a: 1, b: 2}", ("a list", "{a: 1, b: 2}")),
        ("MATCH (n)\nRETURN n.a\n  + 1 SKIP 1 LIMIT 2", ("n.a + 1",)),
        ("RETURN 'x AS y', 'RETURN z' AS q", ("'x AS y'", "q")),
        ("RETURN 1 AS x UNION RETURN 2 AS x", ("x",)),
        ("MATCH (n) WHERE EXISTS { MATCH (n) RETURN 1 AS inner } RETURN n AS outer", ("outer",)),
        ("RETURN *", None),
        ("CALL show_tables()", None),
    ],
)
def test_columns_are_named_as_written(cypher, names):
    assert column_names(cypher) == names


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("RETURN 'ab", "ab"),
        ("RETURN \"it's", "it's"),
        ("RETURN 'ab'", None),
        ("RETURN 'a\\'", "a\\'"),
        ("// it's", None),
        ("RETURN 'a', '", ""),
        ("RETURN `a", None),
    ],
)
def test_open_strings(text, inside):
    assert open_string(text) == inside


def test_a_parameter_without_a_value_is_named():
    with pytest.raises(QueryError, match=r"\$name and no value"):
        prepared(Query("RETURN $name", {"nam": 1}))
    assert prepared(Query("RETURN $name;", {"name": 1, "other": 2})) == ("RETURN $name", {"name": 1})
