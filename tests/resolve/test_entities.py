import random

import pytest

from kg.resolve.entities import Known, NameCount, Rules, anchor, entities, rules
from kg.resolve.spelling import key

LEXICON = {
    "sdxl": Known(("Model",), "Stable Diffusion XL", ""),
    "sd": Known(("Model",), "Stable Diffusion", ""),
    "coco": Known(("Dataset",), "MS-COCO", ""),
    "restoration": Known(("Task",), "image restoration", "图像恢复"),
}


def named(entity_type, main, *aliases, term="", papers=1):
    """Names of findings with one main form; an alias is a text or a (text, papers) pair."""
    place = anchor(entity_type, term, key(main))
    pairs = [(main, papers), *((a, papers) if isinstance(a, str) else a for a in aliases)]
    return [NameCount(place, entity_type, key(t), t, n, n) for t, n in pairs]


def resolve(*groups, merge_rules=None):
    return entities([n for g in groups for n in g], LEXICON.__getitem__, merge_rules or Rules())


def names_of(found):
    return sorted(e.name for e in found)


def test_findings_of_one_spelling_are_one_entity_and_the_usual_form_is_shown():
    (entity,) = resolve(named("Model", "ControlNet", papers=5), named("Model", "Control-Net"))
    assert (entity.id, entity.name, entity.type) == ("model:controlnet", "ControlNet", "Model")


def test_a_term_gives_both_names():
    (entity,) = resolve(
        named("Task", "图像恢复", term="restoration"), named("Task", "Image restoration", term="restoration")
    )
    assert (entity.name_en, entity.name_zh, entity.id) == ("image restoration", "图像恢复", "task:imagerestoration")


def test_two_terms_stay_two_even_where_a_paper_calls_one_by_the_others_name():
    found = resolve(
        named("Model", "Stable Diffusion", term="sd", papers=9),
        named("Model", "SDXL", "Stable Diffusion", term="sdxl", papers=9),
    )
    assert names_of(found) == ["Stable Diffusion", "Stable Diffusion XL"]


def test_model_and_method_of_one_name_are_one_node_of_the_type_that_most_papers_give():
    (entity,) = resolve(named("Method", "3DGS", papers=3), named("Model", "3DGS"))
    assert entity.type == "Method"
    assert len(resolve(named("Model", "DreamBooth"), named("Dataset", "DreamBooth"))) == 2


def test_a_bracket_pair_joins_when_two_papers_write_it():
    pair = named("Method", "潜在扩散", ("LDM-x", 2), papers=2), named("Method", "LDM-x")
    assert len(resolve(*pair)) == 1
    once = named("Method", "潜在扩散", "LDM-x"), named("Method", "LDM-x")
    assert len(resolve(*once)) == 2


def test_an_abbreviation_that_the_letters_confirm_joins_at_once():
    (entity,) = resolve(named("Method", "latent diffusion model", "LDM"), named("Method", "LDM", papers=4))
    assert set(entity.anchors) == {"Model:ldm", "Model:latentdiffusionmodel"}


def test_an_abbreviation_of_two_things_joins_neither():
    found = resolve(
        named("Method", "scene graph", "SG"), named("Method", "sharp Gaussian", "SG"), named("Method", "SG", papers=4)
    )
    assert len(found) == 3


@pytest.mark.parametrize(("a", "b"), [("GPT-3", "GPT-4"), ("ViT-B", "ViT-L"), ("Qwen2-VL", "Qwen2.5-VL")])
def test_versions_never_join(a, b):
    assert len(resolve(named("Model", a, (b, 5), papers=5), named("Model", b, papers=5))) == 2


def test_same_as_joins_and_never_same_forbids():
    same = Rules(same_as=frozenset({frozenset({"foo", "bar"})}))
    assert len(resolve(named("Model", "Foo"), named("Model", "Bar"), merge_rules=same)) == 1
    never = Rules(never_same=frozenset({frozenset({"bleu", "bleurt"})}))
    pair = named("Metric", "BLEU", ("BLEURT", 7), papers=7), named("Metric", "BLEURT")
    assert len(resolve(*pair)) == 1
    assert len(resolve(*pair, merge_rules=never)) == 2


def test_one_id_for_two_things_gets_a_number():
    both = {"a": Known(("Model",), "Foo"), "b": Known(("Model",), "foo")}
    names = named("Model", "Foo", term="a") + named("Model", "FOO", term="b")
    found = entities(names, both.__getitem__, Rules())
    assert [e.id for e in found] == ["model:foo", "model:foo~2"]


def test_order_does_not_matter():
    names = (
        named("Method", "潜在扩散", ("LDM-x", 2), papers=2)
        + named("Method", "LDM-x")
        + named("Method", "latent diffusion model", "LDM")
        + named("Method", "LDM", papers=4)
        + named("Dataset", "COCO", "MS COCO")
    )
    expected = resolve(names)
    for seed in range(20):
        shuffled = random.Random(seed).sample(names, len(names))  # noqa: S311
        assert resolve(shuffled) == expected


def test_the_shipped_rules_are_pairs():
    for pair in rules().same_as | rules().never_same:
        assert len(pair) == 2
