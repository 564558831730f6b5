import pytest

from kg.errors import NameNotFoundError
from kg.lexicon import Lexicon
from kg.query.base import Named
from kg.query.names import find, nearest


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Stable Diffusion", "model:stablediffusion"),
        ("stable-diffusion", "model:stablediffusion"),
        ("ＳＤＸＬ", "model:stablediffusionxl"),
        ("sdxl", "model:stablediffusionxl"),
        ("扩散模型", "method:diffusionmodel"),
        ("diffusion models", "method:diffusionmodel"),
        ("个性化生成", "task:personalization"),
        ("topic:image", "topic:image"),
        ("2302.05543", "paper:arxiv:2302.05543"),
        ("adding conditional control", "paper:arxiv:2302.05543"),
        ("为扩散模型添加条件控制", "paper:arxiv:2302.05543"),
    ],
)
def test_any_name_finds_its_node(engine, name, found):
    assert find(engine, name).id == found


def test_the_type_decides_where_a_name_fits_several(engine):
    assert find(engine, "DreamBooth", ("Dataset",)).id == "dataset:dreambooth"
    assert find(engine, "DreamBooth", ("Model", "Method")).id == "model:dreambooth"
    assert find(engine, "SD", ("Task",)).id == "task:personalization"


def test_a_name_of_the_lexicon_finds_what_the_graph_calls_otherwise(engine):
    (term,) = (t for t in Lexicon.load().find("Stable Diffusion XL") if "Model" in t.types)
    other = next(name for name in term.names if not engine.named(name))
    assert find(engine, other).id == "model:stablediffusionxl"


def test_an_own_name_goes_before_an_alias_and_the_frequent_before_the_rare():
    class Fake:
        dialect = "embedded"

        def named(self, name):
            return [
                Named("b", "Model", "Other", "", ("CLIP",), 900),
                Named("d", "Model", "CLIP", "", (), 3),
                Named("c", "Method", "clip", "", (), 5),
            ]

    assert find(Fake(), "CLIP").id == "c"
    assert find(Fake(), "CLIP", ("Model",)).id == "d"


def test_what_is_not_there_is_answered_with_the_nearest(engine):
    with pytest.raises(NameNotFoundError, match=r"nearest names are .*Stable Diffusion"):
        find(engine, "Stabel Difusion")
    with pytest.raises(NameNotFoundError, match=r"there is .*Dataset DreamBooth"):
        find(engine, "DreamBooth", ("Metric",))
    with pytest.raises(NameNotFoundError, match="nor anything like it"):
        find(engine, "☃☃☃☃☃☃☃☃", ("Venue",))


def test_nearest_names_say_what_they_stand_for():
    nodes = [Named("a", "Model", "Stable Diffusion XL", "", ("SDXL",), 2), Named("b", "Model", "Flux", "", (), 9)]
    assert nearest(nodes, "SDXL2")[0] == "SDXL (Stable Diffusion XL)"
    assert nearest(nodes, "flux1", ("Dataset",)) == []
