"""The command line: what it prints where, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from kg import console, pipeline, registry
from kg.cli import main
from kg.errors import PluginError
from kg.export.base import Option, Summary, exporter
from kg.store import Graph

COMMANDS = (
    "build",
    "stats",
    "show",
    "query",
    "shell",
    "export",
    "serve",
    "annotate",
    "train",
    "eval",
    "schema",
    "plugins",
)
DIGEST = """# Topic: Image Generation｜

## Adding Conditional Control to Text-to-Image Diffusion Models

2023.02.10｜Stanford｜ICCV 2023

https://arxiv.org/abs/2302.05543

ControlNet为文本到图像的扩散模型加上空间条件，它锁住Stable Diffusion的权重，只训练一份可学习的副本。
"""


@pytest.fixture
def run(monkeypatch):
    """Run a command in this process."""
    monkeypatch.delenv("KG_GRAPH", raising=False)
    return lambda *args, **options: CliRunner().invoke(main, [str(a) for a in args], **options)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder with one digest in `in/`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(DIGEST, encoding="utf-8")
    return tmp_path


def kg(*args, **options):
    """Run a command as a process of its own."""
    environment = {**os.environ, **options.pop("env", {})}
    environment.pop("KG_GRAPH", None)
    command = [sys.executable, "-m", "kg", *map(str, args)]
    return subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False, **options)


# Help and start-up


def test_help_lists_all_commands(run):
    result = run("--help")
    assert result.exit_code == 0
    at = [result.stdout.index(f"\n  {name} ") for name in COMMANDS]
    assert at == sorted(at)
    assert tuple(main.commands) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_ends_with_an_example(run, command):
    result = run(command, "--help")
    text, _, options = result.stdout.partition("\nOptions:")
    assert result.exit_code == 0
    assert f"kg {command}" in text[text.index("Example") :]
    assert all(option in options for option in ("--graph", "--quiet", "--verbose", "--help"))


def test_help_loads_nothing_heavy():
    heavy = (
        "spacy duckdb pyarrow networkx numpy rich rapidfuzz msgspec kg.store kg.pipeline kg.schema importlib.metadata"
    )
    code = f"import sys, kg.cli; print(*sorted(set({heavy.split()!r}) & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert loaded.stdout.split() == []


def test_help_is_fast():
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        assert kg("--help").returncode == 0
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.5


def test_version(run):
    assert run("--version").stdout == "kg, version 0.1.0\n"


def test_no_colour_codes_outside_a_terminal(run, sample_folder):
    for command in (["stats"], ["show", "CLIP"], ["schema"], ["plugins"]):
        result = run(*command, "-g", sample_folder)
        assert result.exit_code == 0 and "\x1b" not in result.output
        assert not any(line.endswith(" ") for line in result.stdout.splitlines())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("kg sho", "show"),
        ("kg export gr", "graphml"),
        ("kg export html --type Da", "Dataset"),
        ("kg export html --relation eval", "EVALUATED_ON"),
        ("kg show X --type Pa", "Paper"),
        ("kg build --pipeline fa", "fast"),
    ],
)
def test_shell_completion(run, words, expected):
    count = str(len(words.split()) - 1)
    environment = {"_KG_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count}
    assert run(env=environment, prog_name="kg").stdout.split() == [f"plain,{expected}"]


# The graph folder


def test_the_graph_option_may_stand_before_or_after_the_command(run, tiny_folder):
    assert run("-g", tiny_folder, "stats").stdout == run("stats", "-g", tiny_folder).stdout
    assert run("-g", "elsewhere", "stats", "-g", tiny_folder).exit_code == 0


def test_the_graph_is_found_by_environment_or_upwards(run, tiny_folder, monkeypatch):
    assert run("stats", env={"KG_GRAPH": str(tiny_folder)}).exit_code == 0
    below = tiny_folder.parent / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert run("stats").exit_code == 0


@pytest.mark.parametrize("command", [["stats"], ["show", "X"], ["export", "csv", "-o", "out"], ["build"]])
def test_without_a_graph(run, here, command):
    result = run(*command)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Error: there is no graph in graph: build one with `kg build SOURCE...")


# build


def test_build_reports_and_says_where_to_go_next(run, here):
    result = run("build", "in")
    assert result.exit_code == 0, result.output
    assert "1 paper from 1 file in " in result.stdout and "graph in graph" in result.stdout
    assert "1 HAS_TOPIC" in result.stdout
    assert "left out: 0 files or entries, 0 copied paragraphs, 0 refusals" in result.stdout
    assert "next: kg stats" in result.stdout
    assert result.stderr == ""


def test_build_names_skipped_files_on_standard_error(run, here):
    for n in range(12):
        (here / "in" / f"void{n:02}.md").touch()
    result = run("build", "in")
    lines = result.stderr.splitlines()
    assert lines[0].startswith("skipped: in/void00.md is empty")
    assert len(lines) == 11 and lines[-1] == "… and 2 more: kg stats --all"
    assert "left out: 12 files or entries" in result.stdout
    assert len(run("build", "in", "-v").stderr.splitlines()) == 12
    assert run("stats", "--all").stdout.count("is empty") == 12


def test_build_strict_fails_on_the_first_bad_file(run, here):
    (here / "in" / "void.md").touch()
    result = run("build", "in", "--strict")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "in/void.md is empty" in result.stderr and "--strict" in result.stderr
    assert not (here / "graph" / "manifest.json").exists()


def test_build_again_needs_no_sources(run, here):
    assert run("build", "in", "-q").output == ""
    (here / "in" / "b.md").write_text(DIGEST.replace("2302.05543", "2302.05544").replace("Adding", "More"), "utf-8")
    result = run("build", "--json")
    figures = json.loads(result.stdout)
    assert figures["stats"]["nodes"]["Paper"] == 2 and figures["seconds"] > 0
    assert result.stderr == ""


def test_build_from_standard_input(run, here):
    result = kg("build", "-", input=DIGEST.encode(), cwd=here)
    assert (result.returncode, result.stderr) == (0, b"")
    assert "1 paper from 1 file" in result.stdout.decode()


def test_build_of_what_is_not_there(run, here):
    result = run("build", "inn")
    assert result.exit_code == 2 and result.stderr == "Error: inn does not exist: did you mean in?\n"


def test_build_while_another_builds(run, here):
    with pipeline.locked(here / "graph", 0):
        result = run("build", "in")
    assert result.exit_code == 5 and "another build" in result.stderr


def test_build_with_an_unknown_pipeline(run, here):
    result = run("build", "in", "--pipeline", "magic")
    assert result.exit_code == 2 and "'magic' is no pipeline: choose from accurate, fast, llm" in result.stderr


def test_progress_is_for_terminals_only(monkeypatch, capsys):
    with console.progress(wanted=True) as report:
        report("reading", 1, 2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with console.progress(wanted=False) as report:
        report("reading", 1, 2)
    assert capsys.readouterr() == ("", "")
    with console.progress(wanted=True) as report:
        report("reading", 1, 2)
        report("reading", 2, 2)
    out, err = capsys.readouterr()
    assert out == "" and "reading" in err and "2/2" in err


# stats


def test_stats_shows_counts_tops_and_what_was_left_out(run, tiny_folder):
    out = run("stats", "-g", tiny_folder).stdout
    assert "4 papers from 3 files, 2022-08-25 to 2023-07-04, 1 without a date" in out
    assert "pipeline fast" in out and "schema 1.0" in out
    assert "     3  diffusion model  扩散模型" in out
    assert (
        "1 copied: paragraphs that stand in another paper's entry\n  in/a.md:50 repeats a paragraph of in/a.md:20."
        in out
    )


def test_stats_lines_up_chinese(run, tiny_folder):
    lines = run("show", "扩散模型", "-g", tiny_folder).stdout.splitlines()
    assert lines[0] == "diffusion model / 扩散模型  [Method]"
    rows = run("stats", "-g", tiny_folder).stdout.splitlines()
    start = rows.index("Task: most papers")
    assert rows[start + 1 : start + 3] == ["papers  name             also", "     1  personalization  个性化生成"]


def test_stats_json(run, tiny_folder):
    figures = json.loads(run("stats", "-g", tiny_folder, "--json").stdout)
    assert figures["edges"]["USES"] == 4
    assert {d["reason"] for d in figures["dropped"]} == {"empty", "copied", "refusal", "no-papers"}


# show


def test_show_prints_neighbours_with_evidence(run, tiny_folder):
    lines = run("show", "扩散模型", "-g", tiny_folder, "-n", "2").stdout.splitlines()
    start = lines.index("USES ← 3")
    assert lines[start + 1 : start + 4] == [
        "  2023-07-04  0.90  SDXL: Improving Latent Diffusion Models",
        "    SDXL是潜在空间里的扩散模型。",
        "    in/a.md:90",
    ]
    assert lines[-1] == "  … and 1 more (--limit)"


def test_show_marks_the_name_on_a_terminal(run, tiny_folder):
    out = run("show", "扩散模型", "-g", tiny_folder, env={"FORCE_COLOR": "1", "TERM": "xterm"}).stdout
    assert "SDXL是潜在空间里的\x1b[1m扩散模型\x1b[0m。" in out


def test_show_counts_mentions_and_names_others(run, tiny_folder):
    out = run("show", "Stable Diffusion", "-g", tiny_folder).stdout
    assert "MENTIONS  1  (--mentions shows them)" in out
    assert "MENTIONS ← 1" in run("show", "Stable Diffusion", "-g", tiny_folder, "--mentions").stdout
    out = run("show", "DreamBooth", "-g", tiny_folder).stdout
    assert "That name also fits DreamBooth (--type Model, id model:dreambooth)." in out


def test_show_a_paper(run, tiny_folder):
    out = run("show", "2208.12242", "-g", tiny_folder).stdout
    assert out.startswith("DreamBooth: Fine Tuning Text-to-Image Diffusion Models  [Paper]\nid")
    assert "PROPOSES → 1\n  0.90  DreamBooth  [Model]\n    本文提出DreamBooth方法。" in out


def test_show_json(run, tiny_folder):
    shown = json.loads(run("show", "SDXL", "-g", tiny_folder, "--json").stdout)
    assert shown["node"]["id"] == "model:stablediffusionxl"
    evidence = shown["relations"][0]["neighbours"][0]["evidence"]
    assert evidence["sentence"][evidence["start"] : evidence["end"]] == "SDXL"


def test_show_what_is_not_there(run, tiny_folder):
    result = run("show", "stabel difusion", "-g", tiny_folder)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith(
        "Error: no entity or paper is called 'stabel difusion': the nearest names are Stable"
    )
    assert run("show", b"\xff".decode("utf-8", "surrogateescape"), "-g", tiny_folder).exit_code == 4


@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}])
def test_chinese_goes_in_and_out_whatever_the_locale(tiny_folder, locale):
    result = kg("show", "扩散模型", "-g", tiny_folder, env=locale)
    assert result.returncode == 0 and "扩散模型" in result.stdout.decode("utf-8")


def test_a_reader_that_leaves_is_no_error(tiny_folder):
    command = [sys.executable, "-m", "kg", "show", "SDXL", "-g", str(tiny_folder), "--json"]
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)
    assert result.stderr == b""


# export


@pytest.mark.parametrize("target", ["csv", "graphml", "html", "jsonl"])
def test_export_writes_and_says_what(run, sample_folder, tmp_path, target):
    out = tmp_path / "out"
    result = run("export", target, "-o", out, "-g", sample_folder, "--type", "Model", "--min-papers", "2")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"wrote {out}") and result.stdout.endswith(
        " edges (passing mentions left out: --mentions)\n"
    )
    assert run("export", target, "-o", out, "-g", sample_folder, "-q").output == ""


def test_export_selects(run, tiny_folder, tmp_path):
    run(
        "export",
        "jsonl",
        "-o",
        tmp_path,
        "-g",
        tiny_folder,
        "--type",
        "method",
        "--relation",
        "uses",
        "--since",
        "2023",
    )
    edges = [json.loads(line) for line in (tmp_path / "edges.jsonl").read_text("utf-8").splitlines()]
    assert {(e["source"], e["type"], e["target"]) for e in edges} == {
        ("paper:arxiv:2302.05543", "USES", "method:diffusionmodel"),
        ("paper:arxiv:2307.01952", "USES", "method:diffusionmodel"),
    }


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--type", "Modell"], "'Modell' is no type: choose from Topic, Task, Model"),
        (["--type", "Paper"], "'Paper' is no type"),
        (["--relation", "USE"], "'USE' is no relation: choose from PROPOSES, USES"),
        (["--since", "2024.03"], "'2024.03' is no date: write 2024, 2024-03 or 2024-03-13"),
        (["--until", "2023-02-29"], "'2023-02-29' is no date"),
        (["--min-confidence", "2"], "is not in the range"),
        (["--size", "3"], "No such option"),
        (["--topic", "Image Gneration"], "nothing in"),
        (["--since", "2050"], "nothing was written"),
    ],
)
def test_export_refuses(run, tiny_folder, tmp_path, options, why):
    result = run("export", "csv", "-o", tmp_path / "out", "-g", tiny_folder, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    assert not (tmp_path / "out").exists()


def test_export_to_an_unknown_target(run, tiny_folder):
    result = run("export", "exe", "-o", "x", "-g", tiny_folder)
    assert result.exit_code == 2 and "choose from csv, graphml, html" in result.stderr


@pytest.fixture
def exporters(monkeypatch):
    """Two exporters in place of csv and jsonl that only say what they were given."""
    seen = {}

    @exporter(".txt", size=Option("How many."))
    def to_file(graph, out, *, size=3, bold=False, progress=None):
        """A file."""
        seen.update(size=size, bold=bold, out=out)
        progress("writing", 1, 1)
        return [out]

    @exporter(server=True, uri=Option("Where.", "KG_TEST_URI"), password=Option("Password", "KG_TEST_SECRET", True))
    def to_server(graph, *, uri="", password=""):
        """A server."""
        seen.update(uri=uri, password=password)
        return Summary(("what", "written"), (("Model", 1200),), ("All is well.",), ("written",))

    parts = {"csv": to_file, "jsonl": to_server}
    load = registry.load
    monkeypatch.setattr(registry, "load", lambda kind, name: parts.get(name) or load(kind, name))
    return seen


def test_export_options_of_a_target(run, tiny_folder, exporters):
    assert run("export", "csv", "-o", "x", "-g", tiny_folder, "--size", "5", "--bold").exit_code == 0
    assert exporters == {"size": 5, "bold": True, "out": Path("x")}
    result = run("export", "csv", "-o", "x", "-g", tiny_folder, "--size", "few")
    assert result.exit_code == 2 and "'few' is not a valid integer." in result.stderr
    result = run("export", "csv", "-o", "x", "-g", tiny_folder, "--colour", "red")
    assert result.exit_code == 2 and "No such option" in result.stderr
    result = run("export", "csv", "-g", tiny_folder)
    assert result.exit_code == 2 and "Missing option '-o'" in result.stderr


def test_export_to_a_server(run, tiny_folder, exporters):
    environment = {"KG_TEST_URI": "there", "KG_TEST_SECRET": "hush"}
    result = run("export", "jsonl", "-g", tiny_folder, env=environment)
    assert (result.exit_code, result.stdout) == (0, "what   written\nModel    1,200\nAll is well.\n")
    assert exporters == {"uri": "there", "password": "hush"}
    result = run("export", "jsonl", "-g", tiny_folder, "--uri", "here", env=environment)
    assert result.exit_code == 0 and exporters["uri"] == "here"
    result = run("export", "jsonl", "-g", tiny_folder, "--password", "hush")
    assert result.exit_code == 2 and "set KG_TEST_SECRET" in result.stderr and "hush" not in result.stderr
    assert "--password" not in run("export", "jsonl", "--help").stdout


# eval


@pytest.fixture
def gold(tmp_path) -> Path:
    """Gold for two papers of the tiny graph."""
    papers = [
        {
            "id": "sdxl",
            "title": "SDXL: Improving Latent Diffusion Models",
            "date": "2023-07-04",
            "arxiv_id": "2307.01952",
            "entities": [
                {"names": ["SDXL"], "type": ["Model"], "relations": ["PROPOSES"]},
                {"names": ["扩散模型"], "type": ["Method"], "relations": ["USES"]},
                {"names": ["COCO"], "type": ["Dataset"], "relations": ["EVALUATED_ON"]},
            ],
        },
        {
            "id": "cn",
            "title": "adding conditional control",
            "entities": [
                {"names": ["Stable Diffusion"], "type": ["Model"], "relations": ["USES", "COMPARES_WITH"]},
                {"names": ["diffusion model"], "type": ["Model"], "relations": ["USES"], "optional": False},
            ],
        },
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in papers), encoding="utf-8")
    return path


def test_eval_prints_figures(run, tiny_folder, gold):
    lines = run("eval", gold, "-g", tiny_folder).stdout.splitlines()
    assert lines[1].split() == ["entities", "0.750", "0.600", "0.667", "3", "1", "2"]
    assert lines[2].split() == ["entities,", "any", "type", "1.000", "0.800", "0.889", "4", "0", "1"]
    assert lines[3].split() == ["relations", "0.750", "0.500", "0.600", "3", "1", "3"]
    assert "2 gold papers, 2 of them in the graph" in lines


def test_eval_lists_errors_by_kind(run, tiny_folder, gold):
    out = run("eval", gold, "-g", tiny_folder, "--errors").stdout
    # Stable Diffusion's second relation costs one error, COCO two, a wrong type two with their relations.
    assert "Errors by kind\ncost  share  faults  papers  kind\n   4    57%       1       1  wrong type\n" in out
    assert "missed entity: 1\ncost  paper  what     name  note\n   2  sdxl   Dataset  COCO  EVALUATED_ON" in out
    assert out.index("wrong type: 1") < out.index("missed entity: 1") < out.index("missed relation: 1")
    assert "wrong type: 1\n" in out and "missed relation: 1\n" in out and "wrong relation" not in out


def test_eval_of_one_paper_as_json(run, tiny_folder, gold):
    figures = json.loads(run("eval", gold, "-g", tiny_folder, "--json", "--paper", "2307.01952", "--errors").stdout)
    assert figures["papers"] == 1 and figures["core_recall"] == 1.0
    assert figures["entity"] == {"precision": 1.0, "recall": 0.6667, "f1": 0.8, "right": 2, "wrong": 0, "missed": 1}
    assert [(e["kind"], e["name"], e["cost"]) for e in figures["errors"]] == [("missed entity", "COCO", 2)]
    assert figures["error_groups"]["kinds"][0]["cost"] == 2 and figures["error_groups"]["names"] == []
    assert figures["by_format"]["paperdaily"]["entity"] == figures["entity"]
    assert "calibration" not in figures
    assert run("eval", gold, "-g", tiny_folder, "--paper", "sd").exit_code == 4


def test_eval_shows_calibration(run, tiny_folder, gold):
    out = run("eval", gold, "-g", tiny_folder, "--calibration").stdout
    table = "confidence  edges   mean  right\n0.5-0.6         1  0.500  0.000\n0.9-1.0         3  0.947  1.000\n"
    assert f"Calibration\n{table}expected calibration error 0.165, 4 edges\n" in out
    figures = json.loads(run("eval", gold, "-g", tiny_folder, "--calibration", "--json").stdout)["calibration"]
    assert figures["error"] == 0.165 and figures["edges"] == 4
    assert figures["bins"][0] == {"low": 0.5, "high": 0.6, "edges": 1, "confidence": 0.5, "right": 0.0}
    assert "Calibration" not in run("eval", gold, "-g", tiny_folder).stdout


def test_eval_shows_formats_where_there_are_several(run, sample_folder, gold):
    titles = ("LoRA: Low-Rank Adaptation of Large Language Models", "DreamFusion: Text-to-3D using 2D Diffusion", "")
    lines = [
        json.dumps({"id": f"g{n}", "title": t, "entities": [{"names": ["X"], "type": ["Task"], "relations": []}]})
        for n, t in enumerate(titles)
    ]
    gold.write_text("\n".join(lines), "utf-8")
    out = run("eval", gold, "-g", sample_folder).stdout
    assert "By format of the digest\n" in out and "huggingarxiv, paperdaily       1" in out
    gold.write_text(lines[0], "utf-8")
    assert "By format" not in run("eval", gold, "-g", sample_folder).stdout


def test_eval_names_papers_that_are_not_there(run, tiny_folder, gold):
    titles = ["DreamBooth: Fine Tuning Text-to-Image Diffusion Models", *(f"No {n}" for n in range(12))]
    lines = [f'{{"id": "g{n - 1}", "title": "{title}", "entities": []}}\n' for n, title in enumerate(titles)]
    gold.write_text("".join(lines), "utf-8")
    lines = run("eval", gold, "-g", tiny_folder).stdout.splitlines()
    assert lines[-2:] == [
        "13 gold papers, 1 of them in the graph",
        "not there: g0, g1, g2, g3, g4, g5, g6, g7, g8, g9 … and 2 more",
    ]


def test_eval_names_a_bad_line(run, tiny_folder, gold):
    with gold.open("a", encoding="utf-8") as file:
        file.write('{"id": "x"}\n')
    result = run("eval", gold, "-g", tiny_folder)
    assert (
        result.exit_code == 2
        and "gold.jsonl:3 is no gold paper: Object missing required field `title`" in result.stderr
    )


# schema and plugins


def test_schema_is_readable_and_a_json_schema(run):
    out = run("schema").stdout
    assert "PROPOSES" in out and "A named dataset, corpus or benchmark" in out and "Attributes of PUBLISHED_IN" in out
    schema = json.loads(run("schema", "--json").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_an_export_fits_the_schema(run, tiny_folder, tmp_path):
    run("export", "jsonl", "-o", tmp_path, "-g", tiny_folder, "--mentions")
    validator = jsonschema.Draft202012Validator(json.loads(run("schema", "--json").stdout))
    lines = [
        json.loads(x) for f in ("nodes", "edges") for x in (tmp_path / f"{f}.jsonl").read_text("utf-8").splitlines()
    ]
    assert len(lines) > 20
    for line in lines:
        validator.validate(line)


def test_plugins_are_listed_with_their_package(run):
    found = json.loads(run("plugins", "--json").stdout)
    assert {p["kind"] for p in found} == {"readers", "extractors", "exporters"}
    assert all(p["description"] and p["package"].startswith("kg-digests ") for p in found)
    assert "CSV for spreadsheets" in run("plugins").stdout


def test_a_broken_plugin_is_named_and_the_others_stand(run, monkeypatch):
    load = registry.load

    def broken(kind, name):
        if name == "csv":
            raise PluginError("the exporter 'csv' (x:y) does not load: no module x")
        return load(kind, name)

    monkeypatch.setattr(registry, "load", broken)
    result = run("plugins")
    assert result.exit_code == 0
    assert "does not load: no module x" in result.stdout and "GraphML" in result.stdout


# How errors end


def test_an_unexpected_error_asks_for_a_report(run, tiny_folder, monkeypatch):
    def fail(*_):
        raise ValueError("what now")

    monkeypatch.setattr(Graph, "counts", fail)
    result = run("stats", "-g", tiny_folder)
    assert result.exit_code == 70
    assert result.stderr.startswith(
        "Error: kg broke on something unexpected (ValueError: what now); please run it again"
    )
    assert len(result.stderr.splitlines()) == 1
    for arguments in (["stats", "-v"], ["-v", "stats"]):
        result = run(*arguments, "-g", tiny_folder)
        assert isinstance(result.exception, ValueError)


@pytest.mark.parametrize("also", [KeyboardInterrupt, ImportError])
def test_an_interruption(run, tiny_folder, monkeypatch, also):
    def interrupted(*_):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise also from None

    monkeypatch.setattr(Graph, "counts", interrupted)
    before = signal.getsignal(signal.SIGINT)
    result = run("stats", "-g", tiny_folder)
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == "interrupted; the last graph is as it was\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_an_unknown_option_or_command_is_a_usage_error(run):
    assert run("stats", "--nope").exit_code == 2
    assert run("statz").exit_code == 2


def test_a_terminal_wraps_text_but_never_a_place(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "30")
    console.emit(console.unbroken("  in/a/long/folder/名字.md:12345"), console.indented(2, "text " * 10))
    place, *lines = capsys.readouterr().out.splitlines()
    assert place == "  in/a/long/folder/名字.md:12345"
    assert len(lines) == 2 and all(line.startswith("  text") and len(line) <= 30 for line in lines)


def test_a_page_of_a_part_says_so(run, sample_folder, tmp_path):
    out = tmp_path / "part.html"
    whole = run("-g", sample_folder, "export", "html", "-o", out, "--limit", 1_000_000)
    assert "edges" in whole.stdout and "best connected" not in whole.stdout
    result = run("-g", sample_folder, "export", "html", "-o", out, "--limit", 20)
    assert f"wrote {out}: the 20 nodes best connected of " in result.stdout
    around = run("-g", sample_folder, "export", "html", "-o", out, "--focus", "CLIP", "--hops", 1)
    assert "nearest to the focus of " in around.stdout


def test_eval_of_papers_that_are_not_there_says_so(run, sample_folder, tmp_path):
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "x", "title": "No Such Paper", "entities": []}\n')
    result = run("-g", sample_folder, "eval", gold)
    assert result.exit_code == 2
    assert "none of the 1 paper in" in result.stderr and "-g" in result.stderr
