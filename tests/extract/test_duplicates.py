import numpy as np
import pytest

from kg.extract import candidates
from kg.extract.duplicates import pairs, taken_in
from kg.extract.fitted import Fitted
from kg.extract.priors import Priors
from kg.lexicon import Lexicon


def test_the_likelier_one_takes_in_the_other():
    assert taken_in([(1, 0, 0.6)], {0, 1}, [0.9, 0.5], 0.3) == {1: 0}


def test_below_the_threshold_both_stay():
    assert taken_in([(1, 0, 0.29)], {0, 1}, [0.9, 0.5], 0.3) == {}


def test_what_is_not_kept_takes_nothing_in_but_may_be_taken_in():
    assert taken_in([(1, 0, 0.6), (2, 1, 0.9)], {1}, [0.9, 0.5, 0.1], 0.3) == {2: 1}


def test_a_second_name_of_a_second_name_goes_where_that_goes():
    judged = [(2, 1, 0.8), (2, 0, 0.4), (1, 0, 0.5)]
    assert taken_in(judged, {0, 1, 2}, [0.9, 0.8, 0.7], 0.3) == {1: 0, 2: 0}


def test_of_equals_the_first_is_taken():
    assert taken_in([(2, 1, 0.5), (2, 0, 0.5)], {0, 1, 2}, [0.9, 0.9, 0.7], 0.3) == {2: 0}


@pytest.fixture
def found_in(nlp, make_entry):
    def find(text):
        return candidates.find(nlp, make_entry("标题", text), Lexicon.load(), Priors.load(), None)

    return find


def _pairs(found, sure=0.9):
    columns = Fitted.load("fast").columns
    chances = np.full((len(found.candidates), len(columns)), sure, np.float32)
    names = [c.names[0] for c in found.candidates]
    return {frozenset((names[p.worse], names[p.better])): p.features for p in pairs(found, chances, columns)}


def test_names_that_share_words_are_compared(found_in):
    described = _pairs(found_in("我们研究多主体一致性视频合成。多主体视频合成是一个难题。"))
    features = described[frozenset(("多主体一致性视频合成", "多主体视频合成"))]
    assert 0.5 < features["chinese-likeness"] < 1
    assert features["worse:keep"] == pytest.approx(0.9)
    assert features["one-tail"] == 1


def test_a_name_and_its_translation_are_compared(found_in):
    described = _pairs(found_in("本文研究音频驱动着色。We study audio-driven colorization."))
    assert max(features["both"] for features in described.values()) > 0.5


def test_a_doubtful_name_of_what_is_not_kept_is_none():
    assert taken_in([(1, 0, 0.49)], {0}, [0.9, 0.1], 0.3) == {}
    assert taken_in([(1, 0, 0.5)], {0}, [0.9, 0.1], 0.3) == {1: 0}


def test_two_terms_of_the_lexicon_are_two_things(found_in):
    assert frozenset(("图像分割", "语义分割")) not in _pairs(found_in("本文研究图像分割和语义分割。"))


def test_two_versions_are_two_things(found_in):
    described = _pairs(found_in("我们提出FooNet-V2和FooNet-V3，以及FooNet-V3网络。"))
    assert not any({"FooNet-V2", "FooNet-V3"} <= pair for pair in described)


def test_what_is_unlikely_is_not_compared(found_in):
    found = found_in("我们研究多主体一致性视频合成。多主体视频合成是一个难题。")
    assert _pairs(found) and not _pairs(found, sure=0.05)
