"""Named features by number."""

from kg.extract.numbered import numbered


def test_features_without_a_number_are_left_out():
    found = numbered([{"a": 1.0, "?": 2.0, "b": 0.5}, {}, {"b": 3.0}], {"a": 0, "b": 7})
    assert found.owners.tolist() == [0, 0, 2]
    assert found.numbers.tolist() == [0, 7, 7]
    assert found.values.tolist() == [1.0, 0.5, 3.0]


def test_nothing_has_no_numbers():
    assert all(len(part) == 0 for part in numbered([], {"a": 0}))
