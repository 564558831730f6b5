"""What was fitted for a pipeline, and the chances that it gives the candidates of an entry."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.extract.candidates import Found, describe
from kg.extract.encoder import summary
from kg.extract.features import Features
from kg.extract.models import Models, read_models
from kg.extract.newcomer import own_name
from kg.extract.rivals import Judged, compared
from kg.extract.trees import Trees
from kg.records import ENTITY_TYPES
from kg.resources import resource

WHETHER = ("keep", "core", "entity")  # models that are asked of every candidate
_RELATIONS = ("PROPOSES", "USES", "COMPARES_WITH")
_EDGE = 1e-6
_ASKED = 0.1  # below that a candidate is nothing, whatever its type

Described = tuple[Features, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The models of a pipeline: logistic regressions over many sparse features, then trees over what is left of them.

    `whether` says of each candidate whether it is kept, `what` of which type it is and in which relations;
    `translations` holds the weights that join Chinese and English names, and their threshold.
    """

    models: Models
    whether: Trees
    what: Trees
    thresholds: Mapping[str, float]
    translations: tuple[Mapping[str, float], float]

    @classmethod
    @cache
    def load(cls, pipeline: str) -> Fitted:
        """Read the models that travel with the package, once."""
        return cls.read(resource(f"data/models/{pipeline}"))

    @classmethod
    def read(cls, folder: Path) -> Fitted:
        """Read the models of a folder."""
        joining = json.loads((folder / "translations.json").read_text(encoding="utf-8"))
        return cls(
            read_models(folder / "weights.tsv"),
            Trees(folder / "whether.onnx"),
            Trees(folder / "what.onnx"),
            json.loads((folder / "thresholds.json").read_text(encoding="utf-8")),
            (joining["weights"], joining["threshold"]),
        )

    @property
    def columns(self) -> Mapping[str, int]:
        """The column of each model in what `chances` gives."""
        return self.models.columns

    def chances(self, found: Found) -> NDArray[np.float32]:
        """What each model makes of each candidate, of shape (candidates, models)."""
        described = describe(found)
        first = self.models.probabilities(described)
        result = self._settled(found, described, first)
        own = own_name(found, self.models, first)
        if own is not None:
            # As if its name had never been seen: what the paper does with it.
            i, stranger = own
            described[i] = stranger
            again = first.copy()
            again[i] = self.models.probabilities([stranger])[0]
            columns = [self.columns[r] for r in _RELATIONS]
            result[i, columns] = self._settled(found, described, again)[i, columns]
        return result

    def _settled(self, found: Found, described: Sequence[Described], first: NDArray[np.float32]) -> NDArray[np.float32]:
        rows = self.whether.table(inputs(found, described, first, self.columns))
        whether = self.whether.probabilities(rows)
        result = first.copy()
        result[:, self._places(self.whether)] = whether
        # Type and relations matter only of what may be kept.
        asked = np.flatnonzero(whether.max(axis=1, initial=0.0) >= _ASKED)
        result[np.ix_(asked, self._places(self.what))] = self.what.probabilities(rows[asked])
        return result

    def _places(self, trees: Trees) -> NDArray[np.intp]:
        return np.array([self.columns[model] for model in trees.models], np.intp)


def inputs(
    found: Found, described: Sequence[Described], chances: NDArray[np.float32], columns: Mapping[str, int]
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
    clipped = np.clip(chances.astype(np.float64), _EDGE, 1 - _EDGE)
    logits: list[list[float]] = np.log(clipped / (1 - clipped)).tolist()
    names = [f"model:{name}" for name in columns]
    keep, types = columns["keep"], [columns[t] for t in ENTITY_TYPES]
    judged = [
        Judged(candidate, float(row[keep]), ENTITY_TYPES[int(row[types].argmax())])
        for candidate, row in zip(found.candidates, chances, strict=True)
    ]
    likely = float(sum(j.chance >= 0.3 for j in judged))
    better = np.argsort(np.argsort([-j.chance for j in judged], kind="stable"), kind="stable").tolist()
    said = found.context.reading
    out: list[Features] = []
    for candidate, (features, kinds), row, place in zip(found.candidates, described, logits, better, strict=True):
        one = features | dict(zip(names, row, strict=True))
        if said is not None:
            one.update(summary(said, list(dict.fromkeys((m.start, m.end) for m in candidate.mentions))))
        one[f"kind={kinds[0]}"] = 1.0
        one["bilingual"] = float(len(kinds) == 1)
        one["place"], one["likely"] = float(place), likely
        out.append(one)
    for i, beside in compared(judged, not found.context.bilingual):
        out[i].update(beside)
    return out


def calibrated(chance: float, thresholds: Mapping[str, float]) -> float:
    """A chance made true to its word: of edges that have it, that share is right (Platt 1999, cross-validated)."""
    chance = min(max(chance, _EDGE), 1 - _EDGE)
    logit = math.log(chance / (1 - chance))
    return 1.0 / (1.0 + math.exp(-(thresholds["scale"] * logit + thresholds["shift"])))
