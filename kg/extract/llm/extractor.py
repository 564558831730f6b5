"""The extractor that asks a language model and takes from its answers what the text bears out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec
import spacy
from spacy.vocab import Vocab

from kg.errors import PluginError
from kg.extract import sentences  # noqa: F401 - registers the component
from kg.extract import text as layout
from kg.extract.base import Usage
from kg.extract.llm.prompt import request
from kg.extract.tokenizer import TOKENIZER
from kg.records import Entry, Extraction
from kg.resources import resource

if TYPE_CHECKING:
    from kg.extract.llm.settings import Settings

# Raise it whenever the code may give other findings from the same answers.
_CODE = "1"
_FILES = ("data/lexicon/terms.jsonl", "data/rules/figures.toml")
_PACKAGES = ("httpx", "tenacity")


class LlmExtractor:
    """Asks a model about each entry with a spaCy pipeline; the environment, read once, says which and where.

    Raises
    ------
    InputError
        The environment names no endpoint or model, or sets something that cannot be used.
    PluginError
        The packages of the extra `llm` are not installed.
    """

    name = "llm"

    def __init__(self) -> None:
        try:
            from kg.extract.llm.component import LanguageModel
        except ModuleNotFoundError as error:
            if error.name not in _PACKAGES:
                raise
            raise PluginError(
                f"the llm pipeline needs the package {error.name}: install it with pip install 'kg-digests[llm]'."
            ) from None
        self._nlp = spacy.blank("xx", vocab=Vocab(), config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
        self._nlp.add_pipe("kg_sentences")
        model = self._nlp.add_pipe("kg_llm")
        if not isinstance(model, LanguageModel):
            raise TypeError(f"kg_llm is {model!r}")
        self._model = model
        self.version = _version(model.settings)

    def extract(self, entry: Entry) -> Extraction:
        """Findings of one entry, in the order of their first mention."""
        return next(self.extract_all([entry]))

    def extract_all(self, entries: Iterable[Entry]) -> Iterator[Extraction]:
        """Findings of each entry, in the order of the entries; several are asked about at a time."""
        from kg.extract.llm.findings import dropped, findings

        texts = ((layout.of_entry(entry), entry) for entry in entries)
        docs = ((layout.attach(self._nlp.make_doc(text.string), text), entry) for text, entry in texts)
        for doc, entry in self._nlp.pipe(docs, as_tuples=True):
            yield Extraction(entry.source, findings(doc), tuple(dropped(doc, entry.source)))

    def usage(self) -> Usage:
        """What was asked since the last call."""
        return self._model.usage()


def _version(settings: Settings) -> str:
    """What findings depend on besides the entry: endpoint, model, options, instructions, schema, and the lexicon."""
    asked = msgspec.json.encode([settings.base_url, request(settings, "", ())], order="deterministic")
    digest = hashlib.sha256(asked)
    for name in _FILES:
        digest.update(resource(name).read_bytes())
    return f"{_CODE}-{settings.model}-{digest.hexdigest()[:12]}"
