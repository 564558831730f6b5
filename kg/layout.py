"""Where the nodes of a graph stand on the page: communities apart, neighbours close, discs beside each other.

The graph is drawn from coarse to fine. Communities of nodes are made, then communities of
communities (`kg.communities`); the coarsest graph is laid out first, and each finer one starts from the places of the
coarser. Repulsion is the field of a particle mesh: masses are spread on a grid and convolved with the force by FFT, so
that a step costs a little more than linear time. The seed is fixed: the same graph, the same places.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kg.communities import Floats, Ints, levels, sums

_SEED = 7
_GAP = 3.0  # space between discs that touch
_FILL = 0.16  # share of the picture that discs cover
_INSIDE = 4.0  # how much stronger an edge inside a community pulls
_GRAVITY = 0.4
_EXACT = 400  # points up to which each pair is looked at
_COARSE_ROUNDS = 220
_FINE_ROUNDS = 60
_OVERLAP_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Layout:
    """Places (one row a node: x, y) and the number of each node's community."""

    places: Floats
    communities: Ints


def layout(radii: Floats, sources: Ints, targets: Ints) -> Layout:
    """Place the nodes of a graph.

    Parameters
    ----------
    radii : array of float
        Radius of each node's disc, in the unit of the places returned.
    sources, targets : array of int
        The ends of the edges, as indices into `radii`; directions, doubles and loops do not matter.
    """
    count = len(radii)
    if not count:
        return Layout(np.zeros((0, 2)), np.zeros(0, np.int64))
    ends, _ = _simple(sources, targets, count)
    weights = np.ones(ends.shape[1])
    parents = levels(count, ends, weights)
    communities = _composed(parents, count)
    graphs = [_Level(ends, weights, (radii + _GAP) ** 2, communities[0])]
    for parent, community in zip(parents, communities[1:], strict=True):
        graphs.append(graphs[-1].coarser(parent, community))
    points = np.random.default_rng(_SEED).normal(size=(len(graphs[-1].areas), 2)) * graphs[-1].extent()
    points = _forces(points, graphs[-1])
    for level, parent in zip(graphs[-2::-1], parents[::-1], strict=True):
        points = _forces(_spread(points, parent, level.areas), level)
    points = points / max(float(np.quantile(np.hypot(*points.T), 0.9)), 1e-9) * graphs[0].extent()
    points = _apart(points, radii)
    return Layout(points - (points.min(axis=0) + points.max(axis=0)) / 2, communities[0])


def _composed(parents: list[Ints], count: int) -> list[Ints]:
    """For the points of each level, from fine to coarse, the number of their community on the coarsest level."""
    found = [np.arange(int(parents[-1].max()) + 1 if parents else count)]
    for parent in reversed(parents):
        found.insert(0, found[0][parent])
    return found


@dataclass(frozen=True, slots=True)
class _Level:
    """A graph on the way from coarse to fine: edges, their weights, the area each point needs, its community."""

    ends: Ints
    weights: Floats
    areas: Floats
    community: Ints

    def extent(self) -> float:
        """Radius of a round picture with room for all points."""
        return float(np.sqrt(self.areas.sum() / _FILL))

    def coarser(self, parent: Ints, community: Ints) -> _Level:
        """The graph of the communities."""
        count = int(parent.max()) + 1
        ends, weights = _simple(parent[self.ends[0]], parent[self.ends[1]], count, self.weights)
        return _Level(ends, weights, sums(parent, self.areas, count), community)


def _simple(sources: Ints, targets: Ints, count: int, weights: Floats | None = None) -> tuple[Ints, Floats]:
    """Undirected edges without doubles and loops, sorted, with summed weights."""
    low, high = np.minimum(sources, targets), np.maximum(sources, targets)
    keys = (low * count + high)[low != high]
    given = np.ones(len(keys)) if weights is None else weights[low != high]
    unique, inverse = np.unique(keys, return_inverse=True)
    return np.stack([unique // count, unique % count]), sums(inverse, given, len(unique))


def _spread(points: Floats, parent: Ints, areas: Floats) -> Floats:
    """Start children in a disc around their parent's place, the largest in the middle, as seeds in a sunflower."""
    order = np.lexsort((np.arange(len(parent)), -areas, parent))
    sizes = areas[order]
    before = np.cumsum(sizes) - sizes / 2
    first = np.searchsorted(parent[order], np.arange(len(points)))
    inner = before - (np.cumsum(sizes) - sizes)[first][parent[order]]
    rank = np.arange(len(order)) - first[parent[order]]
    angle = rank * np.pi * (3 - np.sqrt(5))
    radius = np.sqrt(inner / _FILL) * 0.8
    placed = np.empty((len(parent), 2))
    placed[order] = points[parent[order]] + np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius[:, None]
    return placed


def _forces(points: Floats, level: _Level) -> Floats:
    """Let repulsion by area, the pull of edges and a little gravity move the points, ever less.

    An edge pulls less where its ends have many (as in a normalised Laplacian), so that hubs do not drag everything
    into the middle, and more inside a community, so that communities stand apart.
    """
    count = len(points)
    if count == 1:
        return np.zeros((1, 2))
    first, second = level.ends
    degree = np.bincount(first, level.weights, count) + np.bincount(second, level.weights, count)
    pull = level.weights / np.sqrt(degree[first] * degree[second])
    pull *= np.where(level.community[first] == level.community[second], _INSIDE, 1.0)
    mass = level.areas / level.areas.mean()
    extent = level.extent()
    unit = extent / np.sqrt(count)
    field = _exact_field if count <= _EXACT else _mesh_field
    rounds = _COARSE_ROUNDS if count <= _EXACT else _FINE_ROUNDS
    for step in range(rounds):
        force = field(points, mass) * unit**2 * 0.6
        stretch = (points[second] - points[first]) * pull[:, None] * np.sqrt(mass[first] * mass[second])[:, None]
        for axis in (0, 1):
            force[:, axis] += np.bincount(first, stretch[:, axis], count)
            force[:, axis] -= np.bincount(second, stretch[:, axis], count)
        force = force / mass[:, None] - points * _GRAVITY
        length = np.maximum(np.sqrt((force**2).sum(axis=1)), 1e-12)
        limit = extent * 0.12 * (1 - step / rounds) ** 2 + unit * 0.02
        points = points + force * (np.minimum(length * 0.35, limit) / length)[:, None]
    return points


def _exact_field(points: Floats, mass: Floats) -> Floats:
    """Repulsion on each point: the sum over all others of mass x mass / distance."""
    difference = points[:, None] - points[None, :]
    square = (difference**2).sum(axis=-1)
    np.fill_diagonal(square, 1)
    strength = mass[:, None] * mass[None, :] / np.maximum(square, 1e-9)
    field: Floats = (difference * strength[:, :, None]).sum(axis=1)
    return field


def _mesh_field(points: Floats, mass: Floats) -> Floats:
    """Do what `_exact_field` does, for many points: by way of a grid."""
    size = int(2 ** np.clip(np.ceil(np.log2(np.sqrt(len(points)) * 2)), 6, 9))
    low = points.min(axis=0)
    cell = float((points.max(axis=0) - low).max()) / (size - 2) or 1.0
    place = (points - low) / cell
    corner = place.astype(np.int64)
    part = place - corner
    corners = [(dx, dy) for dx in (0, 1) for dy in (0, 1)]
    shares = [np.abs(1 - dx - part[:, 0]) * np.abs(1 - dy - part[:, 1]) for dx, dy in corners]
    cells = [(corner[:, 0] + dx) * size + corner[:, 1] + dy for dx, dy in corners]
    grid = np.zeros(size * size)
    for share, at in zip(shares, cells, strict=True):
        grid += np.bincount(at, share * mass, size * size)
    spectrum = np.fft.rfft2(grid.reshape(size, size), (2 * size, 2 * size))
    field = np.empty_like(points)
    for axis, kernel in enumerate(_kernels(size)):
        force = np.fft.irfft2(spectrum * kernel, (2 * size, 2 * size))[:size, :size].ravel()
        field[:, axis] = sum(share * force[at] for share, at in zip(shares, cells, strict=True))
    return field * mass[:, None] / cell


@cache
def _kernels(size: int) -> list[NDArray[np.complex128]]:
    """The transforms of x / r² and y / r² on a grid, softened within a cell."""
    offset = np.fft.fftfreq(2 * size, 1 / (2 * size))
    x, y = np.meshgrid(offset, offset, indexing="ij")
    square = x**2 + y**2 + 0.5
    return [np.fft.rfft2(x / square), np.fft.rfft2(y / square)]


def _apart(points: Floats, radii: Floats) -> Floats:
    """Push discs that overlap apart, a little in each round, large ones less than small ones."""
    points = points.copy()
    for _ in range(_OVERLAP_ROUNDS):
        first, second = _near(points, radii)
        difference = points[first] - points[second]
        distance = np.sqrt((difference**2).sum(axis=1))
        wanted = radii[first] + radii[second] + _GAP
        hit = distance < wanted
        if not hit.any():
            break
        first, second, difference, distance = first[hit], second[hit], difference[hit], distance[hit]
        same = distance < 1e-9
        difference[same], distance[same] = (1.0, 0.0), 1.0
        push = difference / distance[:, None] * ((wanted[hit] - np.where(same, 0, distance)) * 0.5)[:, None]
        heavy = radii[first] ** 2 / (radii[first] ** 2 + radii[second] ** 2)
        for axis in (0, 1):
            points[:, axis] += np.bincount(first, push[:, axis] * 2 * (1 - heavy), len(points))
            points[:, axis] -= np.bincount(second, push[:, axis] * 2 * heavy, len(points))
    return points


def _near(points: Floats, radii: Floats) -> tuple[Ints, Ints]:
    """Pairs of discs that may overlap, each once.

    Size class by size class, each twice as wide as the last: the discs of a class look for others up to their own size
    in a grid whose cells are as wide as two of them.
    """
    pairs = []
    largest, smallest = float(radii.max()), float(radii.min())
    bound = largest
    while True:
        below = np.flatnonzero(radii <= bound)
        width = 2 * bound + _GAP
        cell = np.floor((points[below] - points[below].min(axis=0)) / width).astype(np.int64) + 1
        rows = int(cell[:, 1].max()) + 2
        key = cell[:, 0] * rows + cell[:, 1]
        order = np.argsort(key, kind="stable")
        below, key = below[order], key[order]
        asking = np.flatnonzero(radii[below] > bound / 2)
        for offset in (-rows - 1, -1, rows - 1):  # three cells above each other at a time
            start = np.searchsorted(key, key[asking] + offset, "left")
            length = np.searchsorted(key, key[asking] + offset + 2, "right") - start
            one = np.repeat(below[asking], length)
            other = below[np.repeat(start - np.cumsum(length) + length, length) + np.arange(length.sum())]
            once = (radii[other] <= bound / 2) | (one < other)
            pairs.append(np.stack([one[once], other[once]]))
        if bound / 2 < smallest:
            break
        bound /= 2
    first, second = np.concatenate(pairs, axis=1)
    return first, second
