"""Papers with their texts, and the records that are suggested for them."""

import json

import pytest

from kg.annotate.file import lines
from kg.annotate.papers import PaperText, digests
from kg.annotate.suggest import doubtful, sample, suggest, suggestion
from kg.errors import InputError, PluginError
from kg.gold import Gold, read_gold
from kg.records import Entry, Evidence, Extraction, Finding, Label, Name, Passage, Relation, Source
from kg.resolve.papers import Paper
from kg.resources import resource

SAMPLE = str(resource("data/digests"))
LONG = "该方法锁住扩散模型的权重并训练一份可学习的副本，用零卷积把两者相连，在多个条件下取得了很好的结果。" * 2


def finding(type, *names, relations=("USES",), confidence=0.8, term="", sentence="", section=""):
    def evidence(text):
        return Evidence(sentence or text, (sentence or text).index(text), 0, section, 1, "test", 1.0)

    return Finding(
        type,
        tuple(Name(n, evidence(n)) for n in names),
        tuple(Relation(r, confidence, (evidence(names[0]),)) for r in relations),
        confidence,
        term,
    )


def text(*passages, title="A Title", **fields):
    entries = tuple(
        Entry(Source(f"in/{n}.md", 1), "markdown", title, passages=(Passage(p, 3),)) for n, p in enumerate(passages)
    )
    return PaperText(Paper("paper:1", tuple(range(len(entries))), title, **fields), entries, "0.md", False)


def record(paper, *found):
    return suggestion(paper, [Extraction(e.source, tuple(f)) for e, f in zip(paper.entries, found, strict=True)]).record


# Papers


def test_the_papers_are_those_of_a_build(sample):
    with digests([SAMPLE], 1) as found:
        assert sorted(p.id for p in found.papers) == [n.id for n in sample.nodes() if n.type == "Paper"]
        assert [p.source[0] for p in found.papers] == sorted(p.source[0] for p in found.papers)


def test_texts_have_no_copied_passage_and_no_refusal():
    with digests([SAMPLE], 1) as found:
        titles = {p.title: p for p in found.papers}
        whisper = next(p for t, p in titles.items() if t.startswith("Robust Speech Recognition"))
        (there,) = found.texts([whisper])
        assert there.contaminated and "MotionLoRA" not in there.text and "Whisper" in there.text
        (clean,) = found.texts([next(p for t, p in titles.items() if t.startswith("AnimateDiff"))])
        assert not clean.contaminated and "MotionLoRA" in clean.text


def test_a_paper_is_found_by_id_arxiv_id_or_title():
    with digests([SAMPLE], 1) as found:
        paper = next(p for p in found.papers if p.arxiv_id == "2302.05543")
        assert found.find(Gold(paper.id, "x", ())) is paper
        assert found.find(Gold("x", "x", (), arxiv_id="2302.05543")) is paper
        assert found.find(Gold("x", paper.title.upper(), ())) is paper
        assert found.find(Gold("x", "x", ())) is None


@pytest.mark.parametrize("source", ["in", "in/", "./in", "in/a/x.md", "."])
def test_source_is_the_file_below_the_folder(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "a").mkdir(parents=True)
    (tmp_path / "in" / "a" / "x.md").write_text(
        f"# A Title of Some Paper\n\nhttps://arxiv.org/abs/2302.05543\n\n{LONG}\n"
    )
    with digests([source], 1) as found:
        (there,) = found.texts(found.papers)
    assert there.source == {"in/a/x.md": "x.md", ".": "in/a/x.md"}.get(source, "a/x.md")


def test_no_paper_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no paper was found"), digests([str(tmp_path)], 1):
        pass


# Records


def test_a_record_says_what_the_digest_says():
    paper = text("用SDXL。", date="2024-01-24", arxiv_id="2401.00001", venue="ICCV 2023", urls=("https://x.org",))
    entry = paper.entries[0]
    labelled = Entry(
        entry.source,
        "markdown",
        entry.title,
        topics=(Label("Image", "", 1), Label("Image", "", 2)),
        institutions=(Label("NTU", "", 1),),
        passages=entry.passages,
    )
    paper = PaperText(paper.paper, (labelled,), "a.md", True)
    assert record(paper, [finding("Model", "SDXL")]) == {
        "id": "paper:1",
        "title": "A Title",
        "date": "2024-01-24",
        "topics": ["Image"],
        "institutions": ["NTU"],
        "venue": "ICCV 2023",
        "arxiv_id": "2401.00001",
        "urls": ["https://x.org"],
        "source": "a.md",
        "contaminated": True,
        "entities": [{"names": ["SDXL"], "type": ["Model"], "relations": ["USES"]}],
    }


def test_what_is_not_known_is_null():
    bare = record(text("x"), [])
    assert (bare["date"], bare["venue"], bare["arxiv_id"], bare["topics"], bare["entities"]) == (
        None,
        None,
        None,
        [],
        [],
    )
    assert "contaminated" not in bare


def test_entities_stand_in_the_order_of_their_first_mention():
    body = "AI而且SDXL，然后CLIP。"
    found = [finding("Model", n, sentence=body) for n in ("CLIP", "SDXL", "AI")]
    assert [e["names"][0] for e in record(text(body), found)["entities"]] == ["AI", "SDXL", "CLIP"]


def test_what_is_only_mentioned_is_optional():
    found = [
        finding("Model", "GPT-4", relations=("MENTIONS",)),
        finding("Model", "CLIP", relations=("MENTIONS", "COMPARES_WITH", "USES")),
    ]
    first, second = record(text("GPT-4和CLIP。"), found)["entities"]
    assert first == {"names": ["GPT-4"], "type": ["Model"], "relations": ["MENTIONS"], "optional": True}
    assert second == {"names": ["CLIP"], "type": ["Model"], "relations": ["USES", "COMPARES_WITH"]}


def test_tasks_of_the_title_are_salient():
    tasks = [finding("Task", f"任务{n}", relations=("ADDRESSES",), section="title") for n in range(4)]
    others = [
        finding("Task", "图像编辑", relations=("ADDRESSES",)),
        finding("Task", "检索", relations=("MENTIONS",), section="title"),
        finding("Model", "SDXL", section="title"),
    ]
    entities = record(text("任务0任务1任务2任务3图像编辑检索SDXL"), [*tasks, *others])["entities"]
    assert [e["names"][0] for e in entities if e.get("salient")] == ["任务0", "任务1", "任务2"]


def test_findings_of_two_digests_are_one_entity():
    paper = text("本文提出ControlNet。使用扩散模型。", "ControlNet (CNet) uses diffusion models; CNet is a Dataset.")
    found = record(
        paper,
        [finding("Model", "ControlNet", relations=("PROPOSES",)), finding("Method", "扩散模型", term="t1")],
        [
            finding("Model", "CNet", "Control-Net", relations=("USES",)),
            finding("Method", "diffusion models", term="t1"),
            finding("Dataset", "CNet", relations=("EVALUATED_ON",)),
        ],
    )
    assert [(e["type"], e["names"], e["relations"]) for e in found["entities"]] == [
        (["Model"], ["ControlNet", "CNet", "Control-Net"], ["PROPOSES", "USES"]),
        (["Method"], ["扩散模型", "diffusion models"], ["USES"]),
        (["Dataset"], ["CNet"], ["EVALUATED_ON"]),
    ]


def test_every_name_is_verbatim_in_its_entry(tmp_path):
    with digests([SAMPLE], 1) as found:
        texts = found.texts(found.papers)
        suggestions = suggest(texts, "fast")
    assert len(suggestions) == len(found.papers) > 60
    for paper, suggested in zip(texts, suggestions, strict=True):
        for entity in suggested.record["entities"]:
            assert all(name in paper.text for name in entity["names"]), entity
    path = tmp_path / "gold.jsonl"
    path.write_text(lines(suggestions), "utf-8")
    assert [g.id for g in read_gold(path)] == [p.id for p in found.papers]
    assert "\\u" not in path.read_text("utf-8")


def test_the_same_digests_give_the_same_bytes_on_any_number_of_processes(tmp_path, monkeypatch):
    monkeypatch.setattr("kg.work._SMALL", 1)
    monkeypatch.setattr("kg.annotate.suggest._BATCH", 5)
    written = []
    for jobs in (1, 2):
        with digests([SAMPLE + "/extra", SAMPLE + "/huggingarxiv"], jobs) as found:
            written.append(lines(suggest(found.texts(found.papers), "fast", jobs)))
    assert written[0] == written[1] and len(written[0].splitlines()) > 20


def test_an_unknown_extractor_is_named():
    with pytest.raises(PluginError, match="'nope' is none of the extractors"):
        suggest([], "nope")


# Choosing


def papers(*ids):
    return [Paper(i, (n,), i) for n, i in enumerate(ids)]


def test_a_sample_is_by_chance_repeatable_and_in_order():
    many = papers(*(f"p{n}" for n in range(100)))
    first = sample(many, 10, 0)
    assert len(first) == 10 and first == sample(many, 10, 0) != sample(many, 10, 1)
    assert first == sorted(first, key=many.index) != many[:10]
    assert sample(many[:3], 10, 0) == many[:3]


def test_a_sample_hardly_changes_when_papers_come():
    many = papers(*(f"p{n}" for n in range(101)))
    before, after = ({p.id for p in sample(some, 10, 0)} for some in (many[:100], many))
    assert len(before & after) >= 9


def test_the_most_doubtful_come_first_and_empty_ones_last():
    body = text("SDXL和CLIP。")
    sure = [
        suggestion(
            body, [Extraction(body.entries[0].source, tuple(finding("Model", n, confidence=c) for n, c in found))]
        )
        for found in ((("SDXL", 0.9),), (), (("SDXL", 0.9), ("CLIP", 0.1)), (("CLIP", 0.6),))
    ]
    assert [round(s.confidence, 3) for s in doubtful(sure, 9)] == [0.5, 0.6, 0.9, 0.0]
    assert doubtful(sure, 1) == [sure[2]]


def test_suggestions_are_json_lines():
    paper = text("用“SDXL”。\n第二行")
    (line,) = lines([suggestion(paper, [Extraction(paper.entries[0].source)])]).splitlines()
    assert json.loads(line)["title"] == "A Title"
