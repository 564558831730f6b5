"""Figures of a graph, and what was left out of it."""

from kg.records import Dropped, Source
from kg.stats import MEANINGS, reasons, skipped, stats


def test_counts_and_dates(tiny):
    figures = stats(tiny)
    assert figures.papers == 4
    assert figures.entities == {"Task": 1, "Model": 3, "Method": 1, "Dataset": 1}
    assert figures.nodes == {"Paper": 4, "Topic": 1, **figures.entities}
    assert figures.edges["USES"] == 4 and figures.edges["MENTIONS"] == 1
    assert (figures.first, figures.last, figures.undated) == ("2022-08-25", "2023-07-04", 1)
    assert figures.files == 3


def test_top_is_by_papers_without_mentions(tiny):
    top = stats(tiny, top=1).top
    assert [(t.name, t.name_zh, t.papers) for t in top["Method"]] == [("diffusion model", "扩散模型", 3)]
    assert [t.name for t in stats(tiny).top["Model"]] == ["DreamBooth", "Stable Diffusion", "Stable Diffusion XL"]
    assert stats(tiny, top=0).top == {}


def test_left_out_is_kept_in_full_and_grouped(tiny):
    figures = stats(tiny)
    assert [(r.reason, r.count) for r in figures.reasons] == [
        ("empty", 1),
        ("copied", 1),
        ("refusal", 1),
        ("no-papers", 1),
    ]
    copied = next(d for d in figures.dropped if d.reason == "copied")
    assert (copied.source, copied.other) == (Source("in/a.md", 50), Source("in/a.md", 20))
    assert [d.reason for d in skipped(figures.dropped)] == ["empty"]


def test_an_unknown_reason_comes_first():
    dropped = [Dropped("read", reason, Source("a", 1), "why") for reason in (*MEANINGS, "new", "empty")]
    assert [r.reason for r in reasons(dropped)] == ["new", *MEANINGS]
    assert [r.count for r in reasons(dropped) if r.reason == "empty"] == [2]


def test_the_sample_names_its_flaws(sample):
    figures = stats(sample)
    assert figures.papers == 65
    assert figures.first < "2015" and figures.last > "2025"
    assert figures.edges["PROPOSES"] > 20
    copied = [d for d in figures.dropped if d.reason == "copied"]
    assert [d.source.file.rpartition("/")[2] for d in copied] == ["2024-02-07.md"]
    assert copied[0].other is not None and copied[0].other.line < copied[0].source.line
    assert len([d for d in figures.dropped if d.reason == "refusal"]) == 1
    assert skipped(figures.dropped) == []
