"""The extractors: candidates from a spaCy pipeline, decided upon by fitted models."""

from __future__ import annotations

from spacy.language import Language

from kg.extract import candidates
from kg.extract.candidates import Found
from kg.extract.evidence import evidence
from kg.extract.features import Context
from kg.extract.fitted import Fitted, calibrated
from kg.extract.group import Candidate, joined
from kg.extract.pipeline import pipeline
from kg.extract.priors import Priors
from kg.extract.relations import mentioned, relations
from kg.extract.spans import Mention
from kg.extract.tables import fingerprint
from kg.lexicon import Lexicon
from kg.records import ENTITY_TYPES, Entry, Extraction, Finding, Name
from kg.resources import resource

# Raise it whenever the code may give other findings from the same data.
_CODE = "7"
_NOT_OWN = ("old", "compare")  # cues of sentences that speak of other work


class FastExtractor:
    """Finds mentions with a spaCy pipeline, gathers them into things, and lets fitted models decide."""

    name = "fast"

    def __init__(self) -> None:
        self.version = f"{_CODE}-{fingerprint(self.name)}"
        self._lexicon = Lexicon.load()
        self._priors = Priors.load()
        self._fitted = Fitted.load(self.name)
        self._nlp = self._pipeline()

    def _pipeline(self) -> Language:
        return pipeline()

    def extract(self, entry: Entry) -> Extraction:
        """Findings of one entry, in the order of their first mention."""
        found = candidates.find(self._nlp, entry, self._lexicon, self._priors, self._fitted.translations)
        return Extraction(entry.source, tuple(findings(found, self._fitted)))


class AccurateExtractor(FastExtractor):
    """The same with a fine-tuned encoder, whose mentions are candidates and whose view of each the models have."""

    name = "accurate"

    def _pipeline(self) -> Language:
        return pipeline(str(resource(f"data/models/{self.name}")))


def findings(found: Found, fitted: Fitted) -> list[Finding]:
    """What is kept of the candidates of an entry, with its relations and their evidence."""
    context, thresholds = found.context, fitted.thresholds
    judged = fitted.judge(found)
    things: dict[int, list[Candidate]] = {}
    for i, candidate in enumerate(found.candidates):
        things.setdefault(judged.homes.get(i, i), []).append(candidate)
    out = []
    for i, together in things.items():
        if not (judged.kept[i] or judged.mentioned[i]):
            continue
        candidate = joined(together, found.candidates[i].term) if len(together) > 1 else together[0]
        chances = dict(zip(fitted.columns, judged.chances[i].tolist(), strict=True))
        kind = max(ENTITY_TYPES, key=chances.__getitem__)
        if judged.kept[i]:
            linked = relations(context, fitted, kind, candidate.mentions, chances)
        else:
            linked = (mentioned(context, candidate.mentions, chances["entity"]),)
        based = any(r.type == "USES" for r in linked) and _based_on(context, candidate)
        sure = calibrated(chances["keep"] * chances[kind], thresholds)
        out.append(Finding(kind, _names(context, candidate), linked, round(sure, 3), candidate.term, based))
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
