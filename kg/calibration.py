"""Whether confidence means what it says: of edges with 0.8, eight in ten should be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_BINS = 10
_ROUNDING = 1e-9  # 0.3 * 10 and its like must not fall short of a whole number


@dataclass(frozen=True, slots=True)
class Bin:
    """Edges whose confidence is at least `low` and below `high` (1 counts to the last bin)."""

    low: float
    high: float
    edges: int
    right: int
    confidence: float  # the mean

    @property
    def share(self) -> float:
        """The share of them that is right."""
        return self.right / self.edges


@dataclass(frozen=True, slots=True)
class Calibration:
    """Bins that have edges, in order, and the expected calibration error: how far confidence is off, on average."""

    bins: tuple[Bin, ...]
    edges: int
    error: float


def calibrate(judged: Iterable[tuple[float, bool]]) -> Calibration:
    """Compare the confidence of edges with the share of them that is right.

    Parameters
    ----------
    judged : iterable of tuple
        For each edge its confidence, 0 to 1, and whether it is right.
    """
    inside: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        place = min(int(confidence * _BINS + _ROUNDING), _BINS - 1)
        inside.setdefault(place, []).append((confidence, right))
    bins = tuple(
        Bin(
            place / _BINS,
            (place + 1) / _BINS,
            len(members),
            sum(right for _, right in members),
            sum(confidence for confidence, _ in members) / len(members),
        )
        for place, members in sorted(inside.items())
    )
    edges = sum(b.edges for b in bins)
    return Calibration(bins, edges, sum(b.edges * abs(b.share - b.confidence) for b in bins) / edges if edges else 0.0)
