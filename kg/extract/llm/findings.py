"""From what a model said of an entry to findings, each with the sentences that prove it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc

from kg.extract import text as layout
from kg.extract.cues import CueIndex
from kg.extract.evidence import evidence
from kg.extract.features import Context
from kg.extract.figures import figure
from kg.extract.llm.component import Heard, heard
from kg.extract.llm.verbatim import CUE, Grounded
from kg.extract.priors import Priors
from kg.extract.relations import ALLOWED, MENTIONS, PROPOSES, REPORTS
from kg.extract.spans import Mention
from kg.extract.text import TITLE
from kg.lexicon import Lexicon
from kg.records import Dropped, Evidence, Finding, Name, Relation, Source

# A model says nothing of how sure it is. Higher where the sentence that it names has the name.
_CONFIRMED = 0.8
_ELSEWHERE = 0.6
_MENTIONED = 0.4
_FADE = 0.98  # each piece of evidence speaks a little less than the one before, so that the order shows in the score
_MOST = 3  # pieces of evidence a relation
_OF_OTHERS = frozenset({"USES", "COMPARES_WITH"})
_BUILDS_ON = "BUILDS_ON"


def findings(doc: Doc) -> tuple[Finding, ...]:
    """Findings of a document that a model was asked about, in the order of their first mention."""
    said = heard(doc)
    text = layout.of_doc(doc)
    folded = layout.fold(text.string)
    context = Context(
        text, folded, said.begins, CueIndex(folded), Lexicon.load(), Priors.load(), layout.is_bilingual(text)
    )
    things = sorted(said.things, key=lambda t: (_ordered(t)[0], t.type))
    return tuple(_finding(context, said, thing) for thing in things)


def dropped(doc: Doc, source: Source) -> Iterator[Dropped]:
    """What was left out of a document: names that are not in it, what was not shown, an answer that was none."""
    said = heard(doc)
    for name in said.strangers:
        yield Dropped(
            "extract", "invented", source, f"{source} does not have the name {name!r}, which a model gave.", name
        )
    for sentence in said.withheld:
        detail = f"{source} holds a sentence for language models rather than readers; none was shown it."
        yield Dropped("extract", "orders", source, detail, sentence)
    if said.problem:
        detail = f"{source} was not extracted: the model {said.problem}."
        yield Dropped("extract", "unanswered", source, detail)


def _finding(context: Context, said: Heard, thing: Grounded) -> Finding:
    claimed: dict[str, list[int]] = {}
    for claim in thing.claims:
        kind = "USES" if claim.type == _BUILDS_ON else claim.type
        if kind in ALLOWED[thing.type]:
            claimed.setdefault(kind, []).append(claim.sentence)
    if PROPOSES in claimed:
        # What the paper brings is what it runs, too: that goes without saying.
        claimed = {kind: numbers for kind, numbers in claimed.items() if kind not in _OF_OTHERS}
    mentions = _ordered(thing)
    relations = tuple(_relation(context, said, k, mentions, claimed[k]) for k in ALLOWED[thing.type] if k in claimed)
    if not relations:
        relations = (Relation(MENTIONS, _MENTIONED, (evidence(context, _first(context, mentions), CUE, _MENTIONED),)),)
    based = "USES" in claimed and any(c.type == _BUILDS_ON for c in thing.claims)
    return Finding(
        thing.type, _names(context, thing), relations, max(r.confidence for r in relations), thing.term, based
    )


def _relation(
    context: Context, said: Heard, kind: str, mentions: Sequence[Mention], numbers: Sequence[int]
) -> Relation:
    proofs: list[Evidence] = []
    value = ""
    for number in dict.fromkeys(numbers):
        sentence = said.sentences.get(number)
        inside = [m for m in mentions if sentence and sentence.start <= m.start < sentence.end]
        if inside and len(proofs) < _MOST:
            mention = inside[0]
            if kind == REPORTS and not value:
                value, mention = next(((v, m) for m in inside if (v := _figure(context, m))), ("", mention))
            proofs.append(evidence(context, mention, CUE, _CONFIRMED * _FADE ** len(proofs)))
    confidence = _CONFIRMED if proofs else _ELSEWHERE
    if not proofs:
        proofs = [evidence(context, _first(context, mentions), CUE, confidence)]
    return Relation(kind, confidence, tuple(proofs), value)


def _figure(context: Context, mention: Mention) -> str:
    low, high = context.sentence(mention.start)
    return figure(context.text.string[low:high], mention.start - low, mention.end - low)


def _names(context: Context, thing: Grounded) -> tuple[Name, ...]:
    """Each surface form with its first sentence, the form met most often first."""
    names = [Name(form, evidence(context, m[0], CUE, 1.0), len(m)) for form, m in thing.mentions.items()]
    return tuple(sorted(names, key=lambda n: (-n.count, thing.mentions[n.text][0].start, n.text)))


def _ordered(thing: Grounded) -> list[Mention]:
    return sorted(m for found in thing.mentions.values() for m in found)


def _first(context: Context, mentions: Sequence[Mention]) -> Mention:
    """The first mention, one outside the title if there is one."""
    return min(mentions, key=lambda m: (context.text.piece(m.start).section == TITLE, m.start))
