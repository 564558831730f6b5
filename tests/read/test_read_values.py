from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.read import values as v


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024.01.24｜", "2024-01-24"),
        ("2025-3-1", "2025-03-01"),
        ("2026_01_02", "2026-01-02"),
        ("20260430_Thu", "2026-04-30"),
        ("9-Mar-2026", "2026-03-09"),
        ("2026 年 01 月（arXiv 2601.00001）", "2026-01"),
        ("2026年1月", "2026-01"),
        ("2026", "2026"),
        ("2025-07-02T16:07:54.000Z", "2025-07-02"),
        ("发布时间：2016年01月08日", "2016-01-08"),
        ("2024-13-01", "2024"),
        ("no date", ""),
        ("123456789", ""),
    ],
)
def test_iso_date(text: str, date: str) -> None:
    assert v.iso_date(text) == date


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("http://arxiv.org/abs/2503.08619v1", "2503.08619"),
        ("https://arxiv.org//pdf/2404.16130", "2404.16130"),
        ("https://huggingface.co/papers/2501.12909", "2501.12909"),
        ("arXiv:2603.00001", "2603.00001"),
        ("20260205/2602.07360v1-in-context", "2602.07360"),
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        ("https://arxiv.org/abs/math.GT/0309136v2", "math.GT/0309136"),
        ("https://doi.org/10.1016/j.eswa.2024.123231", ""),
        ("version 12.3456", ""),
    ],
)
def test_arxiv_id(text: str, found: str) -> None:
    assert v.arxiv_id(text) == found


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("<u>https://doi.org/10.1016/j.eswa.2024.123231</u>", "10.1016/j.eswa.2024.123231"),
        ("10.48550/arXiv.2304.02643", ""),
        ("none", ""),
    ],
)
def test_doi_in(text: str, doi: str) -> None:
    assert v.doi_in(text) == doi


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("见https://github.com/a/b。", ["https://github.com/a/b"]),
        ("<u>http://arxiv.org/abs/2503.08619v1</u>;", ["http://arxiv.org/abs/2503.08619v1"]),
        ("(https://a.org/x_(y)).", ["https://a.org/x_(y)"]),
        ("[Arxiv](https://arxiv.org/abs/2505.14932)", ["https://arxiv.org/abs/2505.14932"]),
        ("![x](https://a.org/x) https://a.org/p.png https://b.org", ["https://b.org"]),
        (r"\href{https://a.org/b}{here}", ["https://a.org/b"]),
        ("https://a.org https://a.org", ["https://a.org"]),
        ("[![badge](https://img.io/b.svg)](http://arxiv.org/pdf/2407.00001v1)", ["http://arxiv.org/pdf/2407.00001v1"]),
        ("http://", []),
    ],
)
def test_urls_in(text: str, urls: list[str]) -> None:
    assert v.urls_in(text) == urls


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://github.com/a/b", True),
        ("https://github.com/a", False),
        ("https://a.github.io/b", False),
        ("https://huggingface.co/a/b", True),
        ("https://huggingface.co/papers/2501.12909", False),
    ],
)
def test_is_code(url: str, code: bool) -> None:
    assert v.is_code(url) is code


@pytest.mark.parametrize(
    ("text", "venue"),
    [
        ("ICCV 2025", ("ICCV", 2025)),
        ("SIGGRAPH Asia 2025 ", ("SIGGRAPH Asia", 2025)),
        ("CVPR'2024", ("CVPR", 2024)),
        ("TPAMI", ("TPAMI", None)),
        ("Accepted to the NeurIPS 2024 workshop", ("NeurIPS", 2024)),
        ("NTU, HKUST", None),
        ("⭐️", None),
    ],
)
def test_venue_of(text: str, venue: tuple[str, int | None] | None) -> None:
    assert v.venue_of(text) == venue


def test_a_free_remark_names_a_venue_only_when_it_says_so() -> None:
    assert v.venue_of("12 pages, 2025", remark=True) is None
    assert v.venue_of("CVPR 2024", remark=True) == ("CVPR", 2024)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("UESTC, U Minnesota, Tencent , NTU ", ["UESTC", "U Minnesota", "Tencent", "NTU"]),
        ("ICL(Imperial, London)，清华大学、北京大学", ["ICL(Imperial, London)", "清华大学", "北京大学"]),
        ("Baidu&nbsp;Inc.", ["Baidu Inc."]),
        ("Zeekr Co., Ltd", ["Zeekr Co., Ltd"]),
        ("Unknown", []),
        ("\u200bTHU SIGS", ["THU SIGS"]),
    ],
)
def test_institutions_in(text: str, names: list[str]) -> None:
    assert v.institutions_in(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A B, C D et al.", ["A B", "C D"]),
        ("A B; C D", ["A B", "C D"]),
        ("张三、李四 等", ["张三", "李四"]),
        ("A B and C D", ["A B", "C D"]),
        ("Zhang et.al.", ["Zhang"]),
    ],
)
def test_authors_in(text: str, names: list[str]) -> None:
    assert v.authors_in(text) == names


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("[1] [Segment Anything](https://arxiv.org/abs/2304.02643)", "Segment Anything"),
        ("1. **[Segment Anything]**", "Segment Anything"),
        ("《Segment  Anything》", "Segment Anything"),
        ("$\\bf{D^3}$QE: Q &amp; E", "$\\bf{D^3}$QE: Q & E"),
        ("4D Gaussian Splatting", "4D Gaussian Splatting"),
        ("1.5-Pints Technical Report", "1.5-Pints Technical Report"),
    ],
)
def test_clean_title(text: str, title: str) -> None:
    assert v.clean_title(text) == title


@pytest.mark.parametrize(
    ("text", "chinese"),
    [("LoRA：低秩适配", True), ("Attention Is All You Need", False), ("学习", True), ("A 中 B", False)],
)
def test_is_chinese(text: str, chinese: bool) -> None:
    assert v.is_chinese(text) is chinese


@settings(deadline=None)
@given(st.text(), st.text())
def test_links_are_parts_of_the_text(before: str, after: str) -> None:
    text = f"{before} https://a.org/x{after}"
    assert all(url in text for url in v.urls_in(text))


@settings(deadline=None)
@given(st.text())
def test_cleaning_twice_changes_no_more_space(text: str) -> None:
    once = v.clean(text)
    assert once == once.strip()
    assert "  " not in once
