from itertools import pairwise

import pytest

from kg.extract.announcements import Announcements
from kg.extract.brackets import Brackets, pairs
from kg.extract.head_nouns import HeadNouns, head_type
from kg.extract.latin_names import LatinNames
from kg.extract.lexicon_matcher import LexiconMatcher, matcher
from kg.extract.sentences import Sentences
from kg.extract.spans import read
from kg.extract.text import attach, of_entry


def found(component, doc, cue=""):
    return [doc.text[m.start : m.end] for m in component.match(doc) if m.cue.startswith(cue)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("该网络提出了残差连接（Residual Connection, RC）。", [("残差连接", "Residual Connection", "RC")]),
        ("作者给出一种名为低秩适配(LoRA)的方法", [("低秩适配", "LoRA")]),
        ("we train a masked autoencoder (MAE) on images", [("masked autoencoder", "MAE")]),
        ("CLIP（对比语言图像预训练）", [("CLIP", "对比语言图像预训练")]),
        ("支持多种操作（如移除和克隆）", []),
        ("发表于会议（2021）", []),
        ("ask an expert (for example, a doctor)", []),
        ("提升了百分点（3.5%）", []),
        ("三个数据集（A-1、B-2、C-3、D-4）", []),
    ],
)
def test_bracket_pairs(text, names):
    got = [tuple(text[s:e] for s, e in (p.outer, *p.inner)) for p in pairs(text)]
    assert got == names


def test_brackets_write_both_sides(nlp):
    doc = Brackets()(nlp.make_doc("采用生成对抗网络（GAN）"))
    assert {s.text for s in doc.spans["kg"]} == {"生成对抗网络", "GAN"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("本文提出了一种名为ControlNet的结构", ["ControlNet"]),
        ("We introduce DreamFusion, which needs no 3D data", ["DreamFusion"]),
        ("a model called Flamingo", ["Flamingo"]),
        ("作者将其命名为“注意力池”", ["注意力池"]),
        ("效果很好", []),
    ],
)
def test_announcements(nlp, text, names):
    assert found(Announcements(), nlp.make_doc(text)) == names


def test_title_before_its_colon(nlp, make_entry):
    text = of_entry(make_entry("DreamBooth: Fine Tuning Diffusion Models for Subjects", "没有冒号：这里不算"))
    assert found(Announcements(), attach(nlp.make_doc(text.string), text), "announced:title") == ["DreamBooth"]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("我们研究视频超分辨率问题", "视频超分辨率", "Task"),
        ("在自建的遥感影像数据集上测试", "遥感影像数据集", "Dataset"),
        ("progress in visual question answering is slow", "visual question answering", "Task"),
        ("引入循环一致性损失", "循环一致性损失", "Method"),
    ],
)
def test_head_nouns(nlp, text, name, kind):
    doc = nlp.make_doc(text)
    assert (name, kind) in {(doc.text[m.start : m.end], m.type) for m in HeadNouns().match(doc)}


def test_head_type_of_a_bare_name_is_unknown():
    assert head_type("SUPIR") == ""


def test_frame_words_inside_words_do_not_cut(nlp):
    assert "对比学习" in found(HeadNouns(), nlp.make_doc("采用对比学习"))


def test_latin_names(nlp):
    text = "在LibriSpeech上，wav2vec比GPT-2和BERT好，速度提升3x，见https://example.org"
    assert found(LatinNames(), nlp.make_doc(text)) == ["LibriSpeech", "wav2vec", "GPT-2", "BERT"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Stable Diffusion XL and StableDiffusion-XL", ["Stable Diffusion XL", "StableDiffusion-XL"]),
        ("StyleGAN不是GAN", ["StyleGAN", "GAN"]),
        ("two GANs compete", ["GANs"]),
        ("on ImageNet-Sketchy only", []),
        ("a complex scene in the wild, opt for more", []),
        ("知识图谱嵌入ComplEx模型", ["知识图谱嵌入", "ComplEx"]),
        ("全角ＣＬＩＰ也行", ["ＣＬＩＰ"]),
    ],
)
def test_lexicon(nlp, text, names):
    doc = LexiconMatcher(matcher())(nlp.make_doc(text))
    got = [s.text for s in doc.spans["kg"]]
    assert [n for n in got if n in names or not n.islower()] == names


def test_lexicon_says_what_it_found(nlp):
    doc = LexiconMatcher(matcher())(nlp.make_doc("采用SDXL"))
    (span,) = doc.spans["kg"]
    assert (span.label_, span.kb_id_, span.id_) == ("Model", "model:stable-diffusion-xl", "lexicon")


def test_sentences_of_both_languages(nlp, make_entry):
    text = of_entry(
        make_entry("Why? A Title. Whole", "第一句。第二句；第三句", "One e.g. this. Two vs. three at 3.5 points. Three")
    )
    doc = attach(nlp.make_doc(text.string), text)
    begins = [*Sentences().match(doc), len(text.string)]
    assert [text.string[a:b].strip() for a, b in pairwise(begins)] == [
        "Why? A Title. Whole",
        "第一句。",
        "第二句；",
        "第三句",
        "One e.g. this.",
        "Two vs. three at 3.5 points.",
        "Three",
    ]


def test_pipeline_declares_what_components_write(nlp):
    analysis = nlp.analyze_pipes()
    assert not any(analysis["problems"].values())
    assert nlp.pipe_names[0] == "kg_sentences"


@pytest.mark.parametrize(
    ("title", "body", "announced"),
    [
        ("Scaling Up to Excellence: Image Restoration in the Wild", "本文研究图像恢复。", []),
        ("Segment Anything: A Promptable Model", "Segment Anything是一个可提示的模型。", ["Segment Anything"]),
        ("DALL-E 2: Text-Conditional Image Generation", "本文研究图像生成。", ["DALL-E 2"]),
    ],
)
def test_a_slogan_before_a_colon_is_no_name(nlp, make_entry, title, body, announced):
    text = of_entry(make_entry(title, body))
    doc = nlp(attach(nlp.make_doc(text.string), text))
    assert [text.string[m.start : m.end] for m in read(doc) if m.cue == "announced:title"] == announced
