"""Gradient-boosted trees, as one ONNX file: several models over the same columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.extract.numbered import numbered
from kg.extract.onnx import session


class Trees:
    """Models of named columns; what an input lacks is 0."""

    def __init__(self, path: Path) -> None:
        self._session = session(path)
        about = self._session.get_modelmeta().custom_metadata_map
        self.models: tuple[str, ...] = tuple(json.loads(about["models"]))
        self.columns: tuple[str, ...] = tuple(json.loads(about["columns"]))
        self._at = {name: i for i, name in enumerate(self.columns)}

    def table(self, described: Sequence[dict[str, float]]) -> NDArray[np.float32]:
        """The columns of some inputs, of shape (inputs, columns)."""
        return table(described, self._at)

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """What each model makes of each row: of shape (rows, models), 0 to 1."""
        if not len(rows):
            return np.zeros((0, len(self.models)), np.float32)
        (found,) = self._session.run(None, {"rows": rows})
        result: NDArray[np.float32] = found
        return result


def table(described: Sequence[dict[str, float]], columns: Mapping[str, int]) -> NDArray[np.float32]:
    """Named numbers as rows of a table, of shape (inputs, columns); names without a column are left out."""
    out = np.zeros((len(described), len(columns)), np.float32)
    features = numbered(described, columns)
    out[features.owners, features.numbers] = features.values
    return out
