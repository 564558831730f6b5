"""Component: things that a language model finds, written where their names stand."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.pool import AsyncResult, ThreadPool

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import spans
from kg.extract import text as layout
from kg.extract.base import Usage
from kg.extract.llm.answers import Answers
from kg.extract.llm.client import UnusableError
from kg.extract.llm.prompt import Answer, Sentence, request, sentences
from kg.extract.llm.settings import Settings
from kg.extract.llm.verbatim import Grounded, ground
from kg.extract.sentences import begins as begins_of

_KEY = "kg.llm"
_AHEAD = 2  # entries that wait for each that is asked


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model said of a document: things with their mentions, and names that the text does not have.

    `begins` is where sentences begin, `sentences` those that it was shown, by number, `withheld` the text of those that
    it was not; `problem` says why there is no answer, "" where there is one.
    """

    begins: tuple[int, ...]
    sentences: Mapping[int, Sentence]
    things: Sequence[Grounded]
    strangers: Sequence[str]
    withheld: Sequence[str]
    problem: str = ""


@Language.factory("kg_llm", requires=["token.is_sent_start"], assigns=["doc.spans"])
def _create(nlp: Language, name: str) -> LanguageModel:
    return LanguageModel(Settings.of(os.environ))


class LanguageModel:
    """Asks about each document, several at a time, and writes the mentions of what the model names."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._answers = Answers(settings)

    def __call__(self, doc: Doc) -> Doc:
        """Write what the model finds in one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 1) -> Iterator[Doc]:
        """Write what the model finds in each document; they come out in the order in which they went in."""
        # Its threads are daemons: Ctrl-C ends a build at once, whatever the endpoint is at.
        pool = ThreadPool(self.settings.concurrency)
        waiting: deque[tuple[Doc, _Shown, AsyncResult[Answer | str]]] = deque()
        try:
            with self._answers.connected():
                for doc in stream:
                    shown = _shown(doc)
                    body = request(self.settings, doc.text, shown.kept)
                    waiting.append((doc, shown, pool.apply_async(self._ask, (body, bool(shown.kept)))))
                    if len(waiting) > self.settings.concurrency * _AHEAD:
                        yield _written(*waiting.popleft())
                while waiting:
                    yield _written(*waiting.popleft())
        finally:
            pool.terminate()

    def usage(self) -> Usage:
        """What was asked since the last call."""
        return self._answers.usage()

    def _ask(self, body: dict[str, object], worth_it: bool) -> Answer | str:
        try:
            return self._answers.ask(body) if worth_it else Answer([])
        except UnusableError as error:
            return str(error)


@dataclass(frozen=True, slots=True)
class _Shown:
    begins: tuple[int, ...]
    kept: tuple[Sentence, ...]
    withheld: tuple[Sentence, ...]


def heard(doc: Doc) -> Heard:
    """What the model said of a document that has been through the component."""
    found: Heard = doc.user_data[_KEY]
    return found


def _shown(doc: Doc) -> _Shown:
    begins = begins_of(doc)
    kept, withheld = sentences(layout.of_doc(doc), begins)
    return _Shown(tuple(begins), tuple(kept), tuple(withheld))


def _written(doc: Doc, shown: _Shown, result: AsyncResult[Answer | str]) -> Doc:
    answer = result.get()
    problem = answer if isinstance(answer, str) else ""
    things, strangers = ground(answer, doc, shown.kept) if isinstance(answer, Answer) else ([], [])
    withheld = [doc.text[s.start : s.end].strip() for s in shown.withheld]
    numbered = {s.number: s for s in shown.kept}
    doc.user_data[_KEY] = Heard(shown.begins, numbered, things, strangers, withheld, problem)
    return spans.write(doc, (m for thing in things for found in thing.mentions.values() for m in found))
