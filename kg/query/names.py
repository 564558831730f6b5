"""Names that a user gives, resolved to nodes of whichever engine is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.errors import NameNotFoundError
from kg.query.base import Engine, Named
from kg.resolve.spelling import key

_NEAREST = 5
_LIKENESS = 60  # of 100, below which names have nothing to do with each other


def find(engine: Engine, name: str, types: Sequence[str] = ()) -> Named:
    """The node that a name most likely means.

    A node whose own name it is goes before one that has it as an alias; among those, one that more papers are about.
    A name that the graph does not have may still be one of the lexicon for a thing that it has.

    Parameters
    ----------
    engine : Engine
        Who is asked.
    name : str
        A name in any language and spelling, or the id of a node.
    types : sequence of str
        Only nodes of these types, of any if empty.

    Raises
    ------
    NameNotFoundError
        Nothing goes by that name; the message gives the nearest names.
    """
    found = engine.named(name) or _by_lexicon(engine, name)
    fitting = [n for n in found if not types or n.type in types]
    if fitting:
        return min(fitting, key=lambda n: _rank(n, name))
    what = f"no {' or '.join(types)}" if types else "no entity or paper"
    if found:
        there = ", ".join(f"{n.type} {n.name}" for n in found)
        raise NameNotFoundError(f"{what} is called {name!r}, but there is {there}: ask about that with another query.")
    near = nearest(engine.names(), name, types)
    if near:
        raise NameNotFoundError(f"{what} is called {name!r}: the nearest names are {'; '.join(near)}.")
    raise NameNotFoundError(
        f"{what} is called {name!r}, nor anything like it: `kg query @most-used-models` lists frequent ones."
    )


def _rank(node: Named, name: str) -> tuple[bool, bool, int, str]:
    own = key(name) in {key(n) for n in (node.name, node.name_zh) if n}
    return node.id != name, not own, -node.paper_count, node.id


def _by_lexicon(engine: Engine, name: str) -> list[Named]:
    from kg.lexicon import Lexicon

    found: dict[str, Named] = {}
    for term in Lexicon.load().find(name):
        for other in term.names:
            found |= {n.id: n for n in engine.named(other) if n.type in term.types}
    return list(found.values())


def nearest(nodes: Iterable[Named], name: str, types: Sequence[str] = (), limit: int = _NEAREST) -> list[str]:
    """Names that are most like a name, each with what it stands for where that says more."""
    from rapidfuzz import fuzz, process

    called = [(called, n) for n in nodes if not types or n.type in types for called in n.names]
    hits = process.extract(
        key(name), [key(c) for c, _ in called], scorer=fuzz.WRatio, score_cutoff=_LIKENESS, limit=limit * 20
    )
    best: dict[str, str] = {}
    for _, _, index in sorted(hits, key=lambda hit: (-hit[1], -called[hit[2]][1].paper_count, hit[2])):
        said, node = called[index]
        best.setdefault(node.id, said if said == node.name else f"{said} ({node.name})")
    return list(best.values())[:limit]
