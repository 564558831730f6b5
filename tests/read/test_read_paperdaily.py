from __future__ import annotations

from kg.read import read_file
from kg.records import Entry, ReadResult

OLD = """# Topic: Image Generation｜Personalization｜BBB10.8

## DreamBooth: Fine Tuning Text-to-Image Diffusion Models

<datetime>2022.08.25｜Google,&nbsp;Boston&nbsp;University</datetime>

<u>https://dreambooth.github.io/;</u>

&emsp;&emsp; DreamBooth用三到五张图像学会一个主体。

&&ensp;&ensp;它给扩散模型加上类别先验保持损失。

# Topic: 3D Generation |Text-to-3D｜

## DreamFusion: Text-to-3D using 2D Diffusion

2022.09.29｜
"""

NEW = """# 图像编辑，主体生成；三维重建

# Special Topic: Editing ｜ Survey, 3DGS,
## $\\bf{P^2}$P &amp; Cross  Attention Control
2022-08-02｜Tel Aviv U , CUHK(SZ), ICL(Imperial), Foo Automobile Co., Ltd, Unknown｜ICLR 2023｜⭐️🟡

<u>http://arxiv.org/abs/2208.01626v1</u>
<u>https://github.com/google/prompt-to-prompt</u>
### 概述
![](http://example.com/1.jpg)
编辑提示词时替换交叉注意力图。

### 方法
1. **替换**：换一个词，保留结构。
2. **重加权**：调节一个词的影响。
两种操作都不需要训练。
代码见 https://github.com/google/prompt-to-prompt。
### 通俗易懂
像改剧本一样改图。
"""


def read(text: str, name: str = "d.md") -> ReadResult:
    return read_file(name, text.encode())


def entries(text: str) -> tuple[Entry, ...]:
    result = read(text)
    assert not result.dropped
    assert {entry.format for entry in result.entries} == {"paperdaily"}
    return result.entries


def topics(entry: Entry) -> list[str]:
    return [label.name for label in entry.topics]


def test_the_dialect_of_2024() -> None:
    first, second = entries(OLD)
    assert first.title == "DreamBooth: Fine Tuning Text-to-Image Diffusion Models"
    assert (first.source.line, first.title_line) == (3, 3)
    assert topics(first) == ["Image Generation", "Personalization"]
    assert first.date == "2022-08-25"
    assert [label.name for label in first.institutions] == ["Google", "Boston University"]
    assert first.institutions[1].line == 5
    assert first.urls == ("https://dreambooth.github.io/",)
    assert [p.text for p in first.passages] == [
        "DreamBooth用三到五张图像学会一个主体。",
        "它给扩散模型加上类别先验保持损失。",
    ]
    assert [p.line for p in first.passages] == [9, 11]
    assert topics(second) == ["3D Generation", "Text-to-3D"]
    assert (second.date, second.institutions, second.passages) == ("2022-09-29", (), ())


def test_the_dialect_of_2025() -> None:
    (entry,) = entries(NEW)
    assert entry.title == "$\\bf{P^2}$P & Cross Attention Control"
    assert topics(entry) == ["Editing", "Survey, 3DGS"]
    assert [label.name for label in entry.institutions] == [
        "Tel Aviv U",
        "CUHK(SZ)",
        "ICL(Imperial)",
        "Foo Automobile Co., Ltd",
    ]
    assert entry.venue is not None
    assert (entry.venue.name, entry.venue_year, entry.rating) == ("ICLR", 2023, "⭐️🟡")
    assert entry.arxiv_id == "2208.01626"
    assert entry.code_url == "https://github.com/google/prompt-to-prompt"
    assert entry.urls == ("http://arxiv.org/abs/2208.01626v1", "https://github.com/google/prompt-to-prompt")
    assert [(p.section, p.text) for p in entry.passages] == [
        ("概述", "编辑提示词时替换交叉注意力图。"),
        ("方法", "**替换**：换一个词，保留结构。"),
        ("方法", "**重加权**：调节一个词的影响。"),
        ("方法", "两种操作都不需要训练。"),
        ("方法", "代码见 https://github.com/google/prompt-to-prompt。"),
        ("通俗易懂", "像改剧本一样改图。"),
    ]


def test_a_heading_that_lists_subjects_is_no_topic_and_ends_the_topics_before() -> None:
    first, second = entries(OLD.replace("# Topic: 3D Generation |Text-to-3D｜", "# 三维生成，文本到三维"))
    assert topics(first) == ["Image Generation", "Personalization"]
    assert topics(second) == []


def test_a_date_line_in_two_lines() -> None:
    (entry, _) = entries(
        OLD.replace(
            "<datetime>2022.08.25｜Google,&nbsp;Boston&nbsp;University</datetime>",
            "2022.08.25｜\nGoogle, UIUC｜ICLR 2023",
        )
    )
    assert [label.name for label in entry.institutions] == ["Google", "UIUC"]
    assert entry.venue_year == 2023


def test_titles_with_translations_above_the_first_heading() -> None:
    listed = """1. DreamBooth: Fine Tuning Text-to-Image Diffusion Models
DreamBooth：微调文生图扩散模型
2. DreamFusion: Text-to-3D using 2D Diffusion（DreamFusion：用二维扩散做文本到三维）

"""
    first, second = entries(listed + OLD)
    assert (first.title_zh, first.title_zh_line) == ("DreamBooth：微调文生图扩散模型", 2)
    assert (second.title_zh, second.title_zh_line) == ("DreamFusion：用二维扩散做文本到三维", 3)


def test_missing_topic_and_links() -> None:
    (entry,) = entries("## Segment Anything\n2023-04-05｜Meta AI\n\nSAM在十一亿个掩码上训练。\n")
    assert (topics(entry), entry.urls, entry.arxiv_id) == ([], (), "")


def test_two_digests_in_one_file_are_the_papers_of_both() -> None:
    both = read(OLD + NEW)
    alone = [*read(OLD).entries, *read(NEW).entries]
    assert [(e.title, topics(e), e.date) for e in both.entries] == [(e.title, topics(e), e.date) for e in alone]


def test_a_file_that_ends_below_a_title_is_half_written() -> None:
    result = read(OLD.replace("2022.09.29｜\n", ""))
    assert [entry.title for entry in result.entries] == ["DreamBooth: Fine Tuning Text-to-Image Diffusion Models"]
    (report,) = result.dropped
    assert report.reason == "half-written"
    assert "DreamFusion" in report.detail


def test_a_file_that_ends_inside_a_sentence_or_a_link_is_half_written() -> None:
    for end in ("像改剧", "![](http://example.com/2"):
        result = read(
            OLD.replace("2022.09.29｜\n", "2022.09.29｜\n\n第一段在这里。\n\n") + "第二段还没有写完就断在这里" + end
        )
        assert len(result.entries) == 1
        assert [report.reason for report in result.dropped] == ["half-written"]
