"""The fitted models: one logistic regression a question, all over the same features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.extract.features import CHINESE_ONLY, KINDS
from kg.extract.numbered import Numbered

SCALE = 100  # the table holds hundredths


@dataclass(frozen=True, slots=True)
class Models:
    """Weights of all models: `weights[combination, rows[feature], columns[model]]`.

    A combination of kinds of candidate has its own weights: the common ones and those of each of its kinds, summed.
    """

    rows: Mapping[str, int]
    columns: Mapping[str, int]
    combinations: Mapping[tuple[str, ...], int]
    weights: NDArray[np.float32]
    _asked: dict[tuple[str, str], float] = field(default_factory=dict, repr=False)

    def probabilities(self, features: Numbered, kinds: Sequence[tuple[str, ...]]) -> NDArray[np.float32]:
        """What each model makes of each candidate: one row a candidate, one column a model.

        `features` are numbered by `rows`, those with higher numbers are ignored; `kinds` are those of each candidate.
        """
        known = np.flatnonzero(features.numbers < len(self.rows))
        if not known.size:
            return np.full((len(kinds), len(self.columns)), 0.5, dtype=np.float32)
        owners = features.owners[known]
        first = np.array([self.combinations[combination] * len(self.rows) for combination in kinds], np.intp)
        rows = first[owners] + features.numbers[known]
        weighed = self.weights.reshape(-1, len(self.columns)).take(rows, axis=0)
        weighed *= features.values[known, None]
        logits = np.add.reduceat(weighed, np.searchsorted(owners, np.arange(len(kinds))), axis=0)
        result: NDArray[np.float32] = (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)
        return result

    def weight(self, feature: str, model: str) -> float:
        """The weight that a feature has in a model whatever the candidate; 0 for an unknown one."""
        found = self._asked.get((feature, model))
        if found is None:
            row = self.rows.get(feature)
            found = 0.0 if row is None else float(self.weights[0, row, self.columns[model]])
            self._asked[feature, model] = found
        return found


def read_models(weights: Path) -> Models:
    """Read a table of weights: the first line names the models, every other one a feature and its weights.

    A feature of one kind of candidate is written ``kind|feature``.
    """
    combinations = [(), *((k,) for k in KINDS), *((k, CHINESE_ONLY) for k in KINDS)]
    head, *lines = weights.read_text(encoding="utf-8").rstrip("\n").split("\n")
    models = head.split("\t")[1:]
    rows: dict[str, int] = {}
    at: dict[str, list[int]] = {kind: [] for kind in ("", *KINDS, CHINESE_ONLY)}
    of: dict[str, list[int]] = {kind: [] for kind in at}  # lines
    cells: list[str] = []
    for number, line in enumerate(lines):
        feature, _, numbers = line.partition("\t")
        cells.append(numbers)
        kind, bar, name = feature.partition("|")
        if not bar or kind not in at:
            kind, name = "", feature
        at[kind].append(rows.setdefault(name, len(rows)))
        of[kind].append(number)
    table = np.array([int(c) if c else 0 for c in "\t".join(cells).split("\t")], np.float32).reshape(-1, len(models))
    of_kind = {kind: np.zeros((len(rows), len(models)), np.float32) for kind in at}
    for kind, mine in of_kind.items():
        mine[at[kind]] = table[of[kind]]
    summed = np.stack([sum((of_kind[kind] for kind in combination), of_kind[""]) for combination in combinations])
    summed /= SCALE
    return Models(
        rows,
        {name: i for i, name in enumerate(models)},
        {combination: i for i, combination in enumerate(combinations)},
        summed,
    )
