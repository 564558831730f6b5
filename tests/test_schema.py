import pytest

from kg.errors import SchemaError
from kg.schema import schema


def test_every_edge_joins_known_node_types():
    for edge in schema().edges.values():
        assert set(edge.source) | set(edge.target) <= set(schema().nodes)
        assert edge.description


def test_entity_types_are_node_types():
    assert set(schema().entity_types) <= set(schema().nodes)


def test_relations_to():
    assert schema().relations_to("Task") == ("PROPOSES", "ADDRESSES", "MENTIONS")
    assert "TRAINED_ON" in schema().relations_to("Dataset")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda s: s.check_node("x", "Modell", {}), "Modell"),
        (lambda s: s.check_node("x", "Model", {"colour": "red"}), "colour"),
        (lambda s: s.check_node("x", "Model", {"paper_count": "3"}), "integer"),
        (lambda s: s.check_edge("e", "LIKES", "Paper", "Model", {}), "LIKES"),
        (lambda s: s.check_edge("e", "USES", "Paper", "Dataset", {}), "USES may not go from Paper to Dataset"),
        (lambda s: s.check_edge("e", "VERSION_OF", "Model", "Dataset", {}), "VERSION_OF"),
        (lambda s: s.check_edge("e", "USES", "Paper", "Model", {"confidence": True}), "confidence"),
    ],
)
def test_what_the_schema_refuses_is_named(call, says):
    with pytest.raises(SchemaError, match=says):
        call(schema())


def test_what_the_schema_allows():
    schema().check_node("x", "Model", {"aliases": ["SDXL"], "paper_count": 3, "first_seen": "2024-01"})
    schema().check_edge("e", "VERSION_OF", "Model", "Model", {"confidence": 1.0})


def test_json_schema_is_one_and_accepts_a_node_and_an_edge():
    import jsonschema

    document = schema().json_schema()
    jsonschema.Draft202012Validator.check_schema(document)
    check = jsonschema.Draft202012Validator(document)
    node = {"id": "model:sdxl", "type": "Model", "name": "SDXL", "aliases": ["SDXL"], "paper_count": 2}
    proof = {
        "sentence": "We use SDXL.",
        "start": 7,
        "end": 11,
        "section": "",
        "source": "a.md:1",
        "cue": "x",
        "score": 1,
    }
    edge = {"id": "e", "source": "p", "target": "model:sdxl", "type": "USES", "confidence": 0.9, "evidence": [proof]}
    check.validate(node)
    check.validate(edge)
    for wrong in (node | {"colour": "red"}, edge | {"evidence": []}, edge | {"type": "LIKES"}):
        assert not check.is_valid(wrong)
