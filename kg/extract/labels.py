"""Names of features, each made once: text for text they would be made thousands of times a paper."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Labels(dict[T, str]):
    """Names of features by what they say."""

    def __init__(self, make: Callable[[T], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: T) -> str:
        label = self[key] = sys.intern(self._make(key))
        return label
