from __future__ import annotations

import json
from typing import Any

import pytest

from kg.read import read_file
from kg.records import Entry, ReadResult

PAPER: dict[str, Any] = {
    "title": "BERT: Pre-training of Deep\n  Bidirectional Transformers",
    "title_zh": "BERT：深度双向Transformer预训练",
    "date": "2018-10-11",
    "arxiv_id": "1810.04805v2",
    "authors": ["Jacob Devlin", "Ming-Wei Chang"],
    "institutions": ["Google AI Language"],
    "venue": "NAACL 2019",
    "topics": ["LLM", "Pre-training"],
    "summary": "BERT用掩码语言模型预训练双向Transformer。\n\n在GLUE上提高了成绩。",
    "abstract": "We introduce BERT.",
    "url": "https://arxiv.org/abs/1810.04805",
    "code": "https://github.com/google-research/bert",
    "comment": None,
}


def read(text: str, name: str = "p.jsonl") -> ReadResult:
    return read_file(name, text.encode())


def one(value: Any, name: str = "p.jsonl") -> Entry:
    result = read(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), name)
    assert not result.dropped
    (entry,) = result.entries
    assert entry.format == "jsonl"
    return entry


def test_every_field() -> None:
    entry = one(PAPER)
    assert entry.title == "BERT: Pre-training of Deep Bidirectional Transformers"
    assert entry.title_zh == "BERT：深度双向Transformer预训练"
    assert (entry.date, entry.arxiv_id) == ("2018-10-11", "1810.04805")
    assert entry.authors == ("Jacob Devlin", "Ming-Wei Chang")
    assert [label.name for label in entry.institutions] == ["Google AI Language"]
    assert [label.name for label in entry.topics] == ["LLM", "Pre-training"]
    assert entry.venue is not None
    assert (entry.venue.name, entry.venue_year) == ("NAACL", 2019)
    assert entry.urls == ("https://arxiv.org/abs/1810.04805", "https://github.com/google-research/bert")
    assert entry.code_url == "https://github.com/google-research/bert"
    assert [(p.section, p.text) for p in entry.passages] == [
        ("summary", "BERT用掩码语言模型预训练双向Transformer。"),
        ("summary", "在GLUE上提高了成绩。"),
        ("abstract", "We introduce BERT."),
    ]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda paper: [paper],
        lambda paper: {"count": 1, "papers": [paper], "errors": []},
        lambda paper: [{"paper": {k: v for k, v in paper.items() if k != "date"}, "date": paper["date"]}],
        lambda paper: [str(paper)],
        lambda paper: str(paper),
    ],
    ids=["list", "wrapper", "nested", "string", "python literal"],
)
def test_containers(wrap: Any) -> None:
    entry, plain = one(wrap(PAPER)), one(PAPER)
    assert entry.title == plain.title
    assert entry.date == plain.date
    assert [p.text for p in entry.passages] == [p.text for p in plain.passages]


def test_lines_of_a_file_of_lines() -> None:
    second = {**PAPER, "title": "RoBERTa", "id": "1907.11692", "arxiv_id": ""}
    result = read("\n".join(map(json.dumps, [PAPER, second])) + "\n")
    assert [(entry.source.line, entry.arxiv_id) for entry in result.entries] == [(1, "1810.04805"), (2, "1907.11692")]
    assert result.entries[1].passages[0].line == 2


def test_lines_of_a_printed_list() -> None:
    text = json.dumps([PAPER], ensure_ascii=False, indent=1)
    entry = one(text)
    lines = text.split("\n")
    assert entry.source.line == 2
    assert '"summary"' in lines[entry.passages[0].line - 1]
    assert '"abstract"' in lines[entry.passages[2].line - 1]


def test_members_of_a_nested_summary_count_as_the_papers_own() -> None:
    entry = one(
        {"title": "SAM 2", "id": "2408.00714", "AI": {"tldr": "SAM 2分割视频。", "method": "错误：AI分析失败。"}}
    )
    assert [(p.section, p.text) for p in entry.passages] == [("tldr", "SAM 2分割视频。")]


def test_a_translation_in_one_string_is_taken_apart() -> None:
    entry = one({"title": "SAM 2", "translation": "标题：SAM 2：分割图像与视频\n\n摘要：提出流式记忆。"})
    assert entry.title_zh == "SAM 2：分割图像与视频"
    assert [(p.section, p.text) for p in entry.passages] == [("摘要", "提出流式记忆。")]


def test_the_day_in_the_name_dates_papers_without_one() -> None:
    assert one({"title": "SAM 2"}, "x/2024-08-02_en.jsonl").date == "2024-08-02"
    assert one({"title": "SAM 2", "date": "2024-08-01"}, "2024-08-02.jsonl").date == "2024-08-01"


def test_hidden_authors_are_left_out() -> None:
    entry = one({"title": "SAM 2", "authors": [{"name": "A B", "hidden": False}, {"name": "C D", "hidden": True}]})
    assert entry.authors == ("A B",)


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_a_list_that_breaks_off_keeps_the_papers_before(cut: int) -> None:
    result = read(json.dumps([PAPER, {**PAPER, "title": "RoBERTa"}], indent=1)[:-cut])
    assert [entry.title for entry in result.entries][:1] == [one(PAPER).title]
    assert [report.reason for report in result.dropped] == ["half-written"]


def test_a_damaged_line_is_named_and_the_others_kept() -> None:
    result = read('{"title": "A Paper"}\n{"title": "B\n{"title": "C Paper"}\n')
    assert [entry.title for entry in result.entries] == ["A Paper", "C Paper"]
    (report,) = result.dropped
    assert (report.reason, report.source.line) == ("half-written", 2)


@pytest.mark.parametrize("text", ["[]", "{}", '{"count": 0, "papers": []}', '["a.html", "b.html"]', '[{"x": 1}]'])
def test_json_without_papers(text: str) -> None:
    result = read(text)
    assert not result.entries
    assert [report.reason for report in result.dropped] in (["no-papers"], ["unknown-format"])


def test_an_object_without_a_title_is_reported() -> None:
    result = read('{"title": "none", "summary": "text"}')
    assert [report.reason for report in result.dropped] == ["no-title"]
