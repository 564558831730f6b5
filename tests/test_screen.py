from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import screen
from kg.records import Entry, Passage, Source

SCENE = (
    "实验在Replica与ScanNet两个室内数据集上进行，神经辐射场从稀疏视角恢复了房间的几何与外观。"
    "用户可以在重建的房间里移动家具并更换材质。"
)
MORE = "该方法对反光表面仍有困难，今后将引入反射分解来改进房间的重建质量。"
MUSIC = "乐曲生成模型由符号序列出发，先写出旋律骨架，再补全和声与配器，生成的乐曲在听感上更加连贯。"
BOILERPLATE = "实验结果表明，该方法在多个基准数据集上优于现有方法。"


def paper(line: int, title: str, *texts: str, file: str = "d.md") -> Entry:
    passages = tuple(Passage(text, line + n + 1) for n, text in enumerate(texts))
    return Entry(Source(file, line), "paperdaily", title, passages=passages)


ROOM = paper(1, "NeRF Rooms from Sparse Views", "本文用神经辐射场从稀疏视角重建室内房间的几何。", SCENE + MORE)
TUNE = paper(11, "Symbolic Music Composition with Transformers", MUSIC, SCENE)


def judged(*entries: Entry, same: bool = False) -> dict[int, tuple[screen.Copy, ...]]:
    prints = [screen.fingerprints(entry) for entry in entries]
    values = [(i, j, value) for i, found in enumerate(prints) for j, passage in enumerate(found) for value in passage]
    entry, passage, value = zip(*values, strict=True)
    pairs = screen.candidates(np.array(entry, np.int32), np.array(passage, np.int32), np.array(value, np.uint64))
    return screen.judge(pairs, entries.__getitem__, lambda a, b: same)


def test_a_copied_paragraph_belongs_to_the_paper_it_is_about() -> None:
    for entries, copier in (((ROOM, TUNE), 1), ((TUNE, ROOM), 0)):
        copies = judged(*entries)
        assert list(copies) == [copier]
        (copy,) = copies[copier]
        assert (copy.passage, copy.start, copy.end) == (1, 0, len(SCENE))
        assert copy.other == Source("d.md", 3)
        assert screen.without(TUNE, copies[copier]).passages == TUNE.passages[:1]


def test_the_report_names_both_papers_and_places() -> None:
    (report,) = screen.dropped(TUNE, judged(ROOM, TUNE)[1])
    assert (report.stage, report.reason, report.text) == ("screen", "copied", SCENE)
    assert (report.source, report.other) == (Source("d.md", 13), Source("d.md", 3))
    assert "d.md:13 (“Symbolic Music Composition with Transformers”)" in report.detail
    assert "d.md:3 (“NeRF Rooms from Sparse Views”)" in report.detail


def test_copies_across_files_are_found() -> None:
    other = replace(TUNE, source=Source("e.md", 1))
    assert list(judged(ROOM, other)) == [1]


def test_copied_sentences_inside_a_paragraph_are_taken_out_alone() -> None:
    mixed = paper(11, TUNE.title, MUSIC + SCENE + "最后讨论乐曲的版权。")
    (copy,) = judged(ROOM, mixed)[1]
    assert mixed.passages[0].text[copy.start : copy.end] == SCENE
    kept = screen.without(mixed, [copy]).passages
    assert [passage.text for passage in kept] == [MUSIC, "最后讨论乐曲的版权。"]
    assert all(passage.text in mixed.passages[0].text for passage in kept)


def test_near_copies_are_copies() -> None:
    near = SCENE.replace("两个室内数据集", "这两个室内数据集").replace("移动家具", "移动一些家具")
    assert list(judged(ROOM, paper(11, TUNE.title, MUSIC, near))) == [1]


def test_sentences_that_differ_in_a_name_or_a_number_are_none() -> None:
    other = SCENE.replace("Replica", "Hypersim").replace("用户可以在重建的房间里移动家具并更换材质。", "")
    assert not judged(ROOM, paper(11, TUNE.title, MUSIC, other))


def test_boilerplate_is_no_copy() -> None:
    assert not judged(
        paper(1, ROOM.title, ROOM.passages[0].text, SCENE + BOILERPLATE), paper(11, TUNE.title, MUSIC + BOILERPLATE)
    )


def test_entries_of_one_paper_share_what_they_want() -> None:
    assert not judged(ROOM, TUNE, same=True)


def test_versions_of_one_work_share_what_they_want() -> None:
    assert not judged(ROOM, replace(TUNE, title="NeRF Rooms from Sparse Views, Extended"))


ABSTRACT = (
    "We reconstruct indoor rooms from a handful of photographs with a neural radiance field that shares weights. "
    "Priors on planar walls and floors keep the geometry stable where no photograph looks. "
    "Editing tools let users move furniture."
)


def test_an_english_abstract_in_another_entry_is_a_copy() -> None:
    room = paper(1, "Neural Radiance Field Rooms from Photographs", ABSTRACT)
    assert list(judged(room, paper(11, TUNE.title, MUSIC, ABSTRACT))) == [1]


def test_a_sentence_that_authors_use_again_is_none() -> None:
    first = ABSTRACT.split(". ")[0] + "."
    longer = f"{first} This paper instead studies how sound fills them. {MUSIC} Microphones are placed at random."
    room = paper(1, "Neural Radiance Field Rooms from Photographs", ABSTRACT)
    assert not judged(
        room, paper(11, "Acoustic Fields of Rooms", longer + " We measure reverberation in each of them.")
    )


def test_a_paragraph_in_many_entries_is_ignored() -> None:
    entries = [paper(10 * n + 1, f"{'ABCDEFGHIJKLMNOP'[n]} Study", SCENE) for n in range(16)]
    assert not judged(*entries)


def test_nothing_to_compare() -> None:
    assert screen.candidates(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.uint64)) == []
    assert [len(p) for p in screen.fingerprints(paper(1, "T", "短", ""))] == [0, 0]


@pytest.mark.parametrize("text", ["全角ＡＢＣ，与 半角 ABC 的写法是一样的，标点、空格都不算数。"])
def test_fingerprints_see_neither_width_nor_punctuation(text: str) -> None:
    long = text * 20
    plain = long.replace("ＡＢＣ", "abc").replace("，", "").replace(" ", "")
    (first,), (second,) = screen.fingerprints(paper(1, "T", long)), screen.fingerprints(paper(1, "T", plain))
    assert len(first) > 0
    assert first.tolist() == second.tolist()


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_a_part_of_a_text_has_a_part_of_its_fingerprints(before: str, after: str) -> None:
    inside, whole = paper(1, "T", SCENE * 3), paper(1, "T", f"{before}\n{SCENE * 3}\n{after}")
    (few,), (many,) = screen.fingerprints(inside), screen.fingerprints(whole)
    assert set(few.tolist()) <= set(many.tolist())
    assert (np.diff(many.astype(object)) > 0).all()


@settings(deadline=None)
@given(st.text(max_size=60), st.data())
def test_what_remains_is_verbatim(text: str, data: st.DataObject) -> None:
    entry = paper(1, "T", text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    kept = screen.without(entry, [screen.Copy(0, start, end, Source("d.md", 9), "U")])
    assert all(passage.text in (text[:start] + "\0" + text[end:]) for passage in kept.passages)
