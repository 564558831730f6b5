"""The figures of quality, worked out by hand on small cases, and gold files that are wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.calibration import calibrate
from kg.errors import InputError, NameNotFoundError
from kg.evaluate import Part, Score, evaluate
from kg.faults import Fault, by_kind, by_name, by_pattern, costliest
from kg.gold import Gold, GoldEntity, Predicted, forms, match, norm, only, read_gold
from kg.records import Edge, Node

TITLE = "Adding Conditional Control to Text-to-Image Diffusion Models"


def paper(id="paper:1", title=TITLE, **attributes):
    return Node(id, "Paper", title, {"title": title, **attributes})


def entity(id, type, name, *aliases):
    return Node(id, type, name, {"aliases": list(aliases)})


def edges(*ends, source="paper:1"):
    return [Edge(f"{n:02}", source, target, relation) for n, (relation, target) in enumerate(ends)]


def gold(*entities, **fields):
    return Gold("g1", fields.pop("title", TITLE), entities, **fields)


def wanted(names, type="Model", relations=("USES",), **flags):
    return GoldEntity(tuple(names.split("|")), tuple(type.split("|")), tuple(relations), **flags)


def kinds(result):
    return [(f.kind, f.what, f.name) for f in result.faults]


def test_right_wrong_and_missed():
    result = evaluate(
        [gold(wanted("Stable Diffusion|SD"), wanted("ControlNet", relations=("PROPOSES",)))],
        [paper(), entity("m1", "Model", "StableDiffusion"), entity("m2", "Model", "OpenPose")],
        edges(("USES", "m1"), ("USES", "m2")),
    )
    assert result.entity == result.by_type["Model"] == Score(1, 1, 1)
    assert result.relation == Score(1, 1, 1)
    assert (result.by_relation["USES"], result.by_relation["PROPOSES"]) == (Score(1, 1, 0), Score(0, 0, 1))
    assert result.core == Score(0, 0, 1)
    assert (result.entity.precision, result.entity.recall, result.entity.f1) == (0.5, 0.5, 0.5)
    assert kinds(result) == [("wrong entity", "Model", "OpenPose"), ("missed entity", "Model", "ControlNet")]


def test_a_node_of_two_things_is_only_one_of_them():
    merged = entity("m", "Dataset", "CIFAR-10", "CIFAR-100")
    result = evaluate(
        [gold(wanted("CIFAR-10", "Dataset", ["EVALUATED_ON"]), wanted("CIFAR-100", "Dataset", ["EVALUATED_ON"]))],
        [merged, paper()],
        edges(("EVALUATED_ON", "m")),
    )
    assert result.entity == Score(1, 0, 1)


def test_two_nodes_of_one_thing_are_an_error():
    result = evaluate(
        [gold(wanted("COCO|MS-COCO", "Dataset"))],
        [entity("a", "Dataset", "COCO"), entity("b", "Dataset", "MS COCO"), paper()],
        edges(("USES", "a"), ("USES", "b")),
    )
    assert result.entity == Score(1, 1, 0)


def test_matching_finds_the_largest_number_of_pairs():
    # The first prediction fits both; taken greedily it would leave nothing for the second.
    one = Predicted("Model", "A", forms(["a", "b"]), frozenset({"USES"}))
    two = Predicted("Model", "B", forms(["a"]), frozenset({"USES"}))
    assert dict(match([wanted("a"), wanted("b")], [one, two]).gold_of) == {0: 1, 1: 0}


def test_optional_entities_are_neither_found_nor_missed():
    either = gold(wanted("Adam", "Method", optional=True), wanted("U-Net", "Method"))
    nodes = [entity("a", "Method", "Adam"), entity("u", "Method", "UNet"), paper()]
    for out in (edges(("USES", "u")), edges(("USES", "u"), ("COMPARES_WITH", "a"))):
        result = evaluate([either], nodes, out)
        assert (result.entity, result.relation, result.faults) == (Score(1, 0, 0), Score(1, 0, 0), ())


def test_a_required_entity_goes_before_an_optional_one_of_the_same_name():
    result = evaluate(
        [gold(wanted("CLIP", optional=True), wanted("CLIP"))],
        [entity("c", "Model", "CLIP"), paper()],
        edges(("USES", "c")),
    )
    assert result.entity == Score(1, 0, 0)


def test_a_wrong_type_is_wrong_and_missed_but_listed_once():
    result = evaluate([gold(wanted("LoRA", "Method"))], [entity("l", "Model", "LoRA"), paper()], edges(("USES", "l")))
    assert result.entity == Score(0, 1, 1)
    assert result.entity_untyped == Score(1, 0, 0)
    assert [(f.kind, f.what, f.name, f.detail) for f in result.faults] == [("wrong type", "Model", "LoRA", "is Method")]


def test_relations_count_only_for_the_matched_entity():
    result = evaluate(
        [gold(wanted("SDXL", relations=("USES", "COMPARES_WITH", "MENTIONS")))],
        [entity("s", "Model", "SDXL"), paper()],
        edges(("USES", "s"), ("PROPOSES", "s"), ("MENTIONS", "s")),
    )
    assert result.relation == Score(1, 1, 1)
    assert kinds(result) == [("wrong relation", "PROPOSES", "SDXL"), ("missed relation", "COMPARES_WITH", "SDXL")]


def test_core_is_what_is_proposed_and_what_is_salient():
    result = evaluate(
        [
            gold(
                wanted("ControlNet", relations=("PROPOSES",)),
                wanted("image generation", "Task", ("ADDRESSES",), salient=True),
                wanted("video generation", "Task", ("ADDRESSES",)),
            )
        ],
        [entity("t", "Task", "Image Generation"), paper()],
        edges(("ADDRESSES", "t")),
    )
    assert result.core == Score(1, 0, 1)


def test_metadata():
    nodes = [
        paper(date="2023-02-10", arxiv_id="2302.05543", venue="ICCV 2023"),
        entity("t1", "Topic", "Image Generation"),
        entity("i1", "Institution", "Stanford"),
    ]
    result = evaluate(
        [
            gold(
                date="2023-02-10",
                arxiv_id="2302.05544",
                venue="ICCV 2023",
                topics=("image-generation", "Control"),
                institutions=("Stanford", ""),
            )
        ],
        nodes,
        edges(("HAS_TOPIC", "t1"), ("AFFILIATED_WITH", "i1")),
    )
    assert result.metadata == {
        "date": Score(1, 0, 0),
        "arxiv_id": Score(0, 0, 1),
        "venue": Score(1, 0, 0),
        "topics": Score(1, 0, 1),
        "institutions": Score(1, 0, 0),
    }


def test_a_paper_that_is_not_there_misses_everything():
    result = evaluate([gold(wanted("SDXL"), title="Another Paper", date="2024-01-01")], [paper()], [])
    assert result.papers_missing == ("g1",)
    assert result.entity == Score(0, 0, 1) and result.metadata["date"] == Score(0, 0, 1)
    assert result.entity.f1 == 0.0


def test_papers_are_found_by_title_however_spelled():
    spelled = gold(wanted("SDXL"), title=TITLE.upper().replace("-", " ") + ".")
    result = evaluate([spelled], [entity("s", "Model", "SDXL"), paper()], edges(("USES", "s")))
    assert result.papers_missing == () and result.entity == Score(1, 0, 0)


NAMES = st.sampled_from("abcdef")
TYPES = st.sampled_from(["Model", "Method", "Task"])
LINKS = st.sets(st.sampled_from(["PROPOSES", "USES", "ADDRESSES", "MENTIONS"]), min_size=1).map(sorted)


@given(
    st.lists(st.tuples(NAMES, TYPES, LINKS, st.booleans()), max_size=5),
    st.lists(st.tuples(NAMES, TYPES, LINKS), max_size=5),
)
def test_the_costs_of_all_faults_are_all_errors_in_the_figures(golds, found):
    entities = [wanted(name, type, links, optional=optional) for name, type, links, optional in golds]
    nodes = [paper(), *(entity(f"n{i}", type, name) for i, (name, type, _) in enumerate(found))]
    out = edges(*((link, f"n{i}") for i, (_, _, links) in enumerate(found) for link in links))
    result = evaluate([gold(*entities)], nodes, out)
    errors = [s.wrong + s.missed for s in (result.entity, result.relation)]
    assert sum(f.cost for f in result.faults) == sum(errors)
    for groups in (by_kind(result.faults), by_pattern(result.faults)):
        assert sum(g.cost for g in groups) == sum(errors)


def test_a_fault_costs_the_entity_and_its_relations():
    result = evaluate(
        [gold(wanted("LoRA", "Method", ["PROPOSES", "USES"]), wanted("SD", relations=("USES", "COMPARES_WITH")))],
        [entity("l", "Model", "LoRA"), entity("x", "Model", "X"), paper()],
        edges(("USES", "l"), ("COMPARES_WITH", "x")),
    )
    # LoRA: a wrong model with a wrong relation, a missed method with two missed ones.
    assert [(f.kind, f.name, f.cost) for f in costliest(result.faults)] == [
        ("wrong type", "LoRA", 5),
        ("missed entity", "SD", 3),
        ("wrong entity", "X", 2),
    ]


def test_faults_are_grouped_the_costliest_first():
    faults = [
        Fault("wrong relation", "p1", "USES", "CLIP", "is COMPARES_WITH"),
        Fault("wrong entity", "p1", "Method", "diffusion model", "USES", 2),
        Fault("wrong entity", "p2", "Method", "Diffusion-Model", "USES", 2),
        Fault("wrong entity", "p2", "Method", "diffusion model", "USES", 2),
        Fault("wrong entity", "p2", "Model", "CLIP", "PROPOSES, USES", 3),
        Fault("wrong entity", "p2", "Model", "CLIP", "PROPOSES", 2),
    ]

    def shown(groups):
        return [(g.kind, g.what, g.name, g.detail, g.faults, g.papers, g.cost) for g in groups]

    assert shown(by_kind(faults)) == [
        ("wrong entity", "", "", "", 5, 2, 11),
        ("wrong relation", "USES", "CLIP", "is COMPARES_WITH", 1, 1, 1),
    ]
    assert shown(by_pattern(faults))[:2] == [
        ("wrong entity", "Method", "diffusion model", "USES", 3, 2, 6),
        ("wrong entity", "Model", "CLIP", "PROPOSES, USES", 1, 1, 3),
    ]
    # CLIP, twice in one paper, is no name that recurs.
    assert shown(by_name(faults)) == [("wrong entity", "Method", "diffusion model", "USES", 3, 2, 6)]


def test_figures_by_format():
    papers = [
        gold(wanted("A"), title="One"),
        gold(wanted("A"), title="Two"),
        gold(wanted("A"), title="Three"),
        gold(wanted("A"), title="Four"),
    ]
    nodes = [entity("a", "Model", "A"), *(paper(f"p{n}", title) for n, title in enumerate(("One", "Two", "Three")))]
    out = edges(("USES", "a"), source="p0") + edges(("PROPOSES", "a"), source="p1")
    formats = {"p0": ["markdown"], "p1": ["paperdaily"], "p2": ["paperdaily"]}
    result = evaluate(papers, nodes, out, formats)
    # The paper that is in no digest is in no format either.
    assert list(result.by_format.items()) == [
        ("paperdaily", Part(2, Score(1, 0, 1), Score(0, 1, 2))),
        ("markdown", Part(1, Score(1, 0, 0), Score(1, 0, 0))),
    ]
    assert evaluate(papers, nodes, out).by_format == {}


def test_a_paper_of_two_digests_counts_to_both_formats_together():
    formats = {"paper:1": ["jsonl", "markdown"]}
    result = evaluate([gold()], [paper()], [], formats)
    assert list(result.by_format) == ["jsonl, markdown"]


def test_calibration_by_hand():
    found = calibrate([(0.95, True), (0.91, True), (0.96, False), (0.3, False), (1.0, True), (0.39, True)])
    assert [(b.low, b.high, b.edges, b.right) for b in found.bins] == [(0.3, 0.4, 2, 1), (0.9, 1.0, 4, 3)]
    low, high = found.bins
    assert (low.confidence, low.share) == (pytest.approx(0.345), 0.5)
    assert (high.confidence, high.share) == (pytest.approx(0.955), 0.75)
    assert found.edges == 6 and found.error == pytest.approx((2 * 0.155 + 4 * 0.205) / 6)
    assert calibrate([]).error == 0.0 and calibrate([]).bins == ()


@pytest.mark.parametrize("tenth", range(10))
def test_a_bin_begins_at_its_lower_bound(tenth):
    (found,) = calibrate([(tenth / 10, True)]).bins
    assert (found.low, found.high) == (tenth / 10, (tenth + 1) / 10)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_every_edge_is_in_one_bin_and_the_error_is_a_share(judged):
    found = calibrate(judged)
    assert sum(b.edges for b in found.bins) == len(judged)
    assert sum(b.right for b in found.bins) == sum(right for _, right in judged)
    assert 0 <= found.error <= 1


def test_calibration_leaves_optional_entities_out():
    def sure(id, relation, target, confidence):
        return Edge(id, "paper:1", target, relation, {"confidence": confidence})

    result = evaluate(
        [gold(wanted("A", relations=("USES",)), wanted("B", optional=True), wanted("C"))],
        [*(entity(n.lower(), "Model", n) for n in "ABX"), paper()],
        [
            sure("1", "USES", "a", 0.9),
            sure("2", "PROPOSES", "a", 0.55),
            sure("3", "USES", "b", 0.2),
            sure("4", "USES", "x", 0.7),
        ],
    )
    # A is used, not proposed; X is nothing; C, which is missed, has no edge.
    assert [(b.low, b.edges, b.right) for b in result.calibration.bins] == [(0.5, 1, 0), (0.7, 1, 0), (0.9, 1, 1)]
    assert result.calibration.error == pytest.approx((0.55 + 0.7 + 0.1) / 3)


def test_forms_know_generic_words_and_plurals():
    assert forms(["3D-FRONT数据集"]) == {"3dfront数据集", "3dfront"}
    assert forms(["Diffusion Models"]) == {"diffusionmodels", "diffusion", "diffusionmodel"}
    assert forms(["模型", "", "-"]) == {"模型"}


@given(st.text(max_size=20))
def test_norm_is_stable_and_folds_case_and_hyphens(name):
    assert norm(norm(name)) == norm(norm(norm(name)))
    assert norm(f"{name}-") == norm(f" {name}") == norm(name)


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=6),
    st.lists(st.sets(st.sampled_from("abcd"), min_size=1), max_size=6),
)
def test_matching_is_one_to_one_among_candidates(golds, names):
    entities = [wanted(name, optional=optional) for name, optional in golds]
    predicted = [Predicted("Model", "", forms(n), frozenset()) for n in names]
    found = match(entities, predicted)
    assert len(set(found.gold_of.values())) == len(found.gold_of)
    assert all(i in found.candidates[k] for k, i in found.gold_of.items())


LINE = {"id": "g1", "title": "T", "entities": [{"names": ["A"], "type": ["Model"], "relations": ["USES"]}]}


def write(path, *lines):
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    return path


def test_gold_is_read_with_defaults_and_unknown_fields(tmp_path):
    path = write(
        tmp_path / "g.jsonl", b"\xef\xbb\xbf" + json.dumps(LINE).encode(), b"", {**LINE, "id": "g2", "urls": []}
    )
    assert [p.id for p in read_gold(path)] == ["g1", "g2"]
    assert read_gold(path)[0].entities == (wanted("A"),)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"id": "g2", "title": "T"}, "missing required field `entities`"),
        ({**LINE, "title": 3}, r"Expected `str`, got `int` - at `\$.title`"),
        ({**LINE, "entities": [{"names": "A", "type": ["Model"], "relations": []}]}, r"`\$.entities\[0\].names`"),
        ({**LINE, "entities": [{"names": ["A"], "type": ["Modell"], "relations": []}]}, "'Modell'"),
        ({**LINE, "entities": [{"names": ["A"], "type": ["Model"], "relations": ["USE"]}]}, "'USE'"),
        ({**LINE, "entities": [{"names": [], "type": ["Model"], "relations": ["USES"]}]}, "no names"),
        (b'{"id": "g2", ', "truncated"),
        (b"\xff\xfe", "malformed"),
        (b'{"id": "\xff", "title": "T", "entities": []}', ""),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, why):
    path = write(tmp_path / "g.jsonl", LINE, b"", line)
    with pytest.raises(InputError, match=rf"g\.jsonl:3 is no gold paper: .*{why}"):
        read_gold(path)


def test_gold_that_is_not_there_or_empty(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_gold(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="no gold papers"):
        read_gold(write(tmp_path / "empty.jsonl", b"\n"))


def test_one_paper_by_id_arxiv_id_or_title():
    papers = [gold(arxiv_id="2302.05543"), Gold("g2", "Other", ())]
    for name in ("g1", "2302.05543", TITLE.lower()):
        assert [p.id for p in only(papers, name)] == ["g1"]
    with pytest.raises(NameNotFoundError, match="the nearest ids are g2, g1"):
        only(papers, "g3")
