"""What the paper does with a thing: relations that its type allows, each with its best evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

from kg.extract.cues import Cue
from kg.extract.evidence import evidence, negated
from kg.extract.features import Context
from kg.extract.figures import figure
from kg.extract.fitted import Fitted, calibrated
from kg.extract.models import Models
from kg.extract.spans import Mention
from kg.extract.text import TITLE
from kg.records import Evidence, Relation

PROPOSES = "PROPOSES"
MENTIONS = "MENTIONS"
REPORTS = "REPORTS"
_OF_OTHERS = ("USES", "COMPARES_WITH")
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "Model": ("PROPOSES", "USES", "COMPARES_WITH"),
    "Method": ("PROPOSES", "USES", "COMPARES_WITH"),
    "Dataset": ("PROPOSES", "TRAINED_ON", "EVALUATED_ON"),
    "Task": ("PROPOSES", "ADDRESSES"),
    "Metric": ("PROPOSES", REPORTS),
}
_WEIGHT_AND_PLACE = itemgetter(0, 1)
_MOST = 3  # pieces of evidence a relation
_FADE = 0.98  # each speaks a little less than the one before, so that the order shows in the score


def relations(
    context: Context, fitted: Fitted, kind: str, mentions: Sequence[Mention], chances: Mapping[str, float]
) -> tuple[Relation, ...]:
    """Relations of the paper to a thing of a type.

    A thing that every mention of says is not used is only mentioned.

    Parameters
    ----------
    context : Context
        The text.
    fitted : Fitted
        Thresholds, the weights of cues and the calibration.
    kind : str
        The type.
    mentions : sequence of Mention
        Where the thing is named.
    chances : mapping of str to float
        What the models make of it.
    """
    thresholds = fitted.thresholds
    sure = chances["keep"] * chances[kind]
    denied = {start for start in {m.start for m in mentions} if negated(context, start)}
    asserted = [m for m in mentions if m.start not in denied]
    if not asserted:
        return (mentioned(context, mentions, calibrated(sure, thresholds)),)
    allowed = ALLOWED[kind]
    chosen = [r for r in allowed if chances[r] >= thresholds[r]] or [max(allowed, key=lambda r: chances[r])]
    if PROPOSES in chosen:
        # What the paper brings is what it runs, too: that goes without saying, unless it is the likelier reading.
        chosen = [r for r in chosen if r not in _OF_OTHERS or chances[r] > chances[PROPOSES]]
    return tuple(
        _proved(context, fitted.models, r, asserted, calibrated(sure * chances[r], thresholds)) for r in chosen
    )


def mentioned(context: Context, mentions: Sequence[Mention], confidence: float) -> Relation:
    """The relation of something that the entry only mentions."""
    first = min(mentions, key=lambda m: (context.text.piece(m.start).section == TITLE, m.start))
    proof = evidence(context, first, first.cue, confidence)
    return Relation(MENTIONS, round(confidence, 3), (proof,))


def _proved(
    context: Context, models: Models, relation: str, mentions: Sequence[Mention], confidence: float
) -> Relation:
    """A relation with the sentences whose cues speak for it most; of a metric, first one that gives its figure."""
    value, measured = _figure(context, mentions) if relation == REPORTS else ("", -1)
    ranked: list[tuple[float, int, Mention, Cue | None]] = []
    for mention in {(m.start, m.end): m for m in mentions}.values():
        low, high = context.sentence(mention.start)
        weighed = [
            (models.weight(cue.name + where, relation), -abs(cue.start - mention.start), cue)
            for where, cue in context.cues.around(mention.start, mention.end, low, high)
        ]
        weight, _, cue = max(weighed, default=(0.0, 0, None))
        strength = sum({cue.name: w for w, _, cue in sorted(weighed, key=_WEIGHT_AND_PLACE)}.values())
        ranked.append((-strength, mention.start, mention, cue if weight > 0 else None))
    ranked.sort(key=lambda r: (r[1] != measured, *r[:2]))
    proofs: list[Evidence] = []
    for _, _, mention, cue in ranked:
        label = f"{relation.lower()}:{context.text.string[cue.start : cue.end]}" if cue else relation.lower()
        proof = evidence(context, mention, label, confidence * _FADE ** len(proofs))
        if not any(proof.line == p.line and proof.sentence == p.sentence for p in proofs):
            proofs.append(proof)
            if len(proofs) == _MOST:
                break
    return Relation(relation, round(confidence, 3), tuple(proofs), value)


def _figure(context: Context, mentions: Sequence[Mention]) -> tuple[str, int]:
    """The first figure that a sentence gives for a metric, and where the mention that it goes with begins."""
    for mention in mentions:
        low, high = context.sentence(mention.start)
        found = figure(context.text.string[low:high], mention.start - low, mention.end - low)
        if found:
            return found, mention.start
    return "", -1
