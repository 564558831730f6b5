"""Properties of reading that hold for any bytes and any text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.read import read_file
from kg.records import Entry, Source

TITLES = ("Segment Anything", "DreamFusion: Text-to-3D using 2D Diffusion", "LoRA: Low-Rank Adaptation", "NeRF")
PIECES = (
    *("# Topic: A｜B", "## Segment Anything", "2024.01.24｜NTU, HKUST｜ICCV 2025｜⭐️", "### 概述", "# 摘要", "> Title"),
    *(
        "发布时间：2024年01月02日",
        "`LLM应用` `RAG",
        "理由：无。`",
        "&emsp;&emsp;本文提出方法。",
        "- **作者**：A",
        "![x](y)",
    ),
    *(
        "<u>http://arxiv.org/abs/2503.08619v1</u>;",
        "---",
        "| a | b |",
        "```",
        '{"title": "A", "summary": "b"}',
        "[",
        "]}",
    ),
    *("抱歉，我无法访问您的链接。", "We train\na model.", "", "\r", "\x0c", "title: x", "###", "1. ", "**", "《》"),
)
calm = settings(deadline=None)
lines = st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=30).map("\n".join)


@st.composite
def digests(draw: st.DrawFn) -> str:
    """A file of the paperdaily format."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        parts.append(f"# Topic: {draw(st.sampled_from(['Image Generation', '3D｜Survey', 'LLM｜AAA1.2']))}\n")
        for _ in range(draw(st.integers(1, 3))):
            parts.append(f"## {draw(st.sampled_from(TITLES))} {draw(st.integers(1, 99))}\n")
            parts.append(
                f"2024.0{draw(st.integers(1, 9))}.11｜{draw(st.sampled_from(['', 'NTU', 'A, B｜ICLR 2024']))}\n\n"
            )
            parts.extend(f"这是第{draw(st.integers(1, 99))}段文字。\n\n" for _ in range(draw(st.integers(1, 3))))
    return "".join(parts)


def check(text: str, entries: tuple[Entry, ...]) -> None:
    for entry in entries:
        assert entry.title
        for passage in entry.passages:
            assert passage.text in text
            assert text.split("\n")[passage.line - 1].find(passage.text.split("\n")[0]) >= 0


@calm
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_reported(data: bytes) -> None:
    result = read_file("x.md", data)
    assert result.entries or result.dropped


@calm
@given(lines)
def test_any_text_is_read_and_passages_are_verbatim(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    result = read_file("x.md", text.encode())
    assert result.entries or result.dropped
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        check(text.removeprefix("\ufeff"), result.entries)
    assert result == read_file("x.md", text.encode())


@calm
@given(digests(), digests())
def test_two_files_in_one_give_the_papers_of_both(first: str, second: str) -> None:
    def placeless(entry: Entry) -> Entry:
        return replace(
            entry,
            source=Source("x", 0),
            title_line=0,
            topics=tuple(replace(label, line=0) for label in entry.topics),
            institutions=tuple(replace(label, line=0) for label in entry.institutions),
            venue=entry.venue and replace(entry.venue, line=0),
            passages=tuple(replace(passage, line=0) for passage in entry.passages),
        )

    both = read_file("x.md", (first + second).encode())
    alone = [read_file("x.md", text.encode()) for text in (first, second)]
    # Neighbours of one title are one paper, in one file or at the seam.
    if alone[0].entries[-1].title != alone[1].entries[0].title:
        assert [placeless(e) for e in both.entries] == [placeless(e) for result in alone for e in result.entries]


@calm
@given(digests(), st.integers(0, 400))
def test_a_cut_file_never_invents_papers(text: str, size: int) -> None:
    titles = {entry.title for entry in read_file("x.md", text.encode()).entries}
    result = read_file("x.md", text.encode()[: max(0, len(text.encode()) - size)])
    assert result.entries or result.dropped
    assert all(any(title.startswith(entry.title) for title in titles) for entry in result.entries)
