"""Communities of a graph by the Louvain method: which nodes have more edges among themselves than chance would give.

V. D. Blondel et al., Fast unfolding of communities in large networks, 2008. Nodes are visited in their order and ties
go to the lower number, so that the same graph gives the same communities.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SWEEPS = 12
_SETTLED = 0.005  # share of nodes that may still want to move when a level is done


def levels(count: int, ends: Ints, weights: Floats) -> list[Ints]:
    """Communities, then communities of communities, until no merge is worth while.

    Parameters
    ----------
    count : int
        Number of nodes.
    ends : array of int, two rows
        The edges, each once and no loops.
    weights : array of float
        Their weights.

    Returns
    -------
    list of arrays
        The first gives each node the number of its community, the next each of those, and so on; the last level has
        at least two communities.
    """
    found: list[Ints] = []
    loops = np.zeros(count)
    while count > 2:
        community = _one_level(count, ends, weights, loops)
        _, community = np.unique(community, return_inverse=True)
        groups = int(community.max()) + 1
        if groups == count or groups < 2:
            break
        found.append(community.astype(np.int64))
        loops = sums(community, loops, groups)
        first, second = community[ends[0]], community[ends[1]]
        inside = first == second
        loops += sums(first[inside], weights[inside] * 2, groups)
        keys = np.minimum(first, second) * groups + np.maximum(first, second)
        unique, inverse = np.unique(keys[~inside], return_inverse=True)
        weights = sums(inverse, weights[~inside], len(unique))
        ends, count = np.stack([unique // groups, unique % groups]), groups
    return found


def sums(index: NDArray[np.integer[Any]], values: Floats, count: int) -> Floats:
    """The sum of the values at each index."""
    return np.bincount(index, values, count).astype(np.float64)


def _one_level(count: int, ends: Ints, weights: Floats, loops: Floats) -> Ints:
    """Move each node to the neighbouring community that gains most, until few want to move."""
    first = np.concatenate([ends[0], ends[1]])
    order = np.argsort(first, kind="stable")
    neighbours = np.concatenate([ends[1], ends[0]])[order].tolist()
    strengths = np.concatenate([weights, weights])[order].tolist()
    starts = np.searchsorted(first[order], np.arange(count + 1)).tolist()
    degrees = (np.bincount(first, np.concatenate([weights, weights]), count) + loops).tolist()
    whole = sum(degrees) or 1.0
    community = list(range(count))
    totals = list(degrees)
    for _ in range(_SWEEPS):
        moved = 0
        for node in range(count):
            begin, end = starts[node], starts[node + 1]
            if begin == end:
                continue
            own, degree = community[node], degrees[node]
            links: dict[int, float] = {}
            for i in range(begin, end):
                other = community[neighbours[i]]
                links[other] = links.get(other, 0.0) + strengths[i]
            totals[own] -= degree
            share = degree / whole
            best, most = own, links.get(own, 0.0) - totals[own] * share
            for other, weight in links.items():
                gain = weight - totals[other] * share
                if gain > most + 1e-12 or (gain > most - 1e-12 and other < best and other != own != best):
                    best, most = other, gain
            totals[best] += degree
            if best != own:
                community[node] = best
                moved += 1
        if moved <= count * _SETTLED:
            break
    return np.array(community, np.int64)
