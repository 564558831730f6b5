"""The figures of quality, worked out by hand on small cases, and gold files that are wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, NameNotFoundError
from kg.evaluate import Score, evaluate
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
