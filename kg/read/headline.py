"""Chinese headlines that belong to another paper: digests made by machine sometimes carry the neighbour's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from kg.records import Passage

# A coined name: capitals inside or digits, at least four characters (SyncDreamer, GPT4RoI, D3QE); a plain capitalised
# word or a short abbreviation proves nothing, since a translator may add it.
_NAME = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]*(?:[-+.][A-Za-z0-9]+)*")
_COINED = re.compile(r"[a-z][A-Z]|[A-Z]{2}.*[a-z]{2}|\d.*[A-Za-z]{2}|[A-Za-z]{2}.*\d")
_TYPO = 0.7
_DROPPED = re.compile(r"[\W_]+")


def _key(text: str) -> str:
    return _DROPPED.sub("", text).casefold()


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words).casefold()


def belongs(headline: str, title: str, passages: Iterable[Passage]) -> bool:
    """Tell whether a headline may be that of the paper: every coined name in it occurs in title or text.

    Parameters
    ----------
    headline
        The Chinese headline.
    title
        The English title.
    passages
        The paper's own text.
    """
    names = [name for name in _NAME.findall(headline) if len(name) >= 4 and _COINED.search(name)]
    if not names:
        return True
    close = [_key(word) for word in _NAME.findall(title)]
    if any(get_close_matches(_key(name), close, n=1, cutoff=_TYPO) for name in names):
        return True
    text = " ".join([title, *(passage.text for passage in passages)])
    known, initials = _key(text), _initials(re.findall(r"[A-Za-z]+", text))
    return any(_known(name, known, initials) for name in names)


def _known(name: str, known: str, initials: str) -> bool:
    key = _key(name)
    stem = key[:-1] if key.endswith("s") else key
    return stem in known or stem in initials
