"""Back-quoted tags, some with the reason why they were given, which is no tag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.read.labels import is_placeholder

_PIECE = re.compile(r"[^`]+")
_KIND = re.compile(r"^(?:分类|标签|类别)\s*[:：]\s*")
_SENTENCE = re.compile(r"[，。；：！？“”\"]|^(?:理由|解释|因此|因为|由于|markdown$)")
_FINISHED = re.compile(r"[。！？.]\s*$")
_LONGEST = 40


def tags_in(text: str) -> Iterator[tuple[str, int]]:
    """Tags of a run of back-quoted words, each with its offset.

    A tag may be followed, inside its quotes, by a reason (理由：…) on lines of its own. A reason that was split at its
    commas into further "tags" ends the list.
    """
    for match in _PIECE.finditer(text):
        first, _, reason = match[0].strip().partition("\n")
        tag = _KIND.sub("", first.strip())
        if tag and len(tag) <= _LONGEST and not _SENTENCE.search(tag) and not is_placeholder(tag):
            yield tag, match.start() + match[0].index(first)
        if reason.strip() and not _FINISHED.search(reason):
            return
