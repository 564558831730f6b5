"""The spaCy pipeline: what reads an entry's text and writes the mentions in it."""

from __future__ import annotations

import spacy
from spacy.language import Language
from spacy.vocab import Vocab

# Registers the components.
from kg.extract import announcements, brackets, head_nouns, latin_names, lexicon_matcher, sentences  # noqa: F401
from kg.extract.tokenizer import TOKENIZER

COMPONENTS = ("kg_sentences", "kg_lexicon", "kg_brackets", "kg_announcements", "kg_head_nouns", "kg_latin_names")


def pipeline(encoder: str = "") -> Language:
    """Build the pipeline: a blank one with our tokenizer and components; `encoder` names the folder of an encoder."""
    # A bare vocabulary: what spaCy would note of each new word (is it a URL, a number, ...) nobody asks.
    nlp = spacy.blank("xx", vocab=Vocab(), config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
    for name in COMPONENTS:
        nlp.add_pipe(name)
    if encoder:
        nlp.add_pipe("kg_encoder", config={"folder": encoder})
    return nlp
