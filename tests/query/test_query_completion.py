import pytest

from kg.query.base import Named
from kg.query.completion import Names, Vocabulary, complete
from kg.schema import schema


@pytest.fixture
def words():
    nodes = [
        Named("m", "Model", "Stable Diffusion", "", ("SD", "Stable's"), 3),
        Named("d", "Method", "diffusion model", "扩散模型", (), 5),
    ]
    return Vocabulary(
        {":help": "this list", ":limit": "rows"}, {"paths": "how", "papers-using": "who"}, Names(lambda: nodes)
    )


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("MATCH (n:Mo", ["Model"]),
        ("MATCH (n:Model|Me", ["Method", "Metric"]),
        ("MATCH (n)-[r:US", ["USES"]),
        ("MATCH (n)-[:USES|COM", ["COMPARES_WITH"]),
        ("RETURN n.paper", ["paper_count"]),
        ("MATCH (n {na", ["name", "name_en", "name_zh"]),
        ("MATCH (n {id: 'x', tit", ["title", "title_zh"]),
        ("opt", ["OPTIONAL MATCH"]),
        ("RETURN coal", ["coalesce("]),
        (":li", [":limit"]),
        ("@pa", ["@paths", "@papers-using"]),
        ("@papers-using stab", ["Stable Diffusion", "Stable's"]),
        ("@papers-using what=扩", ["扩散模型"]),
        ("MATCH (n {name: 'stable-d", ["Stable Diffusion"]),
        ("MATCH (n {name: 'stable'", []),
        ('MATCH (n {name: "STABLE', ["Stable Diffusion", "Stable\\'s"]),
        ("RETURN 1 ", []),
        ("", []),
    ],
)
def test_what_may_come_next(words, before, found):
    assert [word for word, _, _ in complete(before, words)] == found


def test_a_completion_takes_the_place_of_what_was_typed(words):
    assert [(word, length) for word, length, _ in complete("MATCH (n:Mo", words)] == [("Model", 2)]
    assert next((word, length) for word, length, _ in complete("@papers-using stab", words)) == ("Stable Diffusion", 4)


def test_all_labels_and_types_come_with_their_meaning(words):
    assert [(w, about) for w, _, about in complete("(n:", words)] == [
        (n.name, n.description) for n in schema().nodes.values()
    ]
    assert [w for w, _, _ in complete("()-[:", words)] == list(schema().edges)


def test_names_are_read_once_and_when_needed():
    reads = []

    def load():
        reads.append(1)
        return [Named("m", "Model", "CLIP", "", (), 1)]

    words = Vocabulary({}, {}, Names(load))
    list(complete("MATCH (n:Mo", words))
    assert reads == []
    list(complete("'cl", words))
    list(complete("'cli", words))
    assert reads == [1]
