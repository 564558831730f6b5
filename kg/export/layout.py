"""Places of the nodes and sizes of the labels, by id, for pages that ask for all of them beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

_SMALLEST = 5
_SPACE = 1.15  # of a radius, so that the rims of discs do not touch


def positions(
    nodes: Sequence[str], pairs: Iterable[tuple[str, str]], radii: Mapping[str, float]
) -> dict[str, tuple[int, int]]:
    """Place nodes so that neighbours are close and discs do not overlap; see `kg.layout`.

    Parameters
    ----------
    nodes : sequence of str
        Ids of the nodes.
    pairs : iterable of (str, str)
        The edges, in any order.
    radii : mapping
        Radius of each node's disc, in the unit of the places returned.
    """
    import numpy as np

    from kg.layout import layout

    index = {node: i for i, node in enumerate(nodes)}
    ends = np.array([(index[a], index[b]) for a, b in pairs], np.int64).reshape(-1, 2)
    places = layout(np.array([radii[node] * _SPACE for node in nodes]), ends[:, 0], ends[:, 1]).places
    return {node: (round(x), round(y)) for node, (x, y) in zip(nodes, places.tolist(), strict=True)}


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
