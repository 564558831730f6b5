"""Named features by number, for numpy to work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_UNKNOWN = repeat(-1)


class Numbered(NamedTuple):
    """The features of some things, those of one thing after those of another: parallel arrays."""

    owners: NDArray[np.intp]  # which thing
    numbers: NDArray[np.intp]
    values: NDArray[np.float32]


def numbered(described: Sequence[Mapping[str, float]], numbers: Mapping[str, int]) -> Numbered:
    """Number the features of some things; names without a number are left out."""
    found: list[int] = []
    values: list[float] = []
    for features in described:
        found += map(numbers.get, features, _UNKNOWN)
        values += features.values()
    every = np.array(found, np.intp)
    known = np.flatnonzero(every >= 0)
    owners = np.repeat(np.arange(len(described)), np.fromiter(map(len, described), np.intp))
    return Numbered(owners[known], every[known], np.array(values, np.float32)[known])
