"""Union-find over hashable things, with the smallest member as the name of its set."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class UnionFind(Generic[T]):
    """Disjoint sets; `find` gives the member of a set that was added first."""

    def __init__(self) -> None:
        self._parent: dict[T, T] = {}
        self._order: dict[T, int] = {}

    def find(self, item: T) -> T:
        """The representative of an item's set; an unknown item becomes a set of its own."""
        parent = self._parent
        if item not in parent:
            parent[item] = item
            self._order[item] = len(self._order)
            return item
        root = item
        while parent[root] != root:
            root = parent[root]
        while parent[item] != root:
            parent[item], item = root, parent[item]
        return root

    def union(self, a: T, b: T) -> T:
        """Make the sets of two items one; the representative that was added first stays."""
        first, second = sorted((self.find(a), self.find(b)), key=self._order.__getitem__)
        self._parent[second] = first
        return first
