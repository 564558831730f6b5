"""Things of a graph by any name, their neighbours and what proves them."""

import unicodedata

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import NameNotFoundError
from kg.find import _MAYBE, find, squeezed
from kg.resolve.spelling import key
from kg.show import show


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("Stable Diffusion XL", "model:stablediffusionxl"),
        ("stable-diffusion_xl", "model:stablediffusionxl"),
        ("sdxl", "model:stablediffusionxl"),
        ("ＳＤＸＬ", "model:stablediffusionxl"),
        ("model:stablediffusionxl", "model:stablediffusionxl"),
        ("扩散模型", "method:diffusionmodel"),
        ("扩散 模型", "method:diffusionmodel"),
        ("Diffusion Models", "method:diffusionmodel"),
        ("image generation", "topic:image"),
        ("2302.05543", "paper:arxiv:2302.05543"),
        ("2302.05543v2", "paper:arxiv:2302.05543"),
        ("https://arxiv.org/abs/2302.05543v1", "paper:arxiv:2302.05543"),
        ("http://arxiv.org/pdf/2302.05543.pdf", "paper:arxiv:2302.05543"),
        ("adding conditional control", "paper:arxiv:2302.05543"),
        ("为扩散模型添加条件控制", "paper:arxiv:2302.05543"),
    ],
)
def test_any_name_finds_its_thing(tiny, name, node):
    assert find(tiny, name)[0].id == node


def test_the_lexicon_knows_names_that_the_graph_lacks(tiny):
    assert "扩散概率模型" not in [a.alias for a in tiny.aliases("method:diffusionmodel")]
    assert [m.id for m in find(tiny, "扩散概率模型")] == ["method:diffusionmodel"]


def test_a_name_of_several_things_gives_the_likeliest_first(tiny):
    assert [m.id for m in find(tiny, "DreamBooth")] == ["dataset:dreambooth", "model:dreambooth"]
    assert [m.id for m in find(tiny, "DreamBooth", "Dataset")] == ["dataset:dreambooth"]
    shown = show(tiny, "SD", node_type="Task")
    assert shown.node.id == "task:personalization"
    assert [m.id for m in show(tiny, "SD").others] == ["task:personalization"]


def test_a_wrong_type_says_what_there_is(tiny):
    with pytest.raises(NameNotFoundError, match="no Metric is called 'DreamBooth', but there is Dataset DreamBooth"):
        find(tiny, "DreamBooth", "Metric")


@pytest.mark.parametrize(
    ("name", "near"),
    [("stabel difusion", "Stable Diffusion"), ("扩散摸型", "扩散模型 (diffusion model)"), ("DreamBoth", "DreamBooth")],
)
def test_not_found_gives_the_nearest_names(tiny, name, near):
    with pytest.raises(NameNotFoundError) as caught:
        find(tiny, name)
    assert f"the nearest names are {near}" in str(caught.value)
    assert str(caught.value).count(near.split(" (")[0] + ";") <= 1


@pytest.mark.parametrize("name", ["", "!!", "qqqqqqqqqqqqqqqq", "'; DROP TABLE node; --", "\ufffd"])
def test_nothing_alike(tiny, name):
    with pytest.raises(NameNotFoundError, match="`kg stats`"):
        find(tiny, name)


SPELLINGS = st.text(st.sampled_from("aSs iIeyE-_.·（）()2扩模ＧＡ１ﬁ①ß’s"), min_size=1, max_size=8)


@given(
    SPELLINGS, st.lists(st.sampled_from([str.upper, str.lower, "s".join, "-".join, " ".join]), max_size=2), SPELLINGS
)
def test_no_spelling_is_lost_before_it_is_compared(name, changes, other):
    # What SQL keeps for comparison must hold every name with the same key.
    changed = name
    for change in changes:
        changed = change([changed, ""]) if change.__name__ == "join" else change(changed)
    for one, two in ((name, changed), (changed, name), (name, other), (name, unicodedata.normalize("NFKC", name))):
        if key(one) == key(two) != "":
            query = f"SELECT {_MAYBE} FROM (SELECT ? AS called)"  # noqa: S608
            kept = duckdb.execute(query, [squeezed(one), two]).fetchone()
            assert kept == (True,), (one, two)


def test_neighbours_are_grouped_and_the_newest_come_first(tiny):
    shown = show(tiny, "扩散模型")
    (uses,) = shown.relations
    assert (uses.type, uses.incoming, uses.total) == ("USES", True, 3)
    assert [n.date for n in uses.neighbours] == ["2023-07-04", "2023-02-10", "2022-08-25"]
    assert uses.neighbours[1].name_zh == "为扩散模型添加条件控制"


def test_limit_leaves_the_oldest_out_and_says_so(tiny):
    (uses,) = show(tiny, "扩散模型", limit=2).relations
    assert uses.total == 3
    assert [n.date for n in uses.neighbours] == ["2023-07-04", "2023-02-10"]


def test_evidence_is_the_best_sentence_with_the_name_marked(tiny):
    (uses,) = show(tiny, "扩散模型").relations
    oldest = uses.neighbours[-1]
    assert oldest.count == 2 and oldest.evidence is not None
    e = oldest.evidence
    assert e.sentence == "该方法微调文本到图像的扩散模型。" and e.sentence[e.start : e.end] == "扩散模型"
    assert (e.file, e.line) == ("in/a.md", 20)


def test_mentions_are_counted_and_shown_on_demand(tiny):
    shown = show(tiny, "Stable Diffusion")
    assert shown.mentions_left_out == 1
    assert [(r.type, r.incoming) for r in shown.relations] == [("USES", True), ("VERSION_OF", True)]
    shown = show(tiny, "Stable Diffusion", mentions=True)
    assert shown.mentions_left_out == 0
    assert [r.type for r in shown.relations] == ["USES", "MENTIONS", "VERSION_OF"]


def test_a_paper_has_its_entities_by_relation(tiny):
    shown = show(tiny, "2208.12242")
    assert shown.node.attributes["date"] == "2022-08-25"
    assert [(r.type, r.incoming) for r in shown.relations] == [
        (relation, False) for relation in ("PROPOSES", "USES", "EVALUATED_ON", "ADDRESSES", "HAS_TOPIC")
    ]


def test_both_directions_between_entities(tiny):
    (version,) = [r for r in show(tiny, "SDXL").relations if r.type == "VERSION_OF"]
    assert not version.incoming and version.neighbours[0].id == "model:stablediffusion"


def test_a_thing_without_edges(tiny):
    shown = show(tiny, "A Note without a Date")
    assert shown.relations == () and shown.mentions_left_out == 0


def test_every_sentence_of_the_sample_holds_the_name_where_it_says(sample):
    for relation in show(sample, "Stable Diffusion").relations:
        for n in relation.neighbours:
            assert n.evidence is not None
            assert 0 <= n.evidence.start < n.evidence.end <= len(n.evidence.sentence)
