"""The extractor made of rules, the lexicon and a few fitted weights."""

from __future__ import annotations

from kg.extract import candidates
from kg.extract.candidates import Found
from kg.extract.evidence import evidence
from kg.extract.features import Context
from kg.extract.group import Candidate
from kg.extract.models import Models
from kg.extract.newcomer import reconsidered
from kg.extract.pipeline import pipeline
from kg.extract.priors import Priors
from kg.extract.relations import mentioned, relations
from kg.extract.rivals import Judged, settled
from kg.extract.spans import Mention
from kg.extract.tables import fingerprint
from kg.lexicon import Lexicon
from kg.records import ENTITY_TYPES, Entry, Extraction, Finding, Name

# Raise it whenever the code may give other findings from the same data.
_CODE = "4"
_NOT_OWN = ("old", "compare")  # cues of sentences that speak of other work


class RuleExtractor:
    """Finds mentions with a spaCy pipeline, gathers them into things, and lets fitted weights decide."""

    name = "rules"

    def __init__(self) -> None:
        self.version = f"{_CODE}-{fingerprint()}"
        self._lexicon = Lexicon.load()
        self._priors = Priors.load()
        self._models = Models.load()
        self._nlp = pipeline()

    def extract(self, entry: Entry) -> Extraction:
        """Findings of one entry, in the order of their first mention."""
        found = candidates.find(self._nlp, entry, self._lexicon, self._priors)
        return Extraction(entry.source, tuple(_findings(found, self._models)))


def _findings(found: Found, models: Models) -> list[Finding]:
    context, thresholds, columns = found.context, models.thresholds, models.columns
    chances = reconsidered(found, models, models.probabilities(candidates.describe(found)))
    kinds = chances[:, [columns[t] for t in ENTITY_TYPES]].argmax(axis=1).tolist()
    rows: list[list[float]] = chances.tolist()
    judged = [
        Judged(candidate, row[columns["keep"]], ENTITY_TYPES[kind])
        for candidate, row, kind in zip(found.candidates, rows, kinds, strict=True)
    ]
    out = []
    for own, row, keep in zip(judged, rows, settled(judged, not context.bilingual), strict=True):
        mentions = own.candidate.mentions
        core, entity = row[columns["core"]], row[columns["entity"]]
        if keep >= thresholds["keep"] or (keep >= thresholds["keep-core"] and core >= thresholds["core"]):
            linked = relations(context, models, own.kind, mentions, dict(zip(columns, row, strict=True)), keep)
        elif own.chance >= thresholds["keep"] or entity < thresholds["entity"]:
            # Another name of something kept, or nothing.
            continue
        else:
            linked = (mentioned(context, mentions, entity),)
        based = any(r.type == "USES" for r in linked) and _based_on(context, own.candidate)
        names = _names(context, own.candidate)
        out.append(Finding(own.kind, names, linked, round(keep, 3), own.candidate.term, based))
    return out


def _names(context: Context, candidate: Candidate) -> tuple[Name, ...]:
    """Each surface form with its first sentence, the form met most often first."""
    forms: dict[str, list[tuple[int, int]]] = {}
    first: dict[str, Mention] = {}
    for m in candidate.mentions:
        form = context.text.string[m.start : m.end]
        forms.setdefault(form, []).append((m.start, m.end))
        first.setdefault(form, m)
    names = [
        Name(form, evidence(context, first[form], first[form].cue, 1.0), len(set(spots)))
        for form, spots in forms.items()
    ]
    return tuple(sorted(names, key=lambda n: (-n.count, first[n.text].start, n.text)))


def _based_on(context: Context, candidate: Candidate) -> bool:
    """Whether a mention follows a building cue (基于X, built on X) or a sentence of the paper's own work has one."""
    for start, end in dict.fromkeys((m.start, m.end) for m in candidate.mentions):
        around = context.cues.around(start, end, *context.sentence(start))
        base = [where for where, cue in around if cue.name == "base"]
        if base and base[-1].startswith("<near") and not any(cue.name in _NOT_OWN for _, cue in around):
            return True
    return False
