"""Chinese and English names of one thing that no bracket joins: bilingual abstracts, an English title."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.extract.edges import has_chinese
from kg.extract.encoder import Reading
from kg.extract.glosses import Match, content_words, match, rendered
from kg.extract.group import Candidate, joined
from kg.extract.head_nouns import head_type
from kg.extract.labels import Labels
from kg.extract.text import TITLE, Text
from kg.resolve.spelling import key, numbers

_NAMES = 3
_ALIKE = 0.4
_ONE_THING = 0.7  # cosine
_Likeness = tuple[float, Match]
_RENDERED = 0.4  # share of the English words


class Translation(NamedTuple):
    """An English and a Chinese candidate, by index, that may be one thing, described."""

    english: int
    chinese: int
    features: dict[str, float]


def translations(
    candidates: Sequence[Candidate], text: Text, begins: Sequence[int], said: Reading | None = None
) -> list[Translation]:
    """Pairs of candidates whose names may translate each other and that stand for no two terms.

    Parameters
    ----------
    candidates : sequence of Candidate
        All candidates of a text.
    text : Text
        The text.
    begins : sequence of int
        Where its sentences begin.
    said : Reading, optional
        What the encoder says of it: pairs that it takes for one thing count, whatever their words.
    """
    latin, chinese = [], []
    for i, candidate in enumerate(candidates):
        if not any(map(has_chinese, candidate.names)):
            if any(map(_worded, candidate.names)):
                latin.append(i)
        elif has_chinese(candidate.names[0]) and not any(map(_worded, candidate.names)):
            chinese.append(i)
    if not latin or not chinese:
        return []
    alike: dict[tuple[int, int], _Likeness] = {}
    for i, j in _sharing(candidates, latin, chinese):
        a, b = candidates[i], candidates[j]
        if _may_be_one(a, b):
            found = _best(a, b)
            if found[0] >= _ALIKE:
                alike[i, j] = found
    identity = _identity(candidates, latin, chinese, said) if said is not None else {}
    for (i, j), (cosine, _) in identity.items():
        a, b = candidates[i], candidates[j]
        if (i, j) not in alike and cosine >= _ONE_THING and _may_be_one(a, b):
            alike[i, j] = _best(a, b)
    ranks = _ranks(alike)
    spots = _spots(candidates, {i for pair in alike for i in pair}, text, begins)
    return [
        Translation(
            i,
            j,
            _describe(candidates[i], candidates[j], *found, ranks[i, j], spots[i], spots[j]) | _alike(identity, i, j),
        )
        for (i, j), found in alike.items()
    ]


def _may_be_one(english: Candidate, chinese: Candidate) -> bool:
    """Whether two may translate each other: not two terms, nor a name and what is made with it (U-Net, U-Net解码)."""
    if english.term and chinese.term:
        return False
    made = [key(name) for name in chinese.names[:_NAMES]]
    return not any(key(name) in longer for name in english.names[:_NAMES] for longer in made)


def _identity(
    candidates: Sequence[Candidate], latin: Sequence[int], chinese: Sequence[int], said: Reading
) -> dict[tuple[int, int], tuple[float, float]]:
    """Cosines of what the encoder takes each English and each Chinese candidate for, with the lead over all others."""
    vectors = [said.identity_of([(m.start, m.end) for m in candidates[i].mentions]) for i in (*latin, *chinese)]
    both = np.array(vectors)
    cosines = both[: len(latin)] @ both[len(latin) :].T
    leads = cosines - np.maximum(_best_other(cosines), _best_other(cosines.T).T)
    found = zip(cosines.ravel().tolist(), leads.ravel().tolist(), strict=True)
    return dict(zip(((i, j) for i in latin for j in chinese), found, strict=True))


def _best_other(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each place in a table, the largest number beside it in its row; 0 where there is none."""
    if table.shape[1] < 2:
        return np.zeros_like(table)
    second, first = np.partition(table, -2, axis=1)[:, -2:].T[..., None]
    result: NDArray[np.float32] = np.where(table == first, second, first)
    return result


def _alike(identity: Mapping[tuple[int, int], tuple[float, float]], i: int, j: int) -> dict[str, float]:
    if not identity:
        return {}
    cosine, lead = identity[i, j]
    return {"identity": cosine, f"identity={int(max(cosine, 0.0) * 10)}": 1.0, "identity-lead": lead}


def join(
    candidates: Sequence[Candidate], pairs: Sequence[Translation], weights: Mapping[str, float], threshold: float
) -> list[Candidate]:
    """Make one of each English and Chinese candidate that the fitted weights hold to be one thing, the surest first.

    A candidate takes part once: a thing has one name in each language.
    """
    chances = sorted((-probability(p.features, weights), p.english, p.chinese) for p in pairs)
    partner: dict[int, int] = {}
    for chance, i, j in chances:
        if -chance < threshold:
            break
        if i not in partner and j not in partner:
            partner[i], partner[j] = j, i
    out = []
    for i, candidate in enumerate(candidates):
        other = partner.get(i)
        if other is None:
            out.append(candidate)
        elif i < other:
            both = (candidate, candidates[other])
            out.append(joined(both, candidate.term or candidates[other].term))
    return out


def probability(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """What the fitted weights make of a pair."""
    return 1.0 / (1.0 + math.exp(-sum([weights.get(name, 0.0) * value for name, value in features.items()])))


def _sharing(candidates: Sequence[Candidate], latin: Sequence[int], chinese: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs in which the Chinese side renders words of the English one, not too few of them."""
    sides = {i: [content_words(n) for n in candidates[i].names[:_NAMES] if _worded(n)] for i in latin}
    english = {word for words in sides.values() for one in words for word in one}
    rendering: dict[str, list[int]] = defaultdict(list)
    for j in chinese:
        names = [n for n in candidates[j].names[:_NAMES] if has_chinese(n)]
        for word in {word for name in names for word in rendered(name).words if word in english}:
            rendering[word].append(j)
    pairs: list[tuple[int, int]] = []
    for i, own in sides.items():
        if own:
            shared: dict[int, int] = {}
            for word in own[0] if len(own) == 1 else {word for one in own for word in one}:
                for j in rendering.get(word, ()):
                    shared[j] = shared.get(j, 0) + 1
            fewest = _RENDERED * min(map(len, own))
            pairs += [(i, j) for j in sorted(shared) if shared[j] >= fewest]
    return pairs


def _worded(name: str) -> bool:
    """Whether a name is made of English words rather than a name of its own."""
    return not has_chinese(name) and (" " in name or "-" in name or name.islower() or name.istitle())


def _best(a: Candidate, b: Candidate) -> _Likeness:
    """How well the names of two candidates match at best, given the same numbers in both."""
    best = (0.0, Match(0.0, 0.0))
    for x in a.names[:_NAMES]:
        if _worded(x):
            for y in b.names[:_NAMES]:
                if has_chinese(y) and numbers(x) == numbers(y):
                    found = match(x, y)
                    best = max(best, (found.likeness, found))
    return best


def _ranks(alike: Mapping[tuple[int, int], _Likeness]) -> dict[tuple[int, int], tuple[int, int, float]]:
    """For each pair, how many better ones its English and its Chinese side have, and its lead over the best of them."""
    of_english: dict[int, list[float]] = defaultdict(list)
    of_chinese: dict[int, list[float]] = defaultdict(list)
    for (i, j), (own, _) in alike.items():
        of_english[i].append(own)
        of_chinese[j].append(own)
    for likenesses in (*of_english.values(), *of_chinese.values()):
        likenesses.sort()
    out = {}
    for (i, j), (own, _) in alike.items():
        sides = of_english[i], of_chinese[j]
        better = [len(side) - bisect_right(side, own) for side in sides]
        # The best of the others: the last one, or the one before it where the last is this pair itself.
        others = [side[-1] if side[-1] != own else side[-2] for side in sides if len(side) > 1]
        out[i, j] = (better[0], better[1], own - max(others, default=0.0))
    return out


def _spots(
    candidates: Sequence[Candidate], asked: Iterable[int], text: Text, begins: Sequence[int]
) -> dict[int, list[float]]:
    """Where the mentions of some candidates stand in the sentences of their language, 0 to 1; a title is -1."""
    languages = [has_chinese(text.string[b : b + 60]) for b in begins]
    order: list[float] = []
    seen = {True: 0, False: 0}
    for language, begin in zip(languages, begins, strict=True):
        if text.piece(begin).section == TITLE:
            order.append(-1.0)
        else:
            order.append(float(seen[language]))
            seen[language] += 1
    order = [o if o < 0 else o / max(1, seen[lang] - 1) for o, lang in zip(order, languages, strict=True)]
    return {i: sorted({order[bisect_right(begins, m.start) - 1] for m in candidates[i].mentions}) for i in asked}


def _describe(
    a: Candidate,
    b: Candidate,
    likeness: float,
    found: Match,
    rank: tuple[int, int, float],
    here: Sequence[float],
    there: Sequence[float],
) -> dict[str, float]:
    apart = min([abs(x - y) if (x < 0) == (y < 0) else 0.5 for x in here for y in there])
    one, other = head_type(a.names[0]), head_type(b.names[0])
    words = min([len(content_words(n)) for n in a.names[:_NAMES] if _worded(n)], default=0)
    return {
        "bias": 1.0,
        "likeness": likeness,
        _ENGLISH[_step(found.english)]: 1.0,
        _CHINESE[_step(found.chinese)]: 1.0,
        _BOTH[_step(likeness)]: 1.0,
        _WORDS[words]: 1.0,
        _BETTER[rank[:2]]: 1.0,
        "lead": rank[2],
        _APART[_step(apart)]: 1.0,
        _TITLES[-1.0 in here, -1.0 in there]: 1.0,
        "heads=none"
        if not (one or other)
        else "heads=one"
        if not (one and other) or one == other
        else "heads=two": 1.0,
        _TERMS[bool(a.term), bool(b.term)]: 1.0,
        _COUNTS[len(here), len(there)]: 1.0,
    }


_ENGLISH = Labels[int](lambda n: f"english={n}")
_CHINESE = Labels[int](lambda n: f"chinese={n}")
_BOTH = Labels[int](lambda n: f"both={n}")
_WORDS = Labels[int](lambda n: f"words={min(n, 4)}")
_BETTER = Labels[tuple[int, int]](lambda n: f"better={min(n[0], 2)},{min(n[1], 2)}")
_APART = Labels[int](lambda n: f"apart={n}")
_TITLES = Labels[tuple[bool, bool]](lambda n: f"titles={n[0]},{n[1]}")
_TERMS = Labels[tuple[bool, bool]](lambda n: f"terms={n[0]},{n[1]}")
_COUNTS = Labels[tuple[int, int]](lambda n: f"counts={min(n[0], 3)},{min(n[1], 3)}")


def _step(share: float) -> int:
    return int(share * 5 + 0.001)
