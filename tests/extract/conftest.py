import pytest

from kg.extract.extractors import FastExtractor
from kg.extract.pipeline import pipeline
from kg.records import Entry, Passage, Source


@pytest.fixture(scope="session")
def extractor():
    return FastExtractor()


@pytest.fixture(scope="session")
def nlp():
    return pipeline()


@pytest.fixture
def doc_of(nlp):
    return nlp.make_doc


def entry_of(title, *texts, title_zh="", section="摘要"):
    passages = tuple(Passage(text, 10 + i, section) for i, text in enumerate(texts))
    return Entry(
        Source("day.md", 3), "test", title, title_zh, title_line=3, title_zh_line=4 * bool(title_zh), passages=passages
    )


@pytest.fixture
def make_entry():
    return entry_of
