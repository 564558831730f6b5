"""How components write what they match: spans of the group "kg", and the mentions read back from them."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from spacy.tokens import Doc, Span

GROUP = "kg"
_WRITTEN = "kg.mentions"
_BOUNDARIES = "kg.boundaries"
_START, _END = itemgetter(0), itemgetter(1)


class Mention(NamedTuple):
    """A stretch of text that may name an entity.

    `cue` says which component spoke ("lexicon", "bracket", "announced:named", ...), `type` what it takes the thing for
    ("" where it can't tell), `term` the lexicon term ("" for none).
    """

    start: int
    end: int
    cue: str
    type: str = ""
    term: str = ""


def write(doc: Doc, mentions: Iterable[Mention]) -> Doc:
    """Add mentions to the document; those that don't begin and end with a token are none."""
    if GROUP not in doc.spans:
        doc.spans[GROUP] = []
    group, written = doc.spans[GROUP], doc.user_data.setdefault(_WRITTEN, [])
    begins, ends = boundaries(doc)
    for m in mentions:
        first, stop = begins[m.start], ends[m.end]
        if first >= 0 and stop > first:
            group.append(Span(doc, first, stop, m.type, kb_id=m.term, span_id=m.cue))
            written.append(m)
    return doc


def read(doc: Doc) -> list[Mention]:
    """Mentions written so far, in the order of the text, longer ones first."""
    spans, written = doc.spans.get(GROUP, ()), doc.user_data.get(_WRITTEN, ())
    if len(written) == len(spans):
        found = set(written)
    else:
        # A component of someone else wrote spans of its own.
        found = {Mention(s.start_char, s.end_char, s.id_, s.label_, s.kb_id_) for s in spans}
    ordered = sorted(found)
    ordered.sort(key=_END, reverse=True)
    ordered.sort(key=_START)
    return ordered


def boundaries(doc: Doc) -> tuple[list[int], list[int]]:
    """For each offset the token that begins there, and the number of tokens when one ends there; else -1."""
    known: tuple[list[int], list[int]] | None = doc.user_data.get(_BOUNDARIES)
    if known is None:
        offsets, lengths = doc.to_array(["IDX", "LENGTH"]).astype(np.intp).reshape(-1, 2).T
        stops = offsets + lengths
        # A space may follow the last token.
        begins, ends = np.full((2, stops.max(initial=0) + 2), -1, np.int32)
        begins[offsets] = np.arange(len(doc))
        ends[stops] = np.arange(1, len(doc) + 1)
        known = doc.user_data[_BOUNDARIES] = (begins.tolist(), ends.tolist())
    return known
