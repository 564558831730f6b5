"""The file that corrections stand in, and the page beside it."""

import json
import re

import pytest

from kg.annotate.check import check
from kg.annotate.file import annotated, append, remaining
from kg.annotate.papers import PaperText, digests
from kg.annotate.reading import marked, page, page_beside, write_page
from kg.errors import InputError
from kg.gold import Gold, GoldEntity
from kg.records import Entry, Passage, Source
from kg.resolve.papers import Paper
from kg.resources import resource

LORA = str(resource("data/digests") / "huggingarxiv" / "2021年06月")


def test_what_stands_in_a_file_stays_byte_for_byte(tmp_path):
    path = tmp_path / "gold.jsonl"
    append(path, "one\n")
    assert path.read_bytes() == b"one\n"
    before = b'\xef\xbb\xbf{"a":  1}\r\n\n{"b": "\xe4\xb8\xad"}'
    path.write_bytes(before)
    append(path, "two\n")
    assert path.read_bytes() == before + b"\ntwo\n"
    assert [p.name for p in tmp_path.iterdir()] == ["gold.jsonl"]


def test_papers_that_are_annotated_are_not_asked_for_again():
    with digests([LORA], 1) as found:
        (paper,) = found.papers
        assert remaining(found, []) == [paper]
        for known in (
            Gold(paper.id, "x", ()),
            Gold("mine", "x", (), arxiv_id=paper.arxiv_id),
            Gold("y", paper.title, ()),
        ):
            assert remaining(found, [known]) == []


def test_a_file_that_is_no_gold_file_is_not_added_to(tmp_path):
    path = tmp_path / "gold.jsonl"
    assert annotated(path) == []
    path.write_text("notes\n")
    with pytest.raises(InputError, match=r"gold\.jsonl:1 is no gold paper"):
        annotated(path)
    path.write_text("")
    assert annotated(path) == []


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("使用SDXL和SD。", ["SD", "SDXL"], "使用**SDXL**和**SD**。"),
        ("GANs, a GAN, iGAN", ["GAN"], "GANs, a **GAN**, iGAN"),
        ("3D高斯溅射", ["高斯"], "3D**高斯**溅射"),
        ("C++ (C++)", ["C++"], "**C++** (**C++**)"),
        ("无", ["", " "], "无"),
    ],
)
def test_names_are_marked(text, names, expected):
    assert marked(text, names) == expected


def test_a_page_shows_entities_and_text():
    entry = Entry(
        Source("in/a.md", 7),
        "markdown",
        "A Title",
        passages=(Passage("提出SDXL。", 9, "概述"), Passage("用CLIP。", 11, "概述"), Passage("结果。", 13, "实验")),
    )
    entities = (
        GoldEntity(("SDXL", "Stable Diffusion XL"), ("Model", "Method"), ("PROPOSES", "USES")),
        GoldEntity(("CLIP",), ("Model",), ("MENTIONS",), optional=True),
    )
    shown = page(
        "gold.jsonl", [(Gold("p1", "A Title", entities), PaperText(Paper("p", (0,), ""), (entry,), "", False))]
    )
    assert shown.startswith("# Texts for gold.jsonl\n")
    assert "- Model/Method: SDXL · Stable Diffusion XL - PROPOSES, USES\n- Model: CLIP - MENTIONS (optional)\n" in shown
    assert "### in/a.md:7\n\nA Title\n\n#### 概述\n\n提出**SDXL**。\n\n用**CLIP**。\n\n#### 实验\n\n结果。\n" in shown


def test_a_page_is_written_for_papers_that_have_texts_and_over_no_other_file(tmp_path):
    gold = tmp_path / "gold.jsonl"
    papers = [("LoRA", "2106.09685"), ("Other", "1111.11111")]
    gold.write_text("".join(json.dumps({"id": t, "title": t, "arxiv_id": a, "entities": []}) + "\n" for t, a in papers))
    path = page_beside(gold)
    assert path == tmp_path / "gold.texts.md"
    with digests([LORA], 1) as found:
        write_page(path, gold, found)
        write_page(page_beside(gold), gold, found)
    assert re.findall(r"^## (.*)$", path.read_text("utf-8"), re.M) == ["LoRA"]
    path.write_text("my own notes")
    with pytest.raises(InputError, match=r"gold\.texts\.md was not written by kg annotate"):
        page_beside(gold)


def test_the_documented_format_is_sound(tmp_path):
    (example,) = re.findall(r"```json\n(.*?)```", (resource("docs") / "annotating.md").read_text("utf-8"), re.S)
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(json.loads(example)), "utf-8")
    assert check(path) == [] and len(annotated(path)[0].entities) == 4


@pytest.mark.parametrize(("name", "papers", "entities"), [("train", 1405, 22859), ("dev", 56, 945)])
def test_the_published_annotations_are_sound_and_hold_no_text(name, papers, entities):
    path = resource("data") / "gold" / f"{name}.jsonl"
    assert [str(p) for p in check(path) if not p.warning] == []
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(records) == papers and sum(len(r["entities"]) for r in records) == entities
    assert {k for r in records for k in r} == {"id", "title", "arxiv_id", "date", "source", "entities"}
    inside = [e for r in records for e in r["entities"]]
    assert {k for e in inside for k in e} == {"names", "type", "relations", "optional", "salient"}
    names = [n for e in inside for n in e["names"]]
    assert max(map(len, names)) < 120 and not any(re.search("[。！？\n]", n) for n in names)
