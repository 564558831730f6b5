from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.read.blocks import blocks


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks(text)]


def test_headings() -> None:
    assert [(b.level, b.text) for b in blocks("# A\n## # B\n###C \n#tag\n")][:3] == [(1, "A"), (2, "B"), (3, "C")]
    assert kinds("#tag\n") == [("text", "#tag")]


def test_hard_wrapped_latin_is_one_block_and_chinese_lines_are_several() -> None:
    assert kinds("We build\na dataset.\n") == [("text", "We build\na dataset.")]
    assert kinds("第一句。\n第二句。\n") == [("text", "第一句。"), ("text", "第二句。")]
    assert kinds("one  \ntwo\n") == [("text", "one"), ("text", "two")]


def test_a_label_or_a_link_begins_a_block() -> None:
    assert kinds("text\nAuthors: A\nhttps://a.org\nmore\n") == [
        ("text", "text"),
        ("text", "Authors: A"),
        ("text", "https://a.org"),
        ("text", "more"),
    ]


def test_lists_quotes_and_rows() -> None:
    text = "- a\n2. b\n3、c\n> d\n\n| e | f |\n---\n"
    assert kinds(text) == [
        ("item", "a"),
        ("item", "b"),
        ("item", "c"),
        ("text", "d"),
        ("row", "| e | f |"),
        ("rule", "---"),
    ]
    assert [block.quoted for block in blocks(text)] == [False, False, False, True, False, False]


def test_a_number_with_a_point_is_no_list() -> None:
    assert kinds("1.5B参数的模型。\n3D高斯。\n") == [("text", "1.5B参数的模型。"), ("text", "3D高斯。")]


def test_pictures_markup_and_code_are_left_out() -> None:
    text = "![a (b)](x.png)\n<details>\n<summary>Details</summary>\n<div id='x'></div>\n```python\n# no\n```\nend\n"
    assert kinds(text) == [("text", "end")]


def test_an_unclosed_fence_hides_nothing() -> None:
    assert kinds("```\ntext\n")[-1] == ("text", "text")


def test_ends_are_trimmed_and_the_inside_kept() -> None:
    (block,) = blocks("&emsp;&ensp; 甲&nbsp;乙 <br>\n")
    assert block.text == "甲&nbsp;乙"


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab中。 \n\r\t#>-*|`<&;.1![]()"), max_size=200))
def test_blocks_are_slices_in_order(text: str) -> None:
    found = blocks(text)
    for block in found:
        assert text[block.start : block.end] == block.text
        assert block.line == text.count("\n", 0, block.start) + 1 or not block.text
    assert [block.start for block in found] == sorted(block.start for block in found)
