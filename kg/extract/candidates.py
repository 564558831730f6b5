"""From an entry to its candidates, described: what the models judge and what they are fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spacy.language import Language

from kg.extract import encoder, sentences, spans
from kg.extract import text as layout
from kg.extract.brackets import pairs
from kg.extract.cues import CueIndex
from kg.extract.encoder import Reading
from kg.extract.features import Context, Features, features, groups
from kg.extract.group import Candidate, group
from kg.extract.priors import Prior, Priors
from kg.extract.spans import Mention
from kg.extract.translations import join, translations
from kg.lexicon import Lexicon
from kg.records import Entry


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of an entry with what is needed to describe them; `nested` goes with `candidates`."""

    context: Context
    candidates: tuple[Candidate, ...]
    nested: tuple[float, ...]


def find(
    nlp: Language,
    entry: Entry,
    lexicon: Lexicon,
    priors: Priors,
    joining: tuple[Mapping[str, float], float] | None,
    said: Reading | None = None,
) -> Found:
    """Run the pipeline over an entry and gather its mentions into candidates.

    Parameters
    ----------
    nlp, entry, lexicon, priors
        The pipeline, and what it reads and looks up.
    joining
        Weights that join Chinese and English names, and their threshold; None leaves them apart.
    said : Reading, optional
        What the encoder says of the entry, where that is known already.
    """
    text = layout.of_entry(entry)
    doc = layout.attach(nlp.make_doc(text.string), text)
    if said is not None:
        encoder.attach(doc, said)
    doc = nlp(doc)
    said = encoder.of_doc(doc)
    mentions = spans.read(doc)
    candidates = group(text.string, mentions, pairs(text.string), lexicon)
    folded = layout.fold(text.string)
    begins = sentences.begins(doc)
    if joining is not None:
        candidates = join(candidates, translations(candidates, text, begins, said), *joining)
    context = Context(text, folded, begins, CueIndex(folded), lexicon, priors, layout.is_bilingual(text), said)
    inside = _inside(mentions)
    nested = [sum((m.start, m.end) in inside for m in c.mentions) / len(c.mentions) for c in candidates]
    return Found(context, tuple(candidates), tuple(nested))


def describe(found: Found, without: Mapping[str, Prior] | None = None) -> list[tuple[Features, tuple[str, ...]]]:
    """Features and kinds of all candidates."""
    return [
        (features(candidate, found.context, nested, without), groups(candidate, found.context))
        for candidate, nested in zip(found.candidates, found.nested, strict=True)
    ]


def _inside(mentions: Sequence[Mention]) -> set[tuple[int, int]]:
    """Stretches that lie inside longer ones; `mentions` are in order, longer ones first."""
    inside = set()
    widest = (0, 0)
    for start, end in dict.fromkeys((m.start, m.end) for m in mentions):
        if end <= widest[1]:
            inside.add((start, end))
        else:
            widest = (start, end)
    return inside
