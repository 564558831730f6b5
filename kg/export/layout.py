"""Which nodes of a large graph to draw, and where: pure functions of node ids and pairs of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SEED = 7
_ROUNDS = 100
_SPACING = 64.0
_SMALLEST = 5


def best_connected(nodes: Iterable[str], pairs: Iterable[tuple[str, str]], limit: int) -> list[str]:
    """Return the nodes that are best connected among themselves, sorted.

    The node with the fewest edges goes, again and again, until `limit` are left: the densest part of the graph.
    (The nodes with the most edges of all would be hubs that share few edges with each other.)
    """
    index = {node: i for i, node in enumerate(sorted(nodes))}
    neighbours: list[list[int]] = [[] for _ in index]
    for source, target in pairs:
        s, t = index[source], index[target]
        neighbours[s].append(t)
        neighbours[t].append(s)
    degree = [len(found) for found in neighbours]
    heap = [(d, -i) for i, d in enumerate(degree)]
    heapify(heap)
    gone = [False] * len(index)
    left = len(index)
    while left > limit:
        fewest, minus = heappop(heap)
        if gone[-minus] or fewest != degree[-minus]:
            continue
        gone[-minus] = True
        left -= 1
        for i in neighbours[-minus]:
            if not gone[i]:
                degree[i] -= 1
                heappush(heap, (degree[i], -i))
    return [node for node, i in index.items() if not gone[i]]


def positions(
    nodes: Sequence[str], pairs: Iterable[tuple[str, str]], radii: Mapping[str, float]
) -> dict[str, tuple[int, int]]:
    """Place nodes so that neighbours are close and discs do not overlap; the same input gives the same places.

    Parameters
    ----------
    nodes : sequence of str
        Ids of the nodes.
    pairs : iterable of (str, str)
        The edges, in any order.
    radii : mapping
        Radius of each node's disc, in the unit of the places returned.
    """
    if not nodes:
        return {}
    import numpy as np

    index = {node: i for i, node in enumerate(nodes)}
    joined = np.zeros((len(nodes), len(nodes)))
    for source, target in pairs:
        joined[index[source], index[target]] = joined[index[target], index[source]] = 1
    np.fill_diagonal(joined, 0)
    points = _forces(joined)
    points *= _SPACING * len(nodes) ** 0.5 / 2 / (float(np.sqrt((points**2).sum(axis=1).mean())) or 1)
    points = _apart(points, np.array([radii[node] for node in nodes]))
    return {node: (round(x), round(y)) for node, (x, y) in zip(nodes, points.tolist(), strict=True)}


def label_sizes(
    places: Mapping[str, tuple[int, int]],
    radii: Mapping[str, float],
    widths: Mapping[str, float],
    wanted: Mapping[str, float],
) -> dict[str, int]:
    """Return font sizes at which no label covers another: the larger one stays, the other shrinks.

    Sizes are in the unit of the places, so this holds at every zoom; what shrank shows when one comes closer.

    Parameters
    ----------
    places, radii : mapping
        Where the discs are; a label stands under its disc.
    widths : mapping
        Widths of the labels, in ems.
    wanted : mapping
        The largest size for each label.
    """
    sizes: dict[str, int] = {}
    boxes: list[tuple[float, float, float, float]] = []
    for node in sorted(places, key=lambda node: (-wanted[node], -radii[node], node)):
        x, y = places[node]
        size = wanted[node]
        while True:
            half, middle = widths[node] * size / 2, y + radii[node] + size * 0.7
            box = (x - half, middle - size * 0.6, x + half, middle + size * 0.6)
            if size <= _SMALLEST or not any(_overlap(box, other) for other in boxes):
                break
            size *= 0.8
        boxes.append(box)
        sizes[node] = max(round(size), _SMALLEST)
    return sizes


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _forces(joined: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let the forces of ForceAtlas2 move points, under the falling temperature of Fruchterman and Reingold.

    Nodes repel each other by their degrees, so that hubs keep apart; edges pull; a weak pull to the middle keeps
    parts that are not connected in sight. (networkx has ForceAtlas2, but it comes to no rest on a graph of two sides
    such as papers and entities, and its spring layout asks for scipy from 500 nodes.)
    """
    import numpy as np

    count = len(joined)
    points = np.random.default_rng(_SEED).uniform(-1, 1, (count, 2))
    mass = joined.sum(axis=1) + 1
    repulsion = mass[:, None] * mass[None, :] / mass.mean() / count
    for step in range(_ROUNDS):
        push = repulsion / np.maximum(_squares(points), 1e-6) - joined
        force = _along(points, push) - points * mass[:, None] * 0.1
        strength = np.maximum(np.sqrt((force**2).sum(axis=1)), 1e-9)
        points += force / strength[:, None] * np.minimum(strength, 0.2 * (1 - step / _ROUNDS) ** 2)[:, None]
    centred: NDArray[np.float64] = points - points.mean(axis=0)
    return centred


def _apart(points: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.float64]:
    """Push overlapping discs apart."""
    import numpy as np

    wanted = (radii[:, None] + radii[None, :]) * 1.15 + 4
    np.fill_diagonal(wanted, 0)
    for _ in range(_ROUNDS):
        distance = np.maximum(np.sqrt(_squares(points)), 1e-6)
        overlap = np.maximum(wanted - distance, 0)
        if not overlap.any():
            break
        points = points + 0.35 * _along(points, overlap / distance)
    return points


def _squares(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the squares of the distances between all points."""
    x, y = points[:, 0], points[:, 1]
    squares: NDArray[np.float64] = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    return squares


def _along(points: NDArray[np.float64], push: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each point, the sum of its differences to all others, times their push."""
    moved: NDArray[np.float64] = points * push.sum(axis=1)[:, None] - push @ points
    return moved
