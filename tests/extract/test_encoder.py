from itertools import pairwise

import numpy as np
import pytest

from kg.extract import text as layout
from kg.extract.encoder import IDENTITY, OUTPUTS, RELATIONS, TAGS, Encoder, mentions, reading, summary
from kg.extract.extractors import AccurateExtractor
from kg.extract.subwords import LONGEST, Subwords, Tokens, chunks, normalized
from kg.resources import resource

FOLDER = resource("data/models/accurate")


@pytest.fixture(scope="module")
def encoder():
    return Encoder(FOLDER)


@pytest.fixture(scope="module")
def subwords():
    return Subwords(FOLDER / "subwords.model")


@pytest.mark.parametrize("text", ["SUPIR采用了 Stable Diffusion-XL（SDXL）", "ＳＤＸＬ\u3000图像\tx", "", "αβ 🙂 ﬁ"])
def test_tokens_cover_the_text_in_order(subwords, text):
    tokens = subwords.encode(text)
    assert (tokens.starts <= tokens.ends).all()
    assert (tokens.starts[1:] >= tokens.ends[:-1]).all()
    covered = {i for a, b in zip(tokens.starts, tokens.ends, strict=True) for i in range(a, b)}
    assert covered >= {i for i, c in enumerate(text) if not c.isspace()}


def test_normalization_keeps_offsets():
    text = "ＡＢ（ﬁ）\u00a0…\n"
    assert len(normalized(text)) == len(text)
    assert normalized(text).startswith("AB(")


def _tokens(count):
    at = np.arange(count)
    return Tokens(at, at, at + 1)


def test_chunks_end_with_sentences_and_are_never_too_long():
    cut = chunks(_tokens(400), [0, 90, 150, 290, 330])
    assert [a for a, _ in cut] == [0, 150, 290]
    assert chunks(_tokens(0), []) == []
    long = chunks(_tokens(1000), [0])
    assert long[0][0] == 0 and long[-1][1] == 1000
    assert all(b - a <= LONGEST for a, b in long)
    assert all(x[1] == y[0] for x, y in pairwise(long))


def test_an_encoder_sees_new_names_and_their_types(encoder, make_entry):
    entry = make_entry("Blurfix: Deblurring", "本文提出了名为Blurfix的新模型，在ImageNet上评估，用于图像去模糊。")
    text = layout.of_entry(entry)
    said = encoder.read(text)
    found = {(text.string[m.start : m.end], m.type) for m in mentions(text.string, said)}
    assert ("Blurfix", "Model") in found
    assert ("ImageNet", "Dataset") in found
    start = text.string.index("ImageNet")
    about = summary(said, [(start, start + 8)])
    assert about["seen"] > 0.9
    assert about["says-EVALUATED_ON"] > about["says-PROPOSES"]


def test_what_is_said_of_a_text_never_depends_on_another(encoder, make_entry):
    texts = [layout.of_entry(make_entry("标题", t)) for t in ("用SDXL生成图像。", "我们在COCO上训练检测器。" * 60)]
    first = [encoder.read(t).kinds for t in texts]
    again = [encoder.read(t).kinds for t in reversed(texts)][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def _said(text, named):
    """A reading in which each character is a token and some stretches are mentions of models."""
    outputs = np.zeros((len(text), OUTPUTS), np.float32)
    outputs[:, 0] = 8.0
    for name in named:
        start = text.index(name)
        outputs[start : start + len(name), 0] = 0.0
        outputs[start, TAGS.index("B-Model")] = 9.0
        outputs[start + 1 : start + len(name), TAGS.index("I-Model")] = 9.0
    at = np.arange(len(text))
    return reading(at, at + 1, outputs)


@pytest.mark.parametrize(
    ("text", "named", "want"),
    [
        ("语义检索（SR）很好", ["语义检索（SR"], ["语义检索", "SR"]),
        ("用GPT-4o-mini写", ["PT-4o-mi"], ["GPT-4o-mini"]),
        ("《蓝图》，", ["《蓝图》，"], ["蓝图"]),
        ("方法F（x）好", ["F（x）"], ["F（x）"]),
        ("用SDXL权重初始化", ["SDXL权"], ["SDXL"]),
        ("用Transformer层。", ["Transformer层"], ["Transformer层"]),
        ("无", [], []),
    ],
)
def test_mentions_are_whole_names(text, named, want):
    assert [text[m.start : m.end] for m in mentions(text, _said(text, named))] == want


def test_outputs_are_taken_apart():
    outputs = np.random.default_rng(0).normal(size=(3, OUTPUTS)).astype(np.float32)
    said = reading(np.arange(3), np.arange(3) + 1, outputs)
    assert said.kinds.shape == (3, 5, 2) and (said.kinds.sum(axis=(1, 2)) < 1).all()
    assert said.relations.shape == (3, len(RELATIONS))
    assert np.allclose(np.linalg.norm(said.identity, axis=1), 1, atol=1e-5)
    assert said.identity.shape == (3, IDENTITY)
    assert summary(said, []) == {}


def test_the_accurate_pipeline_finds_what_a_paper_proposes_and_is_judged_by(make_entry):
    entry = make_entry(
        "Blurfix: Deblurring with Diffusion",
        "本文提出了名为Blurfix的图像去模糊模型。它基于Stable Diffusion，在GoPro数据集上的PSNR优于Restormer。",
    )
    found = {
        n.text: (f.type, {r.type for r in f.relations})
        for f in AccurateExtractor().extract(entry).findings
        for n in f.names
    }
    assert found["Blurfix"] == ("Model", {"PROPOSES"})
    assert found["图像去模糊"] == ("Task", {"ADDRESSES"})
    assert found["Stable Diffusion"] == ("Model", {"USES"})
    assert found["PSNR"] == ("Metric", {"REPORTS"})
    assert found["Restormer"] == ("Model", {"COMPARES_WITH"})
