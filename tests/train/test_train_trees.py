import numpy as np
import pytest

from kg.extract.trees import Trees
from kg.train import trees as fitting


@pytest.fixture
def data():
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(600, 4)).astype(np.float32)
    rows[:, 2] = chance.integers(0, 2, 600)
    return rows, (rows[:, 0] + rows[:, 2] > 0.5).astype(float), (rows[:, 1] > 0).astype(float)


def test_written_trees_say_what_the_fitted_ones_do(tmp_path, data):
    rows, one, other = data
    models = {"one": fitting.fit(rows, one, rounds=40), "other": fitting.fit(rows, other, rounds=20)}
    fitting.write(models, ["a", "b", "c", "d"], tmp_path / "trees.onnx")
    trees = Trees(tmp_path / "trees.onnx")
    assert trees.models == ("one", "other") and trees.columns == ("a", "b", "c", "d")
    found = trees.probabilities(rows)
    for i, name in enumerate(models):
        assert np.allclose(found[:, i], models[name].predict(rows), atol=1e-5)
    assert ((found[:, 0] > 0.5) == (one > 0.5)).mean() > 0.95


def test_fitting_again_gives_the_same_bytes(tmp_path, data):
    rows, one, _ = data
    for name in ("a", "b"):
        fitting.write({"one": fitting.fit(rows, one, rounds=20)}, ["a", "b", "c", "d"], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_table_has_a_row_an_input_and_leaves_out_what_it_does_not_know(tmp_path, data):
    rows, one, _ = data
    fitting.write({"one": fitting.fit(rows, one, rounds=5)}, ["a", "b", "c", "d"], tmp_path / "t")
    trees = Trees(tmp_path / "t")
    assert trees.table([{"b": 2.0, "unknown": 1.0}, {}]).tolist() == [[0, 2, 0, 0], [0, 0, 0, 0]]
    assert trees.probabilities(trees.table([])).shape == (0, 1)
