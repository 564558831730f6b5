from __future__ import annotations

import pytest

from kg.read import read_file
from kg.read.refusal import is_refusal

REFUSALS = [
    "抱歉，我无法访问这个链接，请您提供论文的内容。",
    "由于网络问题，我暂时不能打开您给的网页。如果您能提供论文原文，我可以为您总结。",
    "作为一个AI助手，我无法直接读取您发送的论文链接。",
    "请提供论文的摘要内容，以便我进行总结。",
    "I'm sorry, but I can't access the paper you linked.",
    "As an AI language model, I cannot open external links.",
    "Summary generation failed",
]
TEXTS = [
    "由于图像退化，现有方法无法直接处理真实场景，本文提出扩散先验。",
    "本文研究语言模型何时拒绝回答，例如“抱歉，我无法回答”，并提出基准。",
    "由于数据没有提供深度，我们用单目估计得到它。",
    "作为语言模型的代表，GPT-4在基准上取得了最好的结果。",
    "Unfortunately, existing methods cannot handle long videos.",
    "我们的方法无法访问训练数据，因此采用无源域自适应。",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_refusals(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize("text", TEXTS)
def test_texts_that_are_none(text: str) -> None:
    assert not is_refusal(text)


def test_what_follows_a_refusal_that_opens_the_entry_is_left_out_too() -> None:
    text = f"""## Prompt-to-Prompt Image Editing
2022-08-02｜Google

{REFUSALS[0]}

1. **背景**：一般来说，研究可以分为几个方面。

## DreamBooth for Subject-Driven Generation
2022-08-25｜Google

DreamBooth微调扩散模型。

{REFUSALS[3]}
"""
    result = read_file("d.md", text.encode())
    assert [len(entry.passages) for entry in result.entries] == [0, 1]
    assert [(report.reason, report.source.line) for report in result.dropped] == [
        ("refusal", 4),
        ("refusal", 6),
        ("refusal", 13),
    ]
    assert "Prompt-to-Prompt" in result.dropped[0].detail


def test_the_english_abstract_beside_a_refusal_stays() -> None:
    text = f"# Segment Anything\n\narXiv: 2304.02643\n\n{REFUSALS[0]}\n\nWe introduce a task for image segmentation.\n"
    (entry,) = read_file("d.md", text.encode()).entries
    assert [passage.text for passage in entry.passages] == ["We introduce a task for image segmentation."]
