"""Of candidates that are much alike, an entry means one: a candidate counts less beside a better one like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.extract.edges import has_chinese
from kg.extract.glosses import bigrams, content_words, match, rendered, shares
from kg.extract.group import Candidate

_NAMES = 3
_FLOOR = 0.08  # what is less likely than that is no rival and has none


class Judged(NamedTuple):
    """A candidate with how likely it is to be kept, seen by itself, and its likeliest type."""

    candidate: Candidate
    chance: float
    kind: str


# A name, whether it is Chinese, and its parts: pairs of characters or words.
_Parts = tuple[str, bool, frozenset[str]]


class _Seen:
    """Candidates looked at so far, to be found by what their names share with those of another."""

    def __init__(self) -> None:
        self._names: list[list[_Parts]] = []
        self._having: dict[str, list[int]] = {}  # by pair of characters and by English word
        self._rendering: dict[str, list[int]] = {}  # Chinese ones, by English word

    def add(self, names: list[_Parts]) -> None:
        """Add the names of the next candidate."""
        at = len(self._names)
        self._names.append(names)
        for name, chinese, parts in names:
            for part in parts:
                self._having.setdefault(part, []).append(at)
            for word in rendered(name).words if chinese else ():
                self._rendering.setdefault(word, []).append(at)

    def alike(self, names: list[_Parts]) -> Iterator[tuple[int, tuple[float, str]]]:
        """Those that share something with a candidate, in order, each with how alike the two are."""
        found: set[int] = set()
        for name, chinese, parts in names:
            for part in parts:
                found.update(self._having.get(part, ()))
                if not chinese:
                    found.update(self._rendering.get(part, ()))
            for word in rendered(name).words if chinese else ():
                found.update(self._having.get(word, ()))
        for at in sorted(found):
            yield at, _likeness(names, self._names[at])


def compared(judged: Sequence[Judged], chinese_only: bool) -> list[tuple[int, dict[str, float]]]:
    """Describe each candidate beside the better one that it is most like: index and features, the likeliest first."""
    order = sorted((i for i, j in enumerate(judged) if j.chance >= _FLOOR), key=lambda i: (-judged[i].chance, i))
    seen = _Seen()
    out = []
    for i in order:
        own, names = judged[i], _names(judged[i].candidate)
        likeness, how, rival = 0.0, "", own
        for at, found in seen.alike(names):
            if found > (likeness, how):
                likeness, how, rival = *found, judged[order[at]]
        features = {
            f"type={own.kind}": 1.0,
            f"known={bool(own.candidate.term)}": 1.0,
            f"chinese-only={chinese_only},{bool(own.candidate.term)}": 1.0,
        }
        if likeness:
            features |= {
                f"alike={how}{int(likeness * 5)}": 1.0,
                "likeness": likeness,
                "rival": rival.chance,
                "likeness*rival": likeness * rival.chance,
                f"one-type={rival.kind == own.kind},{how}": 1.0,
            }
            if own.candidate.term and rival.candidate.term:
                features["both-known"] = 1.0
        else:
            features["alone"] = 1.0
        seen.add(names)
        out.append((i, features))
    return out


def _names(candidate: Candidate) -> list[_Parts]:
    return [_parts(name) for name in candidate.names[:_NAMES]]


def _parts(name: str) -> _Parts:
    chinese = has_chinese(name)
    return name, chinese, frozenset(bigrams(name) if chinese else content_words(name))


def _likeness(a: Sequence[_Parts], b: Sequence[_Parts]) -> tuple[float, str]:
    """How alike two candidates are, and in which language."""
    best = (0.0, "")
    for x, x_chinese, own in a:
        for y, y_chinese, other in b:
            if x_chinese != y_chinese:
                found = ((match(y, x) if x_chinese else match(x, y)).likeness, "both")
            else:
                share = shares(own, other)[0]
                if not share:
                    continue
                found = (share, "zh" if x_chinese else "en")
            best = max(best, found)
    return best
