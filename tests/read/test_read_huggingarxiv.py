from __future__ import annotations

import pytest

from kg.read import read_file
from kg.records import Entry

PAGE = """# LoRA：大型语言模型的低秩适配

发布时间：2021年06月17日

`LLM应用

理由：论文提出高效微调方法，属于应用。` `参数高效微调`

> LoRA: Low-Rank Adaptation of Large Language Models

# 摘要

> 摘要：LoRA冻结预训练权重，只训练低秩矩阵。

GPT-3的可训练参数减少了一万倍，见 https://arxiv.org/abs/2005.14165 一文。

> Abstract:We propose Low-Rank Adaptation, or LoRA, at https://github.com/microsoft/LoRA.

![LoRA](../../x1.png)

[Arxiv](https://arxiv.org/abs/2106.09685)"""


def entry_of(text: str) -> Entry:
    (entry,) = read_file("p.md", text.encode()).entries
    assert entry.format == "huggingarxiv"
    return entry


def test_a_page() -> None:
    entry = entry_of(PAGE)
    assert entry.title == "LoRA: Low-Rank Adaptation of Large Language Models"
    assert (entry.title_line, entry.source.line) == (9, 1)
    assert (entry.title_zh, entry.title_zh_line) == ("LoRA：大型语言模型的低秩适配", 1)
    assert entry.date == "2021-06-17"
    assert [(label.name, label.line) for label in entry.topics] == [("LLM应用", 5), ("参数高效微调", 7)]
    assert entry.arxiv_id == "2106.09685"
    assert entry.urls == (
        "https://arxiv.org/abs/2005.14165",
        "https://github.com/microsoft/LoRA",
        "https://arxiv.org/abs/2106.09685",
    )
    assert entry.code_url == "https://github.com/microsoft/LoRA"
    assert [(p.section, p.line, p.text[:6]) for p in entry.passages] == [
        ("摘要", 13, "LoRA冻结"),
        ("摘要", 15, "GPT-3的"),
        ("Abstract", 17, "We pro"),
    ]


@pytest.mark.parametrize(
    ("headline", "title_zh"),
    [
        ("# # LoRA\nLoRA：大型语言模型的低秩适配。", "LoRA：大型语言模型的低秩适配。"),
        ("# # 标题\n大型语言模型的低秩适配", "大型语言模型的低秩适配"),
        ("# LoRA: Low-Rank Adaptation\n# 大型语言模型的低秩适配", "大型语言模型的低秩适配"),
        ("# # 摘要\n大型语言模型最近进展很快，引起了广泛的关注，这里不是题目。", ""),
        ("# <翻译失败>", ""),
        ("# SyncDreamer：由单张图像生成多视图一致的图像", ""),
        ("# 大型语言模型的LORA低秩适配", "大型语言模型的LORA低秩适配"),
    ],
)
def test_headlines(headline: str, title_zh: str) -> None:
    entry = entry_of(PAGE.replace("# LoRA：大型语言模型的低秩适配", headline))
    assert entry.title == "LoRA: Low-Rank Adaptation of Large Language Models"
    assert entry.title_zh == title_zh


def test_a_title_that_begins_with_a_word_of_the_label_table() -> None:
    entry = entry_of(PAGE.replace("LoRA: Low-Rank", "TAGS: Low-Rank"))
    assert entry.title.startswith("TAGS: ")


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ("`RAG` `知识图谱`", ["RAG", "知识图谱"]),
        ("`分类：RAG` `无法确定`", ["RAG"]),
        ("`RAG\n````", ["RAG"]),
        ("`RAG\n\n解释：根据论文摘要` `并提出了框架。因此` `标签是“RAG”。`", ["RAG"]),
        ("`这个问题我无法回答，请换一个。`", []),
    ],
)
def test_tags(tags: str, names: list[str]) -> None:
    start, end = PAGE.index("`LLM"), PAGE.index("\n\n> LoRA:")
    assert [label.name for label in entry_of(PAGE[:start] + tags + PAGE[end:]).topics] == names


def test_sections_inside_the_abstract() -> None:
    entry = entry_of(PAGE.replace("> 摘要：LoRA", "> # 背景\nLoRA"))
    assert entry.passages[0].section == "背景"


def test_a_page_that_breaks_off_before_its_text_is_half_written() -> None:
    result = read_file("p.md", PAGE[: PAGE.index("> 摘要")].encode())
    assert not result.entries
    assert [report.reason for report in result.dropped] == ["half-written"]


def test_a_failed_translation_beside_an_intact_abstract_is_left_out() -> None:
    entry = entry_of(PAGE.replace("摘要：LoRA冻结预训练权重，只训练低秩矩阵。", "<翻译失败>"))
    assert [p.section for p in entry.passages] == ["摘要", "Abstract"]
