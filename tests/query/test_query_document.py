from kg.query.base import Result
from kg.query.document import document, without_answers
from kg.query.named import load_all
from kg.resources import resource

TEXT = (resource("data").parent / "docs" / "queries.md").read_text(encoding="utf-8")


def test_the_document_is_up_to_date():
    made = document(load_all().values(), {})
    assert without_answers(TEXT) == made, "run: python -m kg.query.document GRAPH > docs/queries.md"


def test_every_query_stands_there_with_an_answer(sample_engine):
    for name, query in load_all().items():
        section = TEXT.split(f"### {name}\n")[1].split("\n### ")[0]
        columns = sample_engine.run(query.query(sample_engine, {})).columns
        assert f"| {' | '.join(columns)} |\n" in section


def test_answers_are_cut_and_harmless_in_markdown():
    (query,) = (q for q in load_all().values() if q.name == "venues")
    rows = tuple((f"a|<b>{i}", 2024, "x" * 99) for i in range(9))
    text = document([query], {"venues": Result(("venue", "year", "papers"), rows)})
    assert "| a\\|&lt;b>0 | 2024 | " + "x" * 59 + "… |" in text
    assert "| … | … | … |" in text
    assert without_answers(text) == document([query], {})
