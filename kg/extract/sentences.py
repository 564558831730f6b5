"""Component: where sentences begin, in Chinese and English; a title is one sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import text as layout
from kg.extract.spans import boundaries


@Language.factory("kg_sentences", assigns=["token.is_sent_start"])
def _create(nlp: Language, name: str) -> Sentences:
    return Sentences()


class Sentences:
    """Marks the first token of each sentence."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark what `match` finds."""
        begins, _ = boundaries(doc)
        marks: Any = doc.to_array(["SENT_START"])
        marks[[begins[start] for start in self.match(doc) if begins[start] >= 0]] = 1
        # All at once: a token that is told looks at the whole document each time.
        return doc.from_array(["SENT_START"], marks)

    def match(self, doc: Doc) -> list[int]:
        """Offsets at which sentences begin, in order: never on a space."""
        text = layout.of_doc(doc)
        string, size = text.string, len(text.string)
        begins = []
        for start in layout.sentences(text):
            while start < size and string[start].isspace():
                start += 1
            begins.append(start)
        return begins


def begins(doc: Doc) -> list[int]:
    """Offsets at which the sentences of a document begin, as its tokens say; the first token begins one always."""
    offsets, starts = doc.to_array(["IDX", "SENT_START"]).astype(np.int64).reshape(-1, 2).T
    starts[:1] = 1
    found: list[int] = offsets[starts == 1].tolist()
    return found
