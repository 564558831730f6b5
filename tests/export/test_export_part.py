from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.export.layout import label_sizes, positions
from kg.export.part import around, best_connected

CLIQUE = list(itertools.combinations("abcd", 2))
STAR = [("hub", f"leaf{i}") for i in range(20)]


def test_what_is_connected_stays_rather_than_what_has_many_leaves() -> None:
    nodes = {node for pair in CLIQUE + STAR for node in pair}
    assert best_connected(nodes, CLIQUE + STAR, 4) == ["a", "b", "c", "d"]


def test_hubs_stay_with_nodes_that_share_them() -> None:
    """Papers of three hubs each, and hubs that share no edge: neither side goes alone."""
    pairs = [(f"paper{p}", f"hub{h}") for p in range(30) for h in range(3)]
    pairs += [(f"lonely{p}", f"hub{p % 3}") for p in range(50)]
    kept = best_connected({node for pair in pairs for node in pair}, pairs, 20)
    assert {"hub0", "hub1", "hub2"} <= set(kept)
    assert sum(node.startswith("paper") for node in kept) == 17


def test_around_a_node_the_nearest_and_best_connected_stay() -> None:
    pairs = [*CLIQUE, *STAR, ("a", "hub"), ("hub", "far"), ("far", "farther")]
    assert around("a", pairs, 1, 100) == ["a", "b", "c", "d", "hub"]
    assert "far" in around("a", pairs, 2, 100) and "farther" not in around("a", pairs, 2, 100)
    assert around("a", pairs, 2, 3) == ["a", "b", "hub"]
    assert around("alone", pairs, 3, 10) == ["alone"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30), st.integers(0, 12))
def test_no_order_matters_and_the_limit_holds(pairs: list[tuple[int, int]], limit: int) -> None:
    named = [(str(a), str(b)) for a, b in pairs]
    nodes = [str(i) for i in range(10)]
    kept = best_connected(nodes, named, limit)
    assert len(kept) == min(limit, 10)
    assert kept == sorted(kept)
    assert best_connected(nodes[::-1], named[::-1], limit) == kept


def test_discs_do_not_overlap_and_neighbours_are_close() -> None:
    left = list(itertools.combinations([f"l{i}" for i in range(12)], 2))
    right = list(itertools.combinations([f"r{i}" for i in range(12)], 2))
    pairs = [*left, *right, ("l0", "r0")]
    nodes = sorted({node for pair in pairs for node in pair})
    radii = {node: 8.0 + i % 5 for i, node in enumerate(nodes)}
    places = positions(nodes, pairs, radii)
    for a, b in itertools.combinations(nodes, 2):
        assert math.dist(places[a], places[b]) >= radii[a] + radii[b]
    inside = sum(math.dist(places[a], places[b]) for a, b in left) / len(left)
    across = [math.dist(places[a], places[b]) for a in nodes for b in nodes if a[0] == "l" and b[0] == "r"]
    assert inside < sum(across) / len(across) / 1.5


def test_the_same_graph_has_the_same_places() -> None:
    nodes = ["a", "b", "c", "d", "hub"]
    radii = dict.fromkeys(nodes, 5.0)
    first = positions(nodes, [*CLIQUE, ("hub", "a")], radii)
    assert positions(nodes, [("a", "hub"), *CLIQUE[::-1], *CLIQUE], radii) == first


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_nodes_without_edges(count: int) -> None:
    nodes = [str(i) for i in range(count)]
    places = positions(nodes, [], dict.fromkeys(nodes, 10.0))
    assert list(places) == nodes
    assert len(set(places.values())) == count


def test_the_larger_label_stays_and_the_other_shrinks() -> None:
    places = {"big": (0, 0), "small": (30, 0), "far": (1000, 0)}
    wanted = {"big": 30.0, "small": 20.0, "far": 20.0}
    sizes = label_sizes(places, dict.fromkeys(places, 10.0), dict.fromkeys(places, 4.0), wanted)
    assert (sizes["big"], sizes["far"]) == (30, 20)
    assert sizes["small"] < 20
    assert (
        label_sizes(dict(reversed(places.items())), dict.fromkeys(places, 10.0), dict.fromkeys(places, 4.0), wanted)
        == sizes
    )
