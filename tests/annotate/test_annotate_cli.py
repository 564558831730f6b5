"""`kg annotate`: what it writes and refuses, and the way from suggestions to figures."""

import json
import shutil

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.resources import resource

FILES = (
    "huggingarxiv/2021年06月/2021年06月17日/LoRA_Low-Rank_Adaptation_of_Large_Language_Models.md",
    "paperdaily/2024/2024-03-07.md",
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in a folder with some digests in `in/`."""
    monkeypatch.delenv("KG_GRAPH", raising=False)
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        shutil.copy(resource("data/digests") / name, tmp_path / "in" / name)
    return lambda *args: CliRunner().invoke(main, [str(a) for a in args])


def records(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_annotations_go_to_standard_output(run, tmp_path):
    result = run("annotate", "in", "-j", 1)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and result.stderr == ""
    assert [r["source"] for r in found] == [FILES[0], *[FILES[1]] * (len(found) - 1)] and len(found) > 3
    assert found[0]["arxiv_id"] == "2106.09685"
    assert any("LoRA" in e["names"] and e["relations"] == ["PROPOSES"] for e in found[0]["entities"])
    assert run("annotate", "in", "-o", "-").stdout == result.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]


def test_corrections_stay_and_papers_that_are_missing_are_added(run, tmp_path):
    path = tmp_path / "gold.jsonl"
    result = run("annotate", "in", "-o", "gold.jsonl", "--sample", 2)
    assert result.stdout.startswith("wrote 2 papers with ") and "--check gold.jsonl" in result.stdout
    corrected = path.read_bytes().replace(b'"entities": [', b'"entities":    [', 1)
    path.write_bytes(corrected)
    assert ", after 2 that it had\n" in run("annotate", "in", "-o", "gold.jsonl", "--sample", 1).stdout
    assert path.read_bytes().startswith(corrected) and len(records(path)) == 3
    run("annotate", "in", "-o", "gold.jsonl")
    whole = path.read_bytes()
    assert whole.startswith(corrected)
    assert len({r["id"] for r in records(path)}) == len(run("annotate", "in").stdout.splitlines()) == len(records(path))
    result = run("annotate", "in", "-o", "gold.jsonl")
    assert "gold.jsonl has all these papers already: nothing was added" in result.stdout
    assert path.read_bytes() == whole


def test_a_file_that_holds_something_else_is_left_alone(run, tmp_path):
    path = tmp_path / "notes.md"
    path.write_text("my notes\n")
    result = run("annotate", "in", "-o", "notes.md")
    assert result.exit_code == 2 and "notes.md:1 is no gold paper" in result.stderr
    assert path.read_text() == "my notes\n"


def test_the_texts_show_corrections(run, tmp_path):
    result = run("annotate", "in", "-o", "gold.jsonl", "--text", "--doubtful", 1)
    assert "wrote their texts to gold.texts.md" in result.stdout
    (record,) = records(tmp_path / "gold.jsonl")
    page = (tmp_path / "gold.texts.md").read_text("utf-8")
    named = [name for entity in record["entities"] for name in entity["names"]]
    assert f"## {record['title']}\n" in page and any(f"**{name}**" in page for name in named)
    record["entities"] = []
    (tmp_path / "gold.jsonl").write_text(json.dumps(record), "utf-8")
    run("annotate", "in", "-o", "gold.jsonl", "--text", "--sample", 1)
    page = (tmp_path / "gold.texts.md").read_text("utf-8")
    corrected = page[page.index(f"## {record['title']}\n") :].split("\n## ")[0]
    assert "**" not in corrected and page.count("\n## ") == 2


def test_a_page_that_is_someone_elses_stops_all(run, tmp_path):
    (tmp_path / "gold.texts.md").write_text("mine")
    result = run("annotate", "in", "-o", "gold.jsonl", "--text")
    assert result.exit_code == 2 and "gold.texts.md was not written by kg annotate" in result.stderr
    assert not (tmp_path / "gold.jsonl").exists()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "Missing argument 'SOURCE...'"),
        (["in", "--sample", 1, "--doubtful", 1], "--sample and --doubtful are two ways to choose"),
        (["in", "--text"], "give -o FILE.jsonl"),
        (["in", "--pipeline", "nope"], "'nope' is no pipeline: choose from"),
        (["inn"], "inn does not exist: did you mean in?"),
        (["--check", "none.jsonl"], "none.jsonl cannot be read"),
    ],
)
def test_what_annotate_refuses(run, options, why):
    result = run("annotate", *options)
    assert result.exit_code == 2 and why in result.stderr and result.stdout == ""


def test_files_that_cannot_be_read_are_named(run, tmp_path):
    (tmp_path / "in" / "void.md").touch()
    assert run("annotate", "in").stderr.startswith("skipped: in/void.md is empty")
    assert run("annotate", "in", "-q").stderr == ""


def test_check_names_errors_and_warnings(run, tmp_path):
    path = tmp_path / "gold.jsonl"
    run("annotate", "in", "-o", "gold.jsonl", "-q")
    assert run("annotate", "--check", "gold.jsonl", "in").stdout == "gold.jsonl is sound\n"
    good = records(path)
    good[0]["entities"][0]["names"].append("Large Langage Model")
    good[1]["entities"] = [{"names": ["GPT-9"], "type": ["Model"], "relations": ["USES"]}]
    path.write_text("".join(json.dumps(r) + "\n" for r in good), "utf-8")
    result = run("annotate", "--check", "gold.jsonl", "in")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "gold.jsonl:1: warning: 'Large Langage Model' does not stand in the text, but 'Large Language Models' does.",
        "gold.jsonl:2: warning: no name of this Model stands in the text: 'GPT-9'.",
        "gold.jsonl is sound: 2 warnings",
    ]
    assert run("annotate", "--check", "gold.jsonl").stdout == "gold.jsonl is sound\n"
    good[1]["entities"][0]["relations"] = ["TRAINED_ON"]
    path.write_text("".join(json.dumps(r) + "\n" for r in good), "utf-8")
    result = run("annotate", "--check", "gold.jsonl", "in", "-q")
    assert result.exit_code == 2 and result.stderr == "Error: gold.jsonl has 1 error.\n"
    assert result.stdout.startswith("gold.jsonl:2: GPT-9: a Model has no TRAINED_ON") and result.stdout.count("\n") == 1


def test_suggestions_are_what_a_build_finds(run, tmp_path):
    run("annotate", "in", "-o", "gold.jsonl")
    run("build", "in", "-q", "-j", 1)
    figures = json.loads(run("eval", "gold.jsonl", "--json").stdout)
    assert figures["papers_missing"] == [] and set(figures["by_format"]) == {"huggingarxiv", "paperdaily"}
    assert figures["entity"]["f1"] > 0.97 and figures["relation"]["f1"] > 0.97
    assert figures["metadata"]["date"]["right"] == figures["metadata"]["date"]["total"] > 0
