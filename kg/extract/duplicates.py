"""A second name of a thing that is kept already: which candidates are one thing that nothing in the text joins.

Brackets, abbreviations, the lexicon and translations have joined what they could (`group`, `translations`). What is
left are names such as 多主体一致性视频合成 beside 多主体视频合成: each is likely to be a thing, the two are one. A
fitted model judges pairs; the likelier candidate takes in the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.extract.candidates import Found
from kg.extract.edges import has_chinese
from kg.extract.glosses import NOTHING_SHARED, bigrams, content_words, match, rendered, shares
from kg.records import ENTITY_TYPES
from kg.resolve.spelling import key, same_version

_WORTH_IT = 0.1  # how likely a candidate must be kept to count at all,
_ABOUT = 0.3  # or to be what the paper is about
_ALIKE = (("chinese-likeness", 1e-6), ("english-likeness", 1e-6), ("both", 0.3))
_ONE_THING = 0.5  # cosine
_LIKELIER = 0.5
_NAMES = 6
_SPOTS = 8
_NEAR = 8  # letters
_LISTS = frozenset("、,，和与及")
_BRACKETS = frozenset("(（")
_SHARES = ("likeness", "of-worse", "of-better")


class Pair(NamedTuple):
    """Two candidates of an entry, by index, described: the less likely one, and the one that may take it in."""

    worse: int
    better: int
    features: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Side:
    """A candidate made ready for comparing: `parts` is what it shares something with another by."""

    keys: tuple[str, ...]
    chinese: tuple[str, ...]
    english: tuple[str, ...]
    parts: frozenset[str]
    spots: tuple[tuple[int, int], ...]
    sentences: frozenset[int]
    in_title: bool
    kind: str
    about: dict[str, float]


def worth_comparing(chances: NDArray[np.float32], columns: Mapping[str, int]) -> NDArray[np.bool_]:
    """Which candidates are likely enough to be a name of something."""
    likely: NDArray[np.bool_] = (chances[:, columns["keep"]] >= _WORTH_IT) | (chances[:, columns["core"]] >= _ABOUT)
    return likely


def pairs(found: Found, chances: NDArray[np.float32], columns: Mapping[str, int]) -> list[Pair]:
    """Pairs of candidates that share something or that the encoder takes for one thing.

    A term of the lexicon is a thing of its own, and so is another version.

    Parameters
    ----------
    found : Found
        The candidates of an entry.
    chances : array of shape (candidates, models)
        What the models make of them.
    columns
        The column of each model.
    """
    likely = np.flatnonzero(worth_comparing(chances, columns))
    order: list[int] = likely[np.argsort(-chances[likely, columns["keep"]], kind="stable")].tolist()
    sides = [_side(found, i, chances[i], columns) for i in order]
    cosines = _cosines(found, sides)
    out = []
    for b, side in enumerate(sides):
        for a, other in enumerate(sides[:b]):
            one_thing = cosines is not None and float(cosines[b, a]) >= _ONE_THING
            if (not one_thing and side.parts.isdisjoint(other.parts)) or _apart(side, other):
                continue
            names = _compared(side, other)
            if one_thing or any(names[likeness] >= least for likeness, least in _ALIKE):
                places = _beside(found.context.text.string, side, other)
                identity = {} if cosines is None else _identity(cosines, b, a)
                out.append(Pair(order[b], order[a], names | places | identity))
    return out


def taken_in(
    judged: Iterable[tuple[int, int, float]], kept: Collection[int], chances: Sequence[float], threshold: float
) -> dict[int, int]:
    """For each candidate that is a second name of a kept one, that one; it is taken in by nothing itself.

    What would not be kept itself becomes a name of another only where that is likelier than not.

    Parameters
    ----------
    judged : iterable of (worse, better, chance)
        Pairs with how likely they are one thing.
    kept : collection of int
        Candidates that are kept.
    chances : sequence of float
        How likely each candidate is to be kept.
    threshold : float
        From where on two that are kept are one.
    """
    best: dict[int, tuple[float, int]] = {}
    for worse, better, chance in judged:
        if better in kept and chance >= (threshold if worse in kept else _LIKELIER):
            best[worse] = max(best.get(worse, (0.0, -1)), (chance, -better))
    homes: dict[int, int] = {}
    # The likeliest first: what takes in has been looked at before what it takes in.
    for worse in sorted(best, key=lambda i: (-chances[i], i)):
        better = -best[worse][1]
        homes[worse] = homes.get(better, better)
    return homes


def _apart(worse: _Side, better: _Side) -> bool:
    """Whether two cannot be one thing, however alike their names are."""
    return bool(worse.about["known"]) or not all(
        same_version(x, y) for x in worse.english[:1] for y in better.english[:1]
    )


def _side(found: Found, i: int, chances: NDArray[np.float32], columns: Mapping[str, int]) -> _Side:
    candidate, context = found.candidates[i], found.context
    names = candidate.names[:_NAMES]
    chinese = tuple(n for n in names if has_chinese(n))
    english = tuple(n for n in names if not has_chinese(n))
    spots = tuple(dict.fromkeys((m.start, m.end) for m in candidate.mentions))[:_SPOTS]
    about = dict(zip(columns, chances.tolist(), strict=True))
    parts = [*map(bigrams, chinese), *map(content_words, english), *(rendered(n).words for n in chinese)]
    return _Side(
        tuple(map(key, names)),
        chinese,
        english,
        frozenset(part for name in parts for part in name),
        spots,
        frozenset(context.sentence(start)[0] for start, _ in spots),
        spots[0][0] < context.text.pieces[0].end,
        max(ENTITY_TYPES, key=about.__getitem__),
        about | {"nested": found.nested[i], "known": float(bool(candidate.term))},
    )


def _cosines(found: Found, sides: Sequence[_Side]) -> NDArray[np.float32] | None:
    """How alike the encoder takes each two to be, None where there is no encoder."""
    said = found.context.reading
    if said is None or not sides:
        return None
    vectors = np.array([said.identity_of(list(side.spots)) for side in sides])
    result: NDArray[np.float32] = vectors @ vectors.T
    return result


def _identity(cosines: NDArray[np.float32], b: int, a: int) -> dict[str, float]:
    """The cosine of two, and its lead over those of each with others that are likelier."""
    own = float(cosines[b, a])
    rivals = np.delete(cosines[b, :b], a)
    others = np.delete(cosines[a], [a, b])
    return {
        "identity": own,
        "identity-lead": own - float(rivals.max(initial=0.0)),
        "identity-lead-back": own - float(others.max(initial=0.0)),
    }


def _compared(worse: _Side, better: _Side) -> dict[str, float]:
    """How alike the names of two are."""
    chinese = max(
        (shares(bigrams(x), bigrams(y)) for x in worse.chinese for y in better.chinese), default=NOTHING_SHARED
    )
    english = max(
        (shares(content_words(x), content_words(y)) for x in worse.english for y in better.english),
        default=NOTHING_SHARED,
    )
    both = max(
        (
            match(name, translation).likeness
            for one, other in ((worse, better), (better, worse))
            for name in one.english
            for translation in other.chinese
        ),
        default=0.0,
    )
    longer = [len(y) - len(x) for x in worse.keys for y in better.keys if len(x) > 1 and x in y]
    shorter = [len(x) - len(y) for x in worse.keys for y in better.keys if len(y) > 1 and y in x]
    return {
        **{f"chinese-{part}": share for part, share in zip(_SHARES, chinese, strict=True)},
        **{f"english-{part}": share for part, share in zip(_SHARES, english, strict=True)},
        "both": both,
        "inside": float(bool(longer)),
        "around": float(bool(shorter)),
        "rest": float(min((n for n in (*longer, *shorter) if n), default=0)),
        "one-tail": float(any(x[-2:] == y[-2:] for x in worse.keys for y in better.keys)),
        "one-type": float(worse.kind == better.kind),
    }


def _beside(text: str, worse: _Side, better: _Side) -> dict[str, float]:
    """What each is by itself, and where the two stand."""
    together = worse.sentences & better.sentences
    out = _nearest(text, worse.spots, better.spots)
    for name, one, other in (("worse", worse, better), ("better", better, worse)):
        sizes = [*map(len, one.keys)]
        inside = sum(any(low <= start and end <= high for low, high in other.spots) for start, end in one.spots)
        out |= {f"{name}:{model}": chance for model, chance in one.about.items()}
        out |= {
            f"{name}:shortest": float(min(sizes)),
            f"{name}:longest": float(max(sizes)),
            f"{name}:chinese": len(one.chinese) / len(sizes),
            f"{name}:names": float(len(sizes)),
            f"{name}:spots": float(len(one.spots)),
            f"{name}:together": len(together) / len(one.sentences),
            f"{name}:in-title": float(one.in_title),
            f"{name}:inside": inside / len(one.spots),
        }
    return out


def _nearest(text: str, here: Sequence[tuple[int, int]], there: Sequence[tuple[int, int]]) -> dict[str, float]:
    """How far the nearest mentions of two are apart, and whether a list or a bracket joins them."""
    gap, low, high = min(
        (max(start, begin) - min(end, stop), min(end, stop), max(start, begin))
        for start, end in here
        for begin, stop in there
    )
    between = text[low:high] if 0 < gap < _NEAR else ""
    return {
        "gap": float(max(gap, 0)),
        "listed": float(not _LISTS.isdisjoint(between)),
        "bracketed": float(not _BRACKETS.isdisjoint(between)),
    }
