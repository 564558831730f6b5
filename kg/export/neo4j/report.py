"""What a load did, by label and relationship type."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields

OUTCOMES = ("created", "updated", "deleted", "unchanged", "kept")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the nodes of one label, or the relationships of one type.

    `kept` are stale nodes that stay because relationships that kg did not write hang on them; `total` is what the
    server holds now.
    """

    kind: str
    type: str
    created: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    kept: int = 0

    @property
    def total(self) -> int:
        """How many there are on the server when all is done."""
        return self.created + self.updated + self.unchanged + self.kept


@dataclass(frozen=True, slots=True)
class Report:
    """What a load did, or (`dry_run`) would do."""

    server: str
    graph: str
    changes: tuple[Change, ...]
    dry_run: bool = False

    def total(self, outcome: str, kind: str = "") -> int:
        """Sum one column, over nodes or relationships only if asked."""
        return sum(getattr(c, outcome) for c in self.changes if not kind or c.kind == kind)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return any(self.total(outcome) for outcome in ("created", "updated", "deleted"))


class Tally:
    """Counts outcomes while a load goes on."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, kind: str, type_: str, outcome: str, count: int = 1) -> None:
        """Count some nodes or relationships."""
        self._counts[kind, type_, outcome] += count

    def change(self, kind: str, type_: str) -> Change:
        """Return what was counted for one label or type."""
        return Change(kind, type_, **{o: self._counts[kind, type_, o] for o in OUTCOMES})


def headers() -> tuple[str, ...]:
    """Return the heads of the closing table."""
    return ("kind", "type", *OUTCOMES[:4], "total")


def rows(report: Report) -> list[tuple[str | int, ...]]:
    """Return the closing table: one row a type, and the sums."""
    names = [f.name for f in fields(Change)][2:6]
    table: list[tuple[str | int, ...]] = []
    for kind in ("node", "relationship"):
        changes = [c for c in report.changes if c.kind == kind and any((*(getattr(c, n) for n in names), c.total))]
        table += [(kind, c.type, *(getattr(c, n) for n in names), c.total) for c in changes]
        table.append((kind, "all", *(report.total(n, kind) for n in names), report.total("total", kind)))
    return table
