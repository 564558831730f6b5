from pathlib import Path

import pytest

from kg.errors import InputError, NameNotFoundError
from kg.query.named import Parameter, get, load_all, load_folder, parse_query, read_query
from kg.schema import schema

PATH = Path("mine/some-query.cypher")
GOOD = """\
// What uses a thing.
//
// Said at
// more length.
//
// $what: Model|Method = "SDXL" -- the thing
// $limit: integer = 5 -- rows
// $since: date = ""
MATCH (p:Paper)-[:USES]->(m {id: $what}) WHERE p.date >= $since
RETURN p.title LIMIT $limit
"""


def test_a_file_is_read_whole():
    query = parse_query(PATH, GOOD)
    assert (query.name, query.summary, query.details) == ("some-query", "What uses a thing.", "Said at more length.")
    what, limit, since = query.parameters
    assert what == Parameter("what", "Model|Method", "SDXL", "the thing")
    assert (what.types, what.is_name, limit.is_name, since.default) == (("Model", "Method"), True, False, "")
    assert query.same
    assert query.texts["neo4j"].startswith("MATCH (p:Paper)")


def test_each_engine_may_have_a_text():
    query = parse_query(PATH, "// Both.\n// @embedded\nRETURN 1 AS x\n// @neo4j\n// a remark\nRETURN 2 AS x;\n")
    assert query.texts == {"embedded": "RETURN 1 AS x", "neo4j": "// a remark\nRETURN 2 AS x;"}
    assert not query.same


def test_a_bare_file_of_cypher_is_a_query_too(engine):
    query = parse_query(PATH, "\ufeffMATCH (m:Model {name: $name}) RETURN m.id".lstrip("\ufeff"))
    assert (query.summary, [p.name for p in query.parameters]) == ("", ["name"])
    with pytest.raises(InputError, match="needs name"):
        query.query(engine, {})
    assert engine.run(query.query(engine, {"name": "Stable Diffusion"})).rows == (("model:stablediffusion",),)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("// x\n", "holds no query"),
        ("// x\nRETURN 1; RETURN 2", "or more than one"),
        ("// x\n// $a\nRETURN $a", r"some-query.cypher:2 is no parameter"),
        ("// x\n// $a: Modle\nRETURN $a", "'Modle' is no type"),
        ('// x\n// $a: integer = "b"\nRETURN $a', "does not fit its type integer"),
        ("// x\n// $a: integer = five\nRETURN $a", "does not fit its type integer"),
        ("// x\n// $a: string\nRETURN 1", r"declares \$a"),
        ("// x\nRETURN 1\n// @neo4j\nRETURN 1", "stands before the first line"),
        ("// x\n// @neo5j\nRETURN 1", "`// @neo5j` is wrong"),
        ("// x\n// @neo4j\nRETURN 1\n// @neo4j\nRETURN 1", "once"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(content, said):
    with pytest.raises(InputError, match=said):
        parse_query(PATH, content)


def test_files_that_cannot_be_read_are_told(tmp_path):
    (tmp_path / "bad.cypher").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"bad\.cypher cannot be read"):
        read_query(tmp_path / "bad.cypher")
    (tmp_path / "bad.cypher").rename(tmp_path / "a b.cypher")
    (tmp_path / "a b.cypher").write_text("RETURN 1")
    with pytest.raises(InputError, match="cannot be asked by name"):
        load_folder(tmp_path)
    with pytest.raises(InputError, match="no folder of queries"):
        load_folder(tmp_path / "none")


def test_names_are_looked_up_and_other_values_checked(engine):
    query = parse_query(PATH, GOOD)
    assert query.query(engine, {"what": "stable diffusion", "limit": 2}, limit=7, timeout=3).parameters == {
        "what": "model:stablediffusion",
        "limit": 2,
        "since": "",
    }
    for given, said in [
        ({"wat": 1}, "no parameter 'wat'; its parameters: what, limit, since"),
        ({"limit": "many"}, "must be an integer"),
        ({"limit": True}, "must be an integer"),
        ({"since": "last year"}, "no date"),
        ({"what": ["a"]}, "must be a name"),
    ]:
        with pytest.raises(InputError, match=said):
            query.query(engine, given)
    with pytest.raises(NameNotFoundError):
        query.query(engine, {"what": "☃☃☃☃☃"})


def test_a_name_may_look_like_a_number_and_an_empty_one_stays(engine):
    assert Parameter("x", "Paper", None, "").value(2302.05543) == "2302.05543"
    query = parse_query(PATH, '// x\n// $what: Model = ""\nRETURN $what AS x')
    assert query.query(engine, {}).parameters == {"what": ""}


def test_values_may_stand_in_order():
    query = parse_query(PATH, GOOD)
    assert query.positional(["2302.05543", "3", "2024"]) == {"what": "2302.05543", "limit": 3, "since": "2024"}
    with pytest.raises(InputError, match="takes no 4 values"):
        query.positional(["a", "b", "c", "d"])


def test_own_queries_go_before_those_of_kg(tmp_path):
    (tmp_path / "paths.cypher").write_text("// My own.\nRETURN 1 AS x", encoding="utf-8")
    found = load_all([tmp_path])
    assert found["paths"].summary == "My own."
    assert list(found) == sorted(found)
    assert len(found) == len(load_all())
    assert get(found, "@paths") is get(found, "paths")
    with pytest.raises(InputError, match="perhaps @paths"):
        get(found, "@pahts")


def test_there_are_many_and_all_are_described():
    found = load_all()
    assert len(found) >= 15
    for query in found.values():
        assert query.summary.endswith(".")
        assert set(query.texts) == {"embedded", "neo4j"}
        for parameter in query.parameters:
            assert not parameter.required, f"@{query.name} has no default for {parameter.name}"
            assert parameter.description


@pytest.fixture(scope="module")
def much_used(sample_engine):
    """Names of the sample digests by type, the most used first."""
    nodes = sorted(sample_engine.names(), key=lambda n: (-n.paper_count, n.id))
    return {kind: [n.id for n in nodes if n.type == kind][:60] for kind in schema().nodes}


def variants(query, much_used):
    """The defaults, then names that the graph is sure to have."""
    yield {}
    for parameter in query.parameters:
        for kind in parameter.types or (["Model", "Paper"] if parameter.is_name else []):
            yield from ({parameter.name: node} for node in much_used[kind])


@pytest.mark.parametrize("name", load_all())
def test_each_answers_on_the_sample_digests(sample_engine, much_used, name):
    query = load_all()[name]
    for given in variants(query, much_used):
        asked = query.query(sample_engine, given, timeout=60)
        result = sample_engine.run(asked)
        assert result.notes == ()
        assert result == sample_engine.run(asked)
        if result.rows:
            return
    pytest.fail(f"@{name} finds nothing, whatever is asked for")
