from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.communities import levels
from kg.layout import layout


def cliques(count: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Cliques in a ring, one edge between neighbours."""
    pairs = [(c * size + a, c * size + b) for c in range(count) for a in range(size) for b in range(a)]
    pairs += [(c * size, ((c + 1) % count) * size + 1) for c in range(count)]
    ends = np.array(pairs, np.int64)
    return ends[:, 0], ends[:, 1]


def test_communities_are_found_and_stand_apart() -> None:
    sources, targets = cliques(8, 12)
    found = layout(np.full(96, 4.0), sources, targets)
    own = found.communities.reshape(8, 12)
    assert (own == own[:, :1]).all() and len(set(own[:, 0].tolist())) >= 4
    groups = found.places.reshape(8, 12, 2)
    middles = groups.mean(axis=1)
    inside = np.linalg.norm(groups - middles[:, None], axis=-1).mean()
    apart = np.linalg.norm(middles[:, None] - middles[None], axis=-1)
    assert inside < apart[~np.eye(8, dtype=bool)].min()


def test_discs_do_not_lie_over_each_other() -> None:
    random = np.random.default_rng(3)
    radii = np.r_[np.full(6, 30.0), random.uniform(2, 6, 494)]
    sources, targets = random.integers(0, 500, (2, 1200))
    places = layout(radii, sources, targets).places
    distance = np.linalg.norm(places[:, None] - places[None], axis=-1) + np.eye(500) * 1000
    assert (distance < (radii[:, None] + radii[None]) * 0.98).sum() == 0


def test_order_direction_and_doubles_do_not_matter() -> None:
    sources, targets = cliques(3, 5)
    radii = np.full(15, 3.0)
    first = layout(radii, sources, targets).places
    other = layout(radii, np.r_[targets[::-1], sources], np.r_[sources[::-1], targets]).places
    assert (first == other).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 1000])
def test_nodes_without_edges(count: int) -> None:
    nothing = np.zeros(0, np.int64)
    places = layout(np.full(count, 3.0), nothing, nothing).places
    assert places.shape == (count, 2) and np.isfinite(places).all()
    assert len({tuple(place) for place in places.round(3).tolist()}) == count


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=60))
def test_any_graph_has_finite_places(count: int, pairs: list[tuple[int, int]]) -> None:
    ends = np.array([(a % count, b % count) for a, b in pairs], np.int64).reshape(-1, 2)
    found = layout(np.full(count, 2.0), ends[:, 0], ends[:, 1])
    assert np.isfinite(found.places).all()
    assert len(found.communities) == count


def test_levels_get_coarser() -> None:
    sources, targets = cliques(30, 6)
    ends = np.stack([np.minimum(sources, targets), np.maximum(sources, targets)])
    found = levels(180, ends, np.ones(ends.shape[1]))
    counts = [int(level.max()) + 1 for level in found]
    assert counts == sorted(counts, reverse=True) and counts[0] <= 30 and counts[-1] >= 2
    assert levels(2, np.array([[0], [1]]), np.ones(1)) == []
