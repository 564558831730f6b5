"""Component: where sentences begin, in Chinese and English; a title is one sentence."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import text as layout


@Language.factory("kg_sentences", assigns=["token.is_sent_start"])
def _create(nlp: Language, name: str) -> Sentences:
    return Sentences()


class Sentences:
    """Marks the first token of each sentence."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark what `match` finds."""
        for start in self.match(doc):
            token = doc.char_span(start, start + 1, alignment_mode="expand")
            if token is not None:
                token[0].is_sent_start = True
        return doc

    def match(self, doc: Doc) -> list[int]:
        """Offsets at which sentences begin, in order: never on a space."""
        text = layout.of_doc(doc)
        begins = []
        for start in layout.sentences(text):
            while start < len(text.string) and text.string[start].isspace():
                start += 1
            begins.append(start)
        return begins
