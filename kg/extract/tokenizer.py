"""A tokenizer for mixed Chinese and Latin text: Latin names whole, one token per Chinese character."""

from __future__ import annotations

import re
from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

TOKENIZER = "kg.MixedTokenizer"
# A Latin run keeps dots and hyphens inside (GPT-4V, Qwen2.5-VL, CIFAR-10), but a hyphen before an all-lower-case
# word is one of grammar (LLM-based, text-to-image), unless the word is a variant's (GPT-4o-mini).
_WORD = r"[A-Za-z0-9À-ɏͰ-Ͽ]"
_VARIANT = (
    r"(?:base|chat|code|distill|flash|huge|instruct|it|large|lite|max|med|mini|nano|plus|preview|pro|small|tiny"
    rf"|turbo|ultra|vision|xl)(?!{_WORD})"
)
_RUN = rf"{_WORD}+(?:[._'’]{_WORD}+|-(?:{_VARIANT}|(?![a-z]{{2,}}(?![A-Z0-9])){_WORD}+))*(?:\+\+?(?!{_WORD}))?"
LATIN = re.compile(_RUN)
_TOKEN = re.compile(rf"{_RUN}|\s+|\S")
_TOKEN_AND_SPACE = re.compile(rf"({_RUN}|\S|\s+)( ?)")


def tokens(text: str) -> list[str]:
    """Split a text; joined, the tokens are the text again.

    Examples
    --------
    >>> tokens("用GPT-4o-mini，CLIP-based")
    ['用', 'GPT-4o-mini', '，', 'CLIP', '-', 'based']
    """
    return _TOKEN.findall(text)


class MixedTokenizer:
    """The tokenizer of the pipeline."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Tokenize a text; a single space belongs to the token before it, as everywhere in spaCy."""
        found = _TOKEN_AND_SPACE.findall(text)
        return Doc(self.vocab, words=[word for word, _ in found], spaces=[space == " " for _, space in found])


def _create() -> Callable[[Language], MixedTokenizer]:
    return lambda nlp: MixedTokenizer(nlp.vocab)


registry.tokenizers.register(TOKENIZER, func=_create)
