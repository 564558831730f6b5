"""From a model's answer to things that the text itself names: what does not stand there letter by letter is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc

from kg.extract.llm.prompt import Answer, Claim, Sentence, Type, as_data
from kg.extract.spans import Mention
from kg.lexicon import Lexicon
from kg.resolve.spelling import is_chinese, key, same_version

CUE = "llm"
_SHORTEST = 2  # letters of a name that mean something
_LONGEST = 100
_STOP = re.compile("[，。！？；：…]")  # a sentence, or a part of one, is no name


@dataclass(slots=True)
class Grounded:
    """A thing with the mentions of each of its names, and what the model claims of it.

    `term` is its lexicon term, "" for none.
    """

    type: Type
    term: str = ""
    mentions: dict[str, tuple[Mention, ...]] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)


def ground(answer: Answer, doc: Doc, shown: Sequence[Sentence]) -> tuple[list[Grounded], list[str]]:
    """Things that the text names, in the order of the answer, and names that it does not have.

    Names that a model gives one thing stay one thing unless they differ in a number or a size, or the lexicon knows
    them for different things; things that share a name are one.
    """
    text = as_data(doc.text)
    found: list[Grounded] = []
    strangers: dict[str, None] = {}
    for thing in answer.entities:
        mine: list[Grounded] = []
        for name in dict.fromkeys(as_data(n).strip() for n in thing.names):
            term = _term(name, thing.type)
            mentions = tuple(
                Mention(start, end, CUE, thing.type, term)
                for start, end in _places(name, text, shown)
                if doc.char_span(start, end) is not None
            )
            if not mentions:
                strangers.setdefault(name)
                continue
            home = next((g for g in found if g.type == thing.type and _is_of(name, g)), None) or next(
                (g for g in mine if _may_be_of(name, term, g)), None
            )
            if home is None:
                home = Grounded(thing.type)
                found.append(home)
            if not any(home is g for g in mine):
                mine.append(home)
                home.claims += thing.relations
            home.term = home.term or term
            home.mentions.setdefault(doc.text[mentions[0].start : mentions[0].end], mentions)
    return found, list(strangers)


def _places(name: str, text: str, shown: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """Where a name stands in the sentences that the model was shown."""
    if len(key(name)) < _SHORTEST or len(name) > _LONGEST or _STOP.search(name):
        return
    for sentence in shown:
        start = text.find(name, sentence.start, sentence.end)
        while start >= 0:
            yield start, start + len(name)
            start = text.find(name, start + len(name), sentence.end)


def _term(name: str, kind: str) -> str:
    """The one term of the lexicon that a name always stands for, if it has that type."""
    k = key(name)
    terms = [t for t in Lexicon.load().find(name) if kind in t.types and k in map(key, t.names)]
    return terms[0].id if len(terms) == 1 else ""


def _is_of(name: str, thing: Grounded) -> bool:
    return key(name) in map(key, thing.mentions)


def _may_be_of(name: str, term: str, thing: Grounded) -> bool:
    if term and thing.term:
        return term == thing.term
    first = next(iter(thing.mentions))
    if is_chinese(name) != is_chinese(first):
        return not (any(map(str.isdigit, name)) and any(map(str.isdigit, first))) or same_version(name, first)
    return same_version(name, first)
