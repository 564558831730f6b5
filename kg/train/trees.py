"""Fitting gradient-boosted trees and writing them as ONNX."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

_OPSET = 3  # of ai.onnx.ml


def fit(rows: NDArray[np.float32], answers: NDArray[Any], *, rounds: int = 200, seed: int = 0) -> lightgbm.Booster:
    """Fit one binary model; two runs give the same trees.

    Parameters
    ----------
    rows : array of shape (examples, columns)
    answers : array of shape (examples,)
        0 or 1, or chances between.
    rounds : int
        Trees.
    seed : int
        Of the choice of columns.
    """
    settings = {
        "objective": "cross_entropy",
        "learning_rate": 0.05,
        "num_leaves": 15,
        "min_data_in_leaf": 25,
        "lambda_l2": 1.0,
        "feature_fraction": 0.5,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 2,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(rows, np.asarray(answers, np.float32), free_raw_data=True)
    return lightgbm.train(settings, data, rounds)


def write(models: Mapping[str, lightgbm.Booster], columns: Sequence[str], path: Path) -> None:
    """Write all models as one tree ensemble with a target each."""
    nodes: dict[str, list[Any]] = {f"nodes_{k}": [] for k in _NODE_FIELDS}
    targets: dict[str, list[Any]] = {f"target_{k}": [] for k in ("treeids", "nodeids", "ids", "weights")}
    tree = 0
    for target, model in enumerate(models.values()):
        for one in model.dump_model()["tree_info"]:
            _flatten(one["tree_structure"], tree, target, nodes, targets)
            tree += 1
    node = helper.make_node(
        "TreeEnsembleRegressor",
        ["rows"],
        ["chances"],
        domain="ai.onnx.ml",
        n_targets=len(models),
        aggregate_function="SUM",
        post_transform="LOGISTIC",
        **nodes,
        **targets,
    )
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, len(columns)])],
        [helper.make_tensor_value_info("chances", TensorProto.FLOAT, [None, len(models)])],
    )
    made = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("ai.onnx.ml", _OPSET), helper.make_opsetid("", 17)], ir_version=8
    )
    helper.set_model_props(made, {"models": json.dumps(list(models)), "columns": json.dumps(list(columns))})
    part = path.with_suffix(".part")
    part.write_bytes(made.SerializeToString(deterministic=True))
    part.replace(path)


_NODE_FIELDS = ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")


def _flatten(
    root: Mapping[str, Any], tree: int, target: int, nodes: dict[str, list[Any]], targets: dict[str, list[Any]]
) -> None:
    """Append the nodes of a tree, numbered from 0."""

    def add(here: Mapping[str, Any]) -> int:
        number = len(nodes["nodes_nodeids"]) - first
        leaf = "leaf_value" in here
        row = (
            tree,
            number,
            0 if leaf else here["split_feature"],
            0.0 if leaf else _below(here["threshold"]),
            "LEAF" if leaf else "BRANCH_LEQ",
            0,
            0,
        )
        for field, value in zip(_NODE_FIELDS, row, strict=True):
            nodes[f"nodes_{field}"].append(value)
        if leaf:
            for field, value in zip(
                ("treeids", "nodeids", "ids", "weights"), (tree, number, target, here["leaf_value"]), strict=True
            ):
                targets[f"target_{field}"].append(value)
        else:
            nodes["nodes_truenodeids"][first + number] = add(here["left_child"])
            nodes["nodes_falsenodeids"][first + number] = add(here["right_child"])
        return number

    first = len(nodes["nodes_nodeids"])
    add(root)


def _below(threshold: float) -> float:
    """The largest single-precision number that is no larger: single-precision inputs compare with it alike."""
    single = np.float32(threshold)
    return float(np.nextafter(single, np.float32(-np.inf)) if single > threshold else single)
