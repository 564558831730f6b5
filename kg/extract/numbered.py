"""Named features by number, for numpy to work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_UNKNOWN = repeat(-1)


class Numbered(NamedTuple):
    """The features of some things, those of one thing after those of another: parallel arrays."""

    owners: NDArray[np.intp]  # which thing
    numbers: NDArray[np.intp]
    values: NDArray[np.float32]


def numbered(described: Sequence[dict[str, float]], numbers: Mapping[str, int]) -> Numbered:
    """Number the features of some things; names without a number are left out."""
    sizes = np.fromiter(map(len, described), np.intp)
    total = int(sizes.sum())
    found = np.fromiter(map(numbers.get, chain.from_iterable(described), _UNKNOWN), np.intp, total)
    values = np.fromiter(chain.from_iterable(map(dict.values, described)), np.float32, total)
    known = found >= 0
    return Numbered(np.arange(len(described)).repeat(sizes)[known], found[known], values[known])
