"""Everything that is wrong with a file of annotations, each with its line."""

import json

import pytest

from kg.annotate.check import check
from kg.errors import InputError

GOOD = {
    "id": "p1",
    "title": "A Title",
    "date": "2024-01-24",
    "arxiv_id": "2401.00001",
    "venue": None,
    "topics": [],
    "urls": ["https://x.org"],
    "source": "a.md",
    "entities": [
        {"names": ["SDXL", "Stable Diffusion XL"], "type": ["Model"], "relations": ["USES", "COMPARES_WITH"]},
        {"names": ["图像编辑"], "type": ["Task", "Method"], "relations": ["ADDRESSES", "USES"], "salient": True},
        {"names": ["CLIP"], "type": ["Model"], "relations": ["MENTIONS"], "optional": True},
    ],
}


def found(tmp_path, *lines, text=None, every=False):
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"\n".join(x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines))
    problems = check(path, None if text is None else (lambda paper: text.get(paper.id)), every)
    return [str(p).removeprefix(f"{path}:") for p in problems]


def entity(**fields):
    return {**GOOD, "entities": [{"names": ["X"], "type": ["Model"], "relations": ["USES"], **fields}]}


def test_a_good_file_has_no_problem(tmp_path):
    assert found(tmp_path, b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), b"", b"") == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b'{"id": ', "the line is no JSON: Expecting value: line 1 column 8 (char 7)."),
        (b"[1]", "the line is no JSON object."),
        (b"\xff", "the line is not UTF-8 text."),
        ({k: v for k, v in GOOD.items() if k != "title"}, "the paper has no title."),
        ({**GOOD, "title": " "}, "the paper's title is empty."),
        ({**GOOD, "title": 3}, "Expected `str`, got `int` - at `$.title`."),
        ({**GOOD, "entities": {}}, "the paper's entities must be a list."),
        ({**GOOD, "date": "24.01.2024"}, "'24.01.2024' is no date: write 2024, 2024-03 or 2024-03-13."),
        ({**GOOD, "date": "2024-02-30"}, "'2024-02-30' is no date: write 2024, 2024-03 or 2024-03-13."),
        ({**GOOD, "arxiv_id": "2401.00001v2"}, "'2401.00001v2' is no arXiv id without a version, such as 2401.13627."),
        ({**GOOD, "entities": ["SDXL"]}, "entity 1 is no JSON object."),
        (entity(names=[]), "entity 1: names must be a list with at least one text in it."),
        (entity(names="X"), "entity 1: names must be a list with at least one text in it."),
        (entity(names=["X", 3]), "X: names must be a list with at least one text in it."),
        (entity(names=["X", " - "]), "X: ' - ' is no name."),
        (entity(names=["X", "Y "]), "X: the name 'Y ' begins or ends with white space."),
        (entity(type="Model"), "X: type must be a list with at least one text in it."),
        (entity(type=["Modell"]), "X: 'Modell' is no entity type: choose from Model, Method, Dataset, Task, Metric."),
        (
            entity(relations=["USE"]),
            "X: 'USE' is no relation: choose from PROPOSES, USES, COMPARES_WITH, MENTIONS, TRAINED_ON, EVALUATED_ON, "
            "ADDRESSES, REPORTS.",
        ),
        (
            entity(type=["Dataset"]),
            "X: a Dataset has no USES: choose from PROPOSES, TRAINED_ON, EVALUATED_ON, MENTIONS.",
        ),
        (entity(relations=[]), "X: relations must be a list with at least one text in it."),
        (entity(optional="yes"), "X: optional must be true or false."),
        (entity(relations=["MENTIONS"]), "warning: X: what is only mentioned is optional; mark it so."),
        (entity(salient=True), "warning: X: salient is for tasks, and this is a Model."),
        (entity(names=["X", "X"]), "warning: X: 'X' stands in its names twice."),
        (entity(optinal=True), "warning: 'optinal' is no field of an entity and is ignored: did you mean optional?"),
        (
            {**GOOD, "zzz": 1},
            "warning: 'zzz' is no field of a paper and is ignored: it has id, title, entities, date, arxiv_id, venue, "
            "topics, institutions, urls, source, contaminated.",
        ),
    ],
)
def test_each_thing_that_is_wrong_is_said_once(tmp_path, line, sentence):
    assert found(tmp_path, b"", line) == [f"2: {sentence}"]


def test_all_problems_are_said_at_once(tmp_path):
    bad = {**GOOD, "id": "p2", "title": "Other", "arxiv_id": None}
    bad["entities"] = [{"names": ["X"], "type": ["Modell"], "relations": ["USE"]}, {"names": ["Y"]}]
    problems = found(tmp_path, b"no", bad, b"{")
    assert [p.split(": ")[0] for p in problems] == ["1", "2", "2", "2", "3"]


def test_a_relation_is_right_if_one_of_the_types_has_it(tmp_path):
    assert found(tmp_path, entity(type=["Dataset", "Task"], relations=["EVALUATED_ON", "ADDRESSES"])) == []
    assert len(found(tmp_path, entity(type=["Dataset", "Task"], relations=["USES"]))) == 1


def test_one_thing_twice_and_two_things_of_one_name(tmp_path):
    model = {"names": ["Dream Booth", "DB"], "type": ["Model", "Method"], "relations": ["USES"]}
    data = {"names": ["DreamBooth"], "type": ["Dataset"], "relations": ["EVALUATED_ON"]}
    again = {"names": ["db", "DREAMBOOTH"], "type": ["Method"], "relations": ["USES"], "optional": True}
    assert found(tmp_path, {**GOOD, "entities": [model, data]}) == []
    assert found(tmp_path, {**GOOD, "entities": [model, data, again]}) == [
        "1: entities 1 and 3 are both a Method called 'db': make them one."
    ]


def test_one_paper_twice(tmp_path):
    assert found(tmp_path, GOOD, GOOD)[0] == "2: the id 'p1' stands in line 1 too: one paper, one line."
    by_title = {**GOOD, "id": "p2", "title": "a title.", "arxiv_id": None}
    assert found(tmp_path, GOOD, by_title) == ["2: the title 'a title.' stands in line 1 too: one paper, one line."]
    renamed = {**GOOD, "id": "p2", "title": "Renamed"}
    assert found(tmp_path, GOOD, renamed) == [
        "2: warning: the arXiv id '2401.00001' stands in line 1 too: one paper to a graph."
    ]


def test_names_are_looked_for_in_the_text(tmp_path):
    names = [
        ["StableDiffusion"],
        ["图像编辑", "image editing"],
        ["ControlNett"],
        ["GPT-4", "GPT4"],
        ["diffusion models"],
    ]
    entities = [{"names": n, "type": ["Method"], "relations": ["USES"]} for n in names]
    text = {"p1": "使用Stable Diffusion做图像编辑，用 ControlNet 控制扩散，a diffusion model。"}
    expected = [
        "1: warning: 'ControlNett' does not stand in the text, but 'ControlNet' does.",
        "1: warning: no name of this Method stands in the text: 'GPT-4', 'GPT4'.",
    ]
    paper = {**GOOD, "entities": entities}
    assert found(tmp_path, paper, text=text) == expected
    also = "1: warning: 'image editing' (of '图像编辑') does not stand in the text: well if it is the standard name."
    assert found(tmp_path, paper, text=text, every=True) == [also, *expected]
    assert found(tmp_path, paper, text={}) == [
        "1: warning: no digest has the paper 'A Title': its names were not looked for."
    ]


def test_no_names_are_looked_for_where_the_entities_are_wrong(tmp_path):
    assert len(found(tmp_path, entity(type=["Modell"]), text={"p1": ""})) == 1


def test_a_file_with_nothing_in_it(tmp_path):
    with pytest.raises(InputError, match="holds no annotations"):
        found(tmp_path, b"", b" ")
    with pytest.raises(InputError, match="cannot be read"):
        check(tmp_path / "none.jsonl")
