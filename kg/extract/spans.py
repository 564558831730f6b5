"""How components write what they match: spans of the group "kg", and the mentions read back from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from spacy.tokens import Doc

GROUP = "kg"


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
    group = doc.spans[GROUP]
    for m in mentions:
        span = doc.char_span(m.start, m.end, label=m.type, kb_id=m.term, span_id=m.cue)
        if span is not None:
            group.append(span)
    return doc


def read(doc: Doc) -> list[Mention]:
    """Mentions written so far, in the order of the text, longer ones first."""
    found = {Mention(s.start_char, s.end_char, s.id_, s.label_, s.kb_id_) for s in doc.spans.get(GROUP, ())}
    return sorted(found, key=lambda m: (m.start, -m.end, m.cue, m.type, m.term))
