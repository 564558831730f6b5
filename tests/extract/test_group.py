from kg.extract.brackets import pairs
from kg.extract.glosses import match
from kg.extract.group import Candidate, group
from kg.extract.spans import Mention, read
from kg.extract.text import of_entry
from kg.extract.translations import join, translations
from kg.lexicon import Lexicon


def grouped(nlp, text):
    doc = nlp(text)
    return [set(c.names) for c in group(text, read(doc), pairs(text), Lexicon.load())]


def one(groups, *names):
    return any(set(names) <= g for g in groups)


def test_bracket_joins_three_names(nlp):
    groups = grouped(nlp, "提出了面部身份保持网络（Face Identity Preserving Network, FIPN）。FIPN很快。")
    assert one(groups, "面部身份保持网络", "Face Identity Preserving Network", "FIPN")


def test_lexicon_joins_across_languages(nlp):
    assert one(grouped(nlp, "Image Restoration\n图像恢复很难"), "Image Restoration", "图像恢复")


def test_generic_tail_joins(nlp):
    assert one(grouped(nlp, "SyncTest是新的。SyncTest模型很快。"), "SyncTest", "SyncTest模型")


def test_versions_stay_apart(nlp):
    groups = grouped(nlp, "比较了GPT-3与GPT-4，以及CIFAR-10与CIFAR-100。")
    for name in ("GPT-3", "GPT-4", "CIFAR-10", "CIFAR-100"):
        assert sum(name in g for g in groups) == 1
        assert not any(name in g and g & {"GPT-3", "GPT-4", "CIFAR-10", "CIFAR-100"} != {name} for g in groups)


def test_ambiguous_name_follows_its_bracket(nlp):
    groups = grouped(nlp, "我们用语音分离（SD）模块，SD很有效。")
    assert one(groups, "语音分离", "SD")


def test_glosses_compare_names():
    right, wrong = match("motion stylization", "运动风格化"), match("motion stylization", "图像分割")
    assert right.likeness > 0.8 > 0.1 > wrong.likeness


def test_translations_join_the_best_pair(nlp, make_entry):
    entry = make_entry(
        "Video Colorization of Old Films",
        "研究老电影视频上色问题，并改进光流估计网络。",
        "We study old film video colorization and improve the optical flow estimation network.",
    )
    text = of_entry(entry)
    candidates = group(text.string, read(nlp(text.string)), pairs(text.string), Lexicon.load())
    found = translations(candidates, text, [p.start for p in text.pieces])
    names = [set(c.names) for c in join(candidates, found, {"likeness": 4.0, "bias": -2.0}, 0.5)]
    assert len(names) < len(candidates)
    assert not any({"光流估计", "video colorization"} <= n for n in names)


def test_a_candidate_whose_first_names_are_coined_has_no_translation(make_entry):
    text = of_entry(make_entry("Deep Dreams", "FooNet BarNet BazNet 深度梦境"))
    spans = ("FooNet", "BarNet", "BazNet", "Deep Dreams"), ("深度梦境",)
    candidates = [
        Candidate(
            tuple(Mention(text.string.index(n), text.string.index(n) + len(n), "shape") for n in names), names, ""
        )
        for names in spans
    ]
    assert translations(candidates, text, [0, 12]) == []


def test_what_is_made_with_a_thing_is_no_translation_of_it(make_entry):
    text = of_entry(make_entry("U-Net", "U-Net解码 使用U-Net做大"))
    candidates = [
        Candidate((Mention(text.string.index(n), text.string.index(n) + len(n), "shape"),), (n,), "")
        for n in ("U-Net", "U-Net解码", "U-Net做大")
    ]
    assert translations(candidates, text, [0, 6]) == []
