"""docs/neo4j.md says what the code does."""

import re
from pathlib import Path

import pytest

from kg.export.neo4j import load
from kg.export.neo4j.model import EVIDENCE, model
from kg.export.neo4j.transactions import Settings
from kg.schema import schema

TEXT = (Path(__file__).parents[2] / "docs" / "neo4j.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_constraints_and_indexes_are_those_that_a_load_makes():
    statements = model(schema())
    assert blocks("cypher")[0].split(";\n")[:-1] == [*statements.constraints, *statements.indexes]


def test_the_picture_shows_every_relationship_of_the_schema():
    drawn = set()
    for source, name, targets in re.findall(r"(\w+) -[-.] (\w+) -?\.?->? ?(.*)", blocks("mermaid")[0]):
        drawn |= {(source, name, target.strip(" >")) for target in targets.split("&")}
    allowed = {(s, e.name, t) for e in schema().edges.values() for s in e.source for t in e.target if e.joins(s, t)}
    assert drawn == allowed


def test_every_property_is_named():
    properties = {*schema().node_attributes(), *schema().edge_attributes(), *EVIDENCE}
    assert not [name for name in properties if f"`{name}`" not in TEXT]


@pytest.mark.neo4j
def test_the_queries_run(neo4j, small):
    load.load(small, neo4j.server, Settings())
    statements = [q for block in blocks("cypher")[1:] for q in re.split(r";\n", block) if q.strip()]
    answers = [neo4j.query(statement) for statement in statements]
    assert len(answers) == 3
    assert {row[1] for row in answers[0]} == {
        "Stable Diffusion",
        "Adding Conditional Control to Text-to-Image Diffusion Models",
    }
    assert [row[0] for row in answers[1]] == ["2023-02-16", "2023-02-10"]
