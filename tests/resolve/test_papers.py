from dataclasses import replace

from kg.records import Entry, Label, Source
from kg.resolve.papers import papers, title_key

CLIP = Entry(Source("a.md", 3), "paperdaily", "Learning Transferable Visual Models From Natural Language Supervision")


def test_one_arxiv_id_is_one_paper_and_the_first_to_say_something_wins():
    first = replace(CLIP, arxiv_id="2103.00020", date="2021-02", urls=("https://arxiv.org/abs/2103.00020",))
    second = replace(
        CLIP,
        source=Source("b.md", 9),
        title="CLIP",
        title_zh="从自然语言监督中学习可迁移的视觉模型",
        arxiv_id="2103.00020",
        date="2021-02-26",
        urls=("https://arxiv.org/abs/2103.00020", "https://github.com/openai/CLIP"),
        venue=Label("ICML", "2021-02-26｜OpenAI｜ICML 2021", 10),
        venue_year=2021,
    )
    (paper,) = papers([first, second])
    assert paper.id == "paper:arxiv:2103.00020"
    assert paper.entries == (0, 1)
    assert paper.title == first.title
    assert paper.title_zh == second.title_zh
    assert paper.date == "2021-02-26"
    assert paper.urls == second.urls
    assert paper.venue == "ICML 2021"
    assert paper.source == (first.source, second.source)


def test_a_title_joins_entries_unless_their_arxiv_ids_differ():
    with_id = replace(CLIP, arxiv_id="2103.00020")
    without = replace(CLIP, source=Source("b.md", 1), title=CLIP.title.upper() + ".")
    assert len(papers([with_id, without])) == 1
    other = replace(CLIP, source=Source("c.md", 1), arxiv_id="2401.00001")
    assert [p.id for p in papers([with_id, without, other])] == [
        "paper:arxiv:2103.00020",
        "paper:arxiv:2401.00001",
        papers([without])[0].id,
    ]


def test_a_paper_without_any_id_goes_by_its_title():
    (a,), (b,) = papers([CLIP]), papers([replace(CLIP, source=Source("z.md", 7))])
    assert a.id == b.id
    assert a.id.startswith("paper:title:")


def test_a_doi_is_an_identity():
    a = replace(CLIP, doi="10.1000/ABC")
    b = replace(CLIP, source=Source("b.md", 1), title="Another spelling of it", doi="10.1000/abc")
    assert [p.id for p in papers([a, b])] == ["paper:doi:10.1000/abc"]


def test_title_key_ignores_punctuation_case_and_latex():
    assert title_key(r"$\mathcal{X}$-Former: A B") == title_key(r"$\mathcal{x}$ former a, b")
