"""Markdown files that break off: a download or a copy that stopped inside its last paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.records import Entry

_ENDED = re.compile(r"[。．.!！?？…;；:：)）\]】」』”’\"'`*_|>~}$]\s*$")
_OPEN_LINK = re.compile(r"(?:!?\[[^\]\n]*(?:\]\([^)\n]*)?|<u>[^<\n]*(?:<[^>\n]*)?)$")
_UNFINISHED = 8
_USUAL = 20


def break_line(entries: Sequence[Entry], text: str, whole: bool) -> int:
    """Line at which a file breaks off inside its last paper, or 0 when it seems complete.

    A paper breaks off when it has no text though others have, or, in a file without a final line break, when the text
    ends inside a link, or inside a sentence though no other paragraph does.

    Parameters
    ----------
    entries
        The entries of the file, at least one.
    text
        Its text.
    whole
        Whether a file of this format is one paper and always has a text.
    """
    last, others = entries[-1], entries[:-1]
    bottom = text.count("\n") + 1
    closed = text.endswith("\n")
    if not last.passages:
        bare = not (last.urls or last.date or last.arxiv_id)
        missed = sum(bool(entry.passages) for entry in others) * 2 > len(others)
        broken = whole or (missed and (bare or not closed)) or (bare and not others)
    else:
        broken = not closed and (bool(_OPEN_LINK.search(text)) or _inside_sentence(entries, text))
    return bottom if broken else 0


def _inside_sentence(entries: Sequence[Entry], text: str) -> bool:
    final = entries[-1].passages[-1].text
    if not text.rstrip().endswith(final) or len(final) < _UNFINISHED or _ENDED.search(final):
        return False
    passages = [passage.text for entry in entries for passage in entry.passages][:-1]
    return all(_ENDED.search(passage) for passage in passages[-_USUAL:])
