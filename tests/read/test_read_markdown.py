from __future__ import annotations

import pytest

from kg.read import read_file
from kg.records import Entry


def entries(text: str, name: str = "notes.md") -> tuple[Entry, ...]:
    result = read_file(name, text.encode())
    assert not result.dropped, result.dropped
    assert {entry.format for entry in result.entries} <= {"markdown"}
    return result.entries


def test_a_title_an_id_and_prose() -> None:
    (entry,) = entries(
        "# Segment Anything\n\narXiv: 2304.02643v1\n\n"
        "SAM可以分割任何物体。\n训练数据为SA-1B。\nWe build the\nlargest dataset to date.\n"
    )
    assert (entry.title, entry.arxiv_id, entry.source.line) == ("Segment Anything", "2304.02643", 1)
    assert [(p.line, p.text) for p in entry.passages] == [
        (5, "SAM可以分割任何物体。"),
        (6, "训练数据为SA-1B。"),
        (7, "We build the\nlargest dataset to date."),
    ]


def test_numbered_headings_with_links_under_topics() -> None:
    text = """# Table of Contents
- [cs.CV](#cs.CV) [Total: 2]

# cs.CV [[Back]](#toc)

### [1] [Segment Anything](https://arxiv.org/abs/2304.02643)
*Alexander Kirillov, Eric Mintun*

Main category: cs.CV

TL;DR: 提出可提示的分割任务。

<details>
  <summary>Details</summary>
Method: 收集十一亿个掩码。
</details>

### [2] [SAM 2](https://arxiv.org/abs/2408.00714)
> *SAM 2：分割图像与视频*

*Nikhila Ravi* | **Category: cs.CV, cs.AI**

**Keywords:** 视频分割, 记忆

**Comment:** Accepted to ICLR 2025 (oral)
"""
    first, second = entries(text, "2024-08-02.md")
    assert (first.title, first.arxiv_id, first.date) == ("Segment Anything", "2304.02643", "2024-08-02")
    assert first.authors == ("Alexander Kirillov", "Eric Mintun")
    assert [label.name for label in first.topics] == ["cs.CV"]
    assert [(p.section, p.text) for p in first.passages] == [
        ("TL;DR", "提出可提示的分割任务。"),
        ("Method", "收集十一亿个掩码。"),
    ]
    assert (second.title_zh, second.authors) == ("SAM 2：分割图像与视频", ("Nikhila Ravi",))
    assert [label.name for label in second.topics] == ["cs.CV", "cs.AI", "视频分割", "记忆"]
    assert second.venue is not None
    assert (second.venue.name, second.venue_year) == ("ICLR", 2025)


def test_labels_in_a_quote_and_a_chinese_heading() -> None:
    text = """# SAM：分割一切

> **论文**：*Segment Anything*
>
> **作者**：A Kirillov、E Mintun 等
>
> **机构**：Meta AI
>
> **发布时间**：2023 年 4 月（arXiv 2304.02643）
>
> 🔗 [arXiv](https://arxiv.org/abs/2304.02643) | [代码](https://github.com/facebookresearch/segment-anything)

## 一句话总结

SAM是可提示的分割模型。

## 参考

- **SAM 2**（arXiv 2408.00714）
"""
    (entry,) = entries(text)
    assert (entry.title, entry.title_zh) == ("Segment Anything", "SAM：分割一切")
    assert (entry.date, entry.arxiv_id) == ("2023-04", "2304.02643")
    assert entry.authors == ("A Kirillov", "E Mintun")
    assert [label.name for label in entry.institutions] == ["Meta AI"]
    assert entry.code_url == "https://github.com/facebookresearch/segment-anything"
    assert (entry.passages[0].section, entry.passages[0].text) == ("一句话总结", "SAM是可提示的分割模型。")


def test_a_heading_twice_is_one_paper() -> None:
    (entry,) = entries("# Segment Anything\n\narXiv: 2304.02643\n\n# Segment Anything\n\n**作者**: A\n\nSAM。\n")
    assert entry.authors == ("A",)


def test_front_matter_of_one_paper() -> None:
    text = """---
title: "Segment Anything: a foundation model"
title_zh: 分割一切
authors: A Kirillov, E Mintun
date: 2023-04-05
pdf: https://arxiv.org/pdf/2304.02643v1
tags: ["query:SR", "keyword:分割"]
---
## Abstract
We introduce the Segment Anything project.
"""
    (entry,) = entries(text)
    assert (entry.title, entry.title_zh) == ("Segment Anything: a foundation model", "分割一切")
    assert (entry.date, entry.arxiv_id, len(entry.authors)) == ("2023-04-05", "2304.02643", 2)
    assert [label.name for label in entry.topics] == ["SR", "分割"]
    assert [(p.section, p.line) for p in entry.passages] == [("Abstract", 10)]


def test_headings_that_read_like_titles_are_papers_where_nothing_else_marks_them() -> None:
    text = """# 读书笔记

## Deep Residual Learning for Image Recognition
ResNet用残差连接训练很深的网络，在ImageNet上取得了最好的成绩，也赢得了比赛。

## 想法
无关。
"""
    (entry,) = entries(text)
    assert entry.title == "Deep Residual Learning for Image Recognition"


@pytest.mark.parametrize(
    "text",
    [
        "# Usage\n\nRun `make`.\n",
        "MIT License\n\nPermission is hereby granted, free of charge, to any person.\n",
        "# A tool that reads all of your digests\n\nIt builds a graph out of the papers that you read every day.\n",
    ],
)
def test_a_readme_holds_no_papers(text: str) -> None:
    result = read_file("x/README.md", text.encode())
    assert not result.entries
    assert [report.reason for report in result.dropped] == ["no-papers"]


def test_a_text_in_no_format_is_named() -> None:
    (report,) = read_file("a.xml", b"<?xml version='1.0'?><a/>").dropped
    assert report.reason == "unknown-format"
    assert "a.xml" in report.detail
