"""What Neo4j takes and ladybug does not: each example is really refused, and told with its advice."""

import pytest

from kg.query.base import Query, QueryError
from kg.query.dialect import differences, explain
from kg.query.hints import REFUSED, SILENT

GIVEN = {"name": "SDXL", "empty": []}


@pytest.mark.parametrize("hint", REFUSED, ids=lambda h: h.example)
def test_refused_with_what_to_write_instead(engine, hint):
    with pytest.raises(QueryError) as told:
        engine.run(Query(hint.example, GIVEN, timeout=20))
    assert hint.advice in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("hint", SILENT, ids=lambda h: h.example)
def test_taken_otherwise_with_a_note(engine, hint):
    assert hint.advice in engine.run(Query(hint.example, GIVEN, timeout=20)).notes


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (p:Paper)-[r:USES]->(m:Model|Method) WHERE p.date >= '2023' RETURN m.name, type(r)",
        "MATCH (a:Model)<-[:USES]-(p)-[:USES]->(b) WHERE a.id <> b.id RETURN a.name, b.name",
        "MATCH (a)-[:VERSION_OF*1..3]->(b) RETURN b.name, left(b.first_seen, 4)",
        "RETURN [1, 2, 3], 'labels(n) and xs[0]'",
        "MATCH (m:Model) RETURN head(m.aliases), {a: 1}",
    ],
)
def test_what_is_alike_has_no_note(engine, cypher):
    assert differences(cypher) == ()
    engine.run(Query(cypher, {}))


@pytest.mark.parametrize(
    ("cypher", "said"),
    [
        ("MATCH (n:Modle) RETURN n", "perhaps Model is meant"),
        ("MATCH ()-[r:USE]->() RETURN r", "perhaps USES is meant"),
        ("MATCH (n:Zebra) RETURN n", "labels are Paper, Topic"),
        ("MATCH (n:Entity) RETURN n", "no label Entity"),
        ("MATCH (n:Model) RETURN n.nmae", "perhaps n.name is meant"),
        ("MATCH (n:Model) RETURN n.zebra", "`kg schema` lists"),
        ("RETURN foo(1)", "show_functions"),
        ("MATCH (n RETURN n", "line 1, after 9 characters"),
        ("MATCH (n:Model) SET n.name = 'x'", "only reads"),
    ],
)
def test_mistakes_are_one_sentence_that_helps(engine, cypher, said):
    with pytest.raises(QueryError) as told:
        engine.run(Query(cypher, {}))
    assert said in str(told.value)
    assert str(told.value).endswith(".")
    assert "\n" not in str(told.value)


def test_a_hint_is_not_given_for_what_stands_in_a_string():
    assert "shortest" not in explain("RETURN 'shortestPath((a))' +", "Parser exception: Invalid input <x>")


def test_too_much_memory_is_told():
    assert "fewer rows" in explain(
        "MATCH p = (a)-[*]-(b) RETURN p", "Buffer manager exception: Unable to allocate memory!"
    )
