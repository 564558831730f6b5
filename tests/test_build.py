import gc

import pytest

from kg.build import to_networkx
from kg.errors import SchemaError
from kg.records import Edge, EdgeEvidence, Node

PAPER = Node("paper:1", "Paper", "A paper", {"title": "A paper"})
MODEL = Node("model:sdxl", "Model", "SDXL", {"aliases": ["SDXL"], "paper_count": 1})
PROOF = EdgeEvidence("We use SDXL.", 7, 11, "", 3, "uses", 0.9, "a.md")
USES = Edge("e1", "paper:1", "model:sdxl", "USES", {"confidence": 0.9, "count": 1}, (PROOF,))


def test_edges_are_keyed_by_type_and_carry_their_evidence():
    graph = to_networkx([PAPER, MODEL], [USES])
    assert graph.nodes["model:sdxl"]["name"] == "SDXL"
    assert graph.edges["paper:1", "model:sdxl", "USES"]["evidence"] == (PROOF,)
    assert graph.edges["paper:1", "model:sdxl", "USES"]["id"] == "e1"


@pytest.mark.parametrize(
    ("edge", "says"),
    [
        (Edge("e", "paper:1", "model:none", "USES", {"count": 1}), "no node"),
        (Edge("e", "paper:1", "model:sdxl", "USES", {"confidence": 1.0}), "no evidence"),
        (Edge("e", "paper:1", "model:sdxl", "ADDRESSES", {"count": 1}), "may not go"),
        (Edge("e", "paper:1", "model:sdxl", "USES", {"count": 1.5}), "integer"),
    ],
)
def test_what_the_schema_refuses_is_named_and_the_collector_is_left_on(edge, says):
    # A right edge first: one check serves all edges alike, and must not serve others.
    with pytest.raises(SchemaError, match=says):
        to_networkx([PAPER, MODEL], [USES, edge])
    assert gc.isenabled()
