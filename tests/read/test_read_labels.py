from __future__ import annotations

import pytest

from kg.read.labels import field_of, is_other_heading, is_placeholder, labelled


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("**作者**：A, B", "authors", "A, B"),
        ("**Authors:** A", "authors", "A"),
        ("**分类: cs.CV**", "topics", "cs.CV"),
        ("作者丨A", "authors", "A"),
        ("<strong>机构</strong> A, B", "institutions", "A, B"),
        ("📄 arXiv: 2511.16428v1", "arxiv_id", "2511.16428v1"),
        ("代码（PyTorch）：https://a.org", "code", "https://a.org"),
        ("Publish_Date: 2024", "date", "2024"),
        ("**摘要：**", "text", ""),
    ],
)
def test_spellings_of_a_label(line: str, field: str, value: str) -> None:
    label = labelled(line)
    assert label is not None
    assert (label.field, line[label.start : label.end]) == (field, value)


@pytest.mark.parametrize(
    "line", ["GPT-4：一个模型", "我们提出: A", "*Note*: x", "plain", "作者们提出了方法", "http://a.org"]
)
def test_what_is_no_label(line: str) -> None:
    assert labelled(line) is None


def test_case_spaces_and_emoji_do_not_count() -> None:
    assert field_of("🎯 TL;DR") == field_of("tl;dr") == field_of("TLDR") == "text"
    assert field_of("Title ZH") == field_of("title_zh") == "title_zh"


@pytest.mark.parametrize(
    "value", ["", " null ", "None", "待确认", "未在元数据中提供", "错误：AI分析失败。", "<翻译失败>"]
)
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["None of the above: a study", "无监督学习", "0"])
def test_values_that_look_like_placeholders(value: str) -> None:
    assert not is_placeholder(value)


def test_headings_that_begin_no_paper() -> None:
    assert all(map(is_other_heading, ("目录", "📊 今日论文统计", "References", "摘要")))
    assert not is_other_heading("A Survey of Citation Recommendation")
