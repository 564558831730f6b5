import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import registry
from kg.records import ENTITY_TYPES

LORA = (
    "LoRA: Low-Rank Adaptation of Large Language Models",
    "本文提出了一种名为LoRA（Low-Rank Adaptation）的微调方法，冻结预训练权重，只训练低秩矩阵。",
    "实验在GLUE数据集上对RoBERTa和GPT-3进行微调，并与Adapter等方法相比，准确率相当而参数更少。",
)
SENTENCES = st.sampled_from(
    [
        "本文提出了名为ControlNet的网络，用于文本到图像生成。",
        "我们在COCO数据集上评估，FID达到15.3。",
        "与Stable Diffusion和DALL-E 2相比，效果更好。",
        "该方法不使用CLIP，而是采用T5编码器。",
        "We propose DreamFusion, a method for text-to-3D generation (T23D).",
        "Experiments on ImageNet show higher accuracy than ResNet-50.",
        "抱歉，我无法提供这篇论文的摘要。",
        "三维高斯泼溅（3D Gaussian Splatting, 3DGS）提升了渲染速度；",
        "  空格开头 and ‘quotes’ 与\u3000全角ＳＤＸＬ，。",
    ]
)


def by_name(extraction, name):
    found = [f for f in extraction.findings if name in {n.text for n in f.names}]
    assert len(found) == 1, name
    return found[0]


def types(finding):
    return {r.type for r in finding.relations}


def check(entry, extraction):
    """Evidence is verbatim, its offsets are right, and nothing stands without proof."""
    texts = {p.line: p.text for p in entry.passages} | {entry.title_line: entry.title}
    if entry.title_zh:
        texts[entry.title_zh_line] = entry.title_zh
    for finding in extraction.findings:
        assert finding.type in ENTITY_TYPES
        assert finding.names and finding.relations
        for name in finding.names:
            proof = name.evidence
            assert proof.sentence[proof.start : proof.end] == name.text
            assert proof.sentence in texts[proof.line]
            assert name.count >= 1
        spoken = {n.text for n in finding.names}
        for relation in finding.relations:
            assert relation.evidence
            assert 0 <= relation.confidence <= 1
            for proof in relation.evidence:
                assert proof.sentence in texts[proof.line]
                assert proof.sentence[proof.start : proof.end] in spoken
                assert proof.cue


def test_is_registered():
    assert registry.load("extractors", "fast")().name == "fast"


def test_a_paper(extractor, make_entry):
    entry = make_entry(*LORA)
    extraction = extractor.extract(entry)
    check(entry, extraction)
    lora = by_name(extraction, "LoRA")
    assert types(lora) == {"PROPOSES"}
    assert "Low-Rank Adaptation" in {n.text for n in lora.names}
    assert "EVALUATED_ON" in types(by_name(extraction, "GLUE"))
    assert by_name(extraction, "GLUE").term.startswith("dataset:")
    assert types(by_name(extraction, "RoBERTa")) & {"USES", "COMPARES_WITH"}


def test_title_is_evidence(extractor, make_entry):
    entry = make_entry("DreamBooth: Fine Tuning Text-to-Image Diffusion Models for Subject-Driven Generation")
    extraction = extractor.extract(entry)
    proofs = [p for f in extraction.findings for r in f.relations for p in r.evidence]
    assert proofs
    assert {(p.sentence, p.line, p.section) for p in proofs} == {(entry.title, 3, "title")}


@pytest.mark.parametrize("sentence", ["该方法不使用CLIP。", "The method works without CLIP."])
def test_negation_makes_no_relation(extractor, make_entry, sentence):
    entry = make_entry("A Study of Image Generation", sentence)
    for finding in extractor.extract(entry).findings:
        if "CLIP" in {n.text for n in finding.names}:
            assert types(finding) == {"MENTIONS"}


@pytest.mark.parametrize("sentence", ["该方法使用CLIP作为图像编码器。", "The method uses CLIP as image encoder."])
def test_use_makes_a_relation(extractor, make_entry, sentence):
    extraction = extractor.extract(make_entry("A Study of Image Generation", sentence))
    assert "USES" in types(by_name(extraction, "CLIP"))


def test_building_cue(extractor, make_entry):
    extraction = extractor.extract(
        make_entry("FastEdit: Quick Edits", "FastEdit基于Stable Diffusion构建，用于图像编辑。")
    )
    assert by_name(extraction, "Stable Diffusion").based_on
    assert not by_name(extraction, "FastEdit").based_on


def test_a_text_without_entities_gives_nothing(extractor, make_entry):
    assert extractor.extract(make_entry("", "抱歉，我无法回答这个问题。", "今天天气很好。")).findings == ()
    assert extractor.extract(make_entry("")).findings == ()


def test_a_known_name_in_the_paper_that_introduced_it(extractor, make_entry):
    title = "DreamFusion: Text-to-3D using 2D Diffusion"
    own = "本文提出了DreamFusion，利用预训练的二维扩散模型Imagen从文本生成三维模型，无需三维训练数据。"
    assert types(by_name(extractor.extract(make_entry(title, own)), "DreamFusion")) == {"PROPOSES"}
    title = "Magic3D: High-Resolution Text-to-3D Content Creation"
    later = "本文提出了Magic3D，与DreamFusion相比，生成速度快两倍，分辨率更高。"
    extraction = extractor.extract(make_entry(title, later))
    assert types(by_name(extraction, "Magic3D")) == {"PROPOSES"}
    assert "PROPOSES" not in types(by_name(extraction, "DreamFusion"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SENTENCES, max_size=5), st.lists(SENTENCES, max_size=2), SENTENCES)
def test_evidence_is_verbatim_whatever_the_text(extractor, make_entry, first, second, title):
    entry = make_entry(title, "".join(first), " ".join(second), title_zh=title[:9])
    extraction = extractor.extract(entry)
    check(entry, extraction)
    assert extractor.extract(entry) == extraction


def test_the_same_in_another_process(extractor, make_entry):
    code = (
        "from kg.extract.extractors import FastExtractor; from kg.records import *;"
        f"t, *ps = {LORA!r};"
        "e = Entry(Source('day.md', 3), 'test', t, title_line=3,"
        " passages=tuple(Passage(p, 10 + i, '摘要') for i, p in enumerate(ps)));"
        "import sys; sys.stdout.buffer.write(repr(FastExtractor().extract(e)).encode())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {repr(extractor.extract(make_entry(*LORA))).encode()}


def test_version_names_the_data(extractor):
    from kg.extract.tables import fingerprint

    assert fingerprint(extractor.name) in extractor.version
