"""What was missed and what is wrong, and where most of it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from kg.gold import norm

FAULTS = ("missed entity", "wrong entity", "wrong type", "missed relation", "wrong relation")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that was missed or is wrong.

    `kind` is one of `FAULTS`. `what` is the type or the relation; `detail` what the other side has. A thing of the
    wrong type counts as wrong and as missed, and is listed once. `cost` is the number of errors it makes in the
    figures: the entity itself and the relations that go with it, so that the costs of all faults add up to all that
    is wrong and missed.
    """

    kind: str
    paper: str
    what: str
    name: str
    detail: str = ""
    cost: int = 1


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """Faults that have something in common; what they don't have in common is "".

    `faults` is their number, `papers` the number of papers they are in, `cost` what they cost together.
    """

    kind: str
    what: str
    name: str
    detail: str
    faults: int
    papers: int
    cost: int


def costliest(faults: Iterable[Fault]) -> list[Fault]:
    """Faults, those that cost most first, else in the order given."""
    return sorted(faults, key=lambda f: -f.cost)


def by_kind(faults: Iterable[Fault]) -> list[FaultGroup]:
    """Faults of one kind together, the costliest kind first."""
    return _groups(faults, lambda f: (f.kind,))


def by_pattern(faults: Iterable[Fault]) -> list[FaultGroup]:
    """Faults that go wrong in the same way together (a Model taken for a Method), the costliest first."""
    return _groups(faults, lambda f: (f.kind, f.what, f.detail))


def by_name(faults: Iterable[Fault]) -> list[FaultGroup]:
    """Faults of one kind about one name together, however spelled, if several papers have them."""
    return [g for g in _groups(faults, lambda f: (f.kind, f.what, norm(f.name))) if g.papers > 1]


def _groups(faults: Iterable[Fault], key: Callable[[Fault], Hashable]) -> list[FaultGroup]:
    found: dict[Hashable, list[Fault]] = {}
    for fault in faults:
        found.setdefault(key(fault), []).append(fault)
    groups = [_group(members) for members in found.values()]
    return sorted(groups, key=lambda g: (-g.cost, FAULTS.index(g.kind), g.what, g.detail, g.name))


def _group(members: Sequence[Fault]) -> FaultGroup:
    (name, _), *others = Counter(f.name for f in members).most_common()
    return FaultGroup(
        members[0].kind,
        _common(f.what for f in members),
        name if len({norm(n) for n, _ in others} | {norm(name)}) == 1 else "",
        _common(f.detail for f in members),
        len(members),
        len({f.paper for f in members}),
        sum(f.cost for f in members),
    )


def _common(values: Iterable[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""
