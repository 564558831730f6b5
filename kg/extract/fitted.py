"""What was fitted for a pipeline, and the chances that it gives the candidates of an entry."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.extract.candidates import Found, describe
from kg.extract.duplicates import pairs, taken_in, worth_comparing
from kg.extract.encoder import summary
from kg.extract.features import Features
from kg.extract.models import Models, read_models
from kg.extract.newcomer import own_name
from kg.extract.numbered import numbered
from kg.extract.rivals import Judged, compared
from kg.extract.trees import Trees
from kg.records import ENTITY_TYPES
from kg.resources import resource

WHETHER = ("keep", "core", "entity")  # models that are asked of every candidate
_RELATIONS = ("PROPOSES", "USES", "COMPARES_WITH")
_EDGE = 1e-6
_MODEL = "model:"  # and a name: what that logistic model says, to the trees

Kinds = tuple[str, ...]


class Judgement(NamedTuple):
    """Which candidates of an entry count: what is kept, and what else is an entity.

    `chances` has what each model makes of each candidate, of shape (candidates, models); type and relations are settled
    for candidates that may count. `homes` has, for each candidate that is a second name of a kept one, that one.
    """

    chances: NDArray[np.float32]
    kept: NDArray[np.bool_]
    mentioned: NDArray[np.bool_]
    homes: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The models of a pipeline: logistic regressions over many sparse features, then trees over what is left of them.

    `whether` says of each candidate whether it is kept, `what` of which type it is and in which relations, `same` of
    two whether they are one thing; `translations` holds the weights that join Chinese and English names, and their
    threshold.
    """

    models: Models
    whether: Trees
    what: Trees
    same: Trees
    thresholds: Mapping[str, float]
    translations: tuple[Mapping[str, float], float]
    _numbers: Mapping[str, int]  # of features: the rows of the models, then what the trees alone know
    _places: NDArray[np.intp]  # by number, the column of the trees; -1 for none
    _logits: NDArray[np.intp]  # columns of the trees for what the logistic models say

    @classmethod
    @cache
    def load(cls, pipeline: str) -> Fitted:
        """Read the models that travel with the package, once."""
        return cls.read(resource(f"data/models/{pipeline}"))

    @classmethod
    def read(cls, folder: Path) -> Fitted:
        """Read the models of a folder."""
        joining = json.loads((folder / "translations.json").read_text(encoding="utf-8"))
        models, whether = read_models(folder / "weights.tsv"), Trees(folder / "whether.onnx")
        numbers = {name: i for i, name in enumerate(dict.fromkeys((*models.rows, *whether.columns)))}
        places = np.full(len(numbers), -1, np.intp)
        places[[numbers[name] for name in whether.columns]] = np.arange(len(whether.columns))
        return cls(
            models,
            whether,
            Trees(folder / "what.onnx"),
            Trees(folder / "same.onnx"),
            json.loads((folder / "thresholds.json").read_text(encoding="utf-8")),
            (joining["weights"], joining["threshold"]),
            numbers,
            places,
            places[[numbers[_MODEL + name] for name in models.columns]],
        )

    @property
    def columns(self) -> Mapping[str, int]:
        """The column of each model in `Judgement.chances`."""
        return self.models.columns

    def judge(self, found: Found) -> Judgement:
        """Decide which candidates of an entry count, and as what."""
        described = describe(found)
        features, kinds = [f for f, _ in described], [k for _, k in described]
        chances, rows = self._rows(found, features, kinds)
        own = own_name(found, self.models, chances)
        chances[:, self._columns(self.whether.models)] = self.whether.probabilities(rows)
        # Type and relations matter only of what may count.
        entity = chances[:, self.columns["entity"]] >= self.thresholds["entity"]
        asked = np.flatnonzero(entity | worth_comparing(chances, self.columns))
        chances[np.ix_(asked, self._columns(self.what.models))] = self.what.probabilities(rows[asked])
        kept, mentioned = self._verdicts(chances)
        if own is not None:
            # As if its name had never been seen: what the paper does with it.
            i, (features[i], kinds[i]) = own
            _, rows = self._rows(found, features, kinds)
            said = self.what.probabilities(rows[[i]])[0]
            chances[i, self._columns(_RELATIONS)] = said[[self.what.models.index(r) for r in _RELATIONS]]
        return Judgement(chances, kept, mentioned, self._homes(found, chances, kept))

    def _rows(
        self, found: Found, features: Sequence[Features], kinds: Sequence[Kinds]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What the logistic models make of each candidate, and what the trees judge by."""
        own = numbered(features, self._numbers)
        chances = self.models.probabilities(own, kinds)
        rows = self.whether.table(_beside(found, kinds, chances, self.columns))
        rows[:, self._logits] = _logits(chances)
        places = self._places[own.numbers]
        seen = np.flatnonzero(places >= 0)
        rows[own.owners[seen], places[seen]] = own.values[seen]
        return chances, rows

    def _verdicts(self, chances: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which candidates are kept, and which others are entities."""
        # In double precision, as the thresholds are.
        keep, core, entity = chances[:, self._columns(WHETHER)].T.astype(np.float64)
        sure = keep * chances[:, self._columns(ENTITY_TYPES)].max(axis=1, initial=0.0)
        least = self.thresholds
        kept = (sure >= least["keep"]) | ((sure >= least["keep-core"]) & (core >= least["core"]))
        return kept, ~kept & (entity >= least["entity"])

    def _homes(self, found: Found, chances: NDArray[np.float32], kept: NDArray[np.bool_]) -> Mapping[int, int]:
        alike = pairs(found, chances, self.columns)
        same = self.same.probabilities(self.same.table([p.features for p in alike]))[:, 0]
        judged = [(p.worse, p.better, float(chance)) for p, chance in zip(alike, same, strict=True)]
        keep = chances[:, self.columns["keep"]]
        return taken_in(judged, set(np.flatnonzero(kept).tolist()), keep.tolist(), self.thresholds["same"])

    def _columns(self, models: Sequence[str]) -> NDArray[np.intp]:
        return np.array([self.columns[model] for model in models])


def inputs(
    found: Found, described: Sequence[tuple[Features, Kinds]], chances: NDArray[np.float32], columns: Mapping[str, int]
) -> list[Features]:
    """What the trees judge by: the features, what the logistic models and the encoder say, and the other candidates.

    Parameters
    ----------
    found : Found
        The candidates of an entry.
    described
        Their features and kinds.
    chances : array of shape (candidates, models)
        What the logistic models give.
    columns
        The column of each of those models.
    """
    names = [_MODEL + name for name in columns]
    return [
        features | dict(zip(names, row, strict=True)) | beside
        for (features, _), row, beside in zip(
            described,
            _logits(chances).tolist(),
            _beside(found, [kinds for _, kinds in described], chances, columns),
            strict=True,
        )
    ]


def _logits(chances: NDArray[np.float32]) -> NDArray[np.float64]:
    clipped = np.clip(chances.astype(np.float64), _EDGE, 1 - _EDGE)
    logits: NDArray[np.float64] = np.log(clipped / (1 - clipped))
    return logits


def _beside(
    found: Found, kinds: Sequence[Kinds], chances: NDArray[np.float32], columns: Mapping[str, int]
) -> list[Features]:
    """What the encoder says of each candidate, and how it stands among the others."""
    likeliest = chances[:, [columns[t] for t in ENTITY_TYPES]].argmax(axis=1).tolist()
    judged = [
        Judged(candidate, chance, ENTITY_TYPES[kind])
        for candidate, chance, kind in zip(
            found.candidates, chances[:, columns["keep"]].tolist(), likeliest, strict=True
        )
    ]
    likely = float(sum(j.chance >= 0.3 for j in judged))
    better = np.argsort(np.argsort([-j.chance for j in judged], kind="stable"), kind="stable").tolist()
    said = found.context.reading
    out: list[Features] = []
    for candidate, (kind, *others), place in zip(found.candidates, kinds, better, strict=True):
        one = {f"kind={kind}": 1.0, "bilingual": float(not others), "place": float(place), "likely": likely}
        if said is not None:
            one.update(summary(said, list(dict.fromkeys((m.start, m.end) for m in candidate.mentions))))
        out.append(one)
    for i, beside in compared(judged, not found.context.bilingual):
        out[i].update(beside)
    return out


def calibrated(chance: float, thresholds: Mapping[str, float]) -> float:
    """A chance made true to its word: of edges that have it, that share is right (Platt 1999, cross-validated)."""
    chance = min(max(chance, _EDGE), 1 - _EDGE)
    logit = math.log(chance / (1 - chance))
    return 1.0 / (1.0 + math.exp(-(thresholds["scale"] * logit + thresholds["shift"])))
