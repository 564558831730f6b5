"""The build as a whole: the same bytes whatever the way, and nothing lost."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kg import pipeline, store, work
from kg.errors import BusyError, GraphNotFoundError, InputError, PluginError
from kg.pipeline import DEFAULT_PIPELINE, build, locked
from kg.resources import resource
from kg.store import open_graph, write_graph

ENTRY = """# Topic: Image Generation｜

## {title}

2024.01.2{day}｜NTU

本文提出了一种名为{name}的模型，用于图像恢复任务。{name}采用SDXL作为生成先验，并在DIV2K数据集上使用PSNR和LPIPS进行评估。
"""


def digest(day, name, title=None):
    return ENTRY.format(day=day, name=name, title=title or f"{name}: A Model for Image Restoration Number {day}")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with three small digests in `in/`."""
    monkeypatch.chdir(tmp_path)
    for day, name in enumerate(("RestoA", "RestoB", "RestoC"), 1):
        path = tmp_path / "in" / f"day{day}" / "digest.md"
        path.parent.mkdir(parents=True)
        path.write_text(digest(day, name), encoding="utf-8")
    return tmp_path


def bytes_of(graph: Path) -> dict[str, str]:
    """Digest of every file of a graph but its cache and lock."""
    files = (p for p in sorted(graph.rglob("*")) if p.is_file())
    return {
        str(p.relative_to(graph)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in files
        if p.relative_to(graph).parts[0] not in ("cache", "build.lock")
    }


def count_extractions(monkeypatch):
    """Names of the entries that are really extracted from now on."""
    seen = []
    extractor = work._extractor(DEFAULT_PIPELINE)
    real = extractor.extract

    class Counting:
        name, version = extractor.name, extractor.version

        def extract(self, entry):
            seen.append(entry.title.partition(":")[0])
            return real(entry)

    monkeypatch.setattr(work, "_extractor", lambda name: Counting())
    return seen


def test_building_twice_gives_the_same_bytes(folder):
    build(["in"], Path("g1"), jobs=1)
    build(["in"], Path("g2"), jobs=1)
    assert bytes_of(Path("g1")) == bytes_of(Path("g2"))
    before = bytes_of(Path("g1"))
    build(["in"], Path("g1"), jobs=1)
    assert bytes_of(Path("g1")) == before


def test_the_order_of_sources_does_not_matter(folder):
    days = ["in/day1", "in/day2/digest.md", "in/day3"]
    build(days, Path("g1"), jobs=1)
    build(days[::-1], Path("g2"), jobs=1)
    assert bytes_of(Path("g1")) == bytes_of(Path("g2"))


def test_worker_processes_give_the_same_bytes(folder, monkeypatch):
    build(["in"], Path("g1"), jobs=1)
    monkeypatch.setattr(work, "_SMALL", 0)
    build(["in"], Path("g2"), jobs=2)
    assert bytes_of(Path("g1")) == bytes_of(Path("g2"))


def test_a_grown_folder_is_read_where_it_is_new_and_equals_a_build_from_scratch(folder, monkeypatch):
    build(["in"], Path("g"), jobs=1)
    seen = count_extractions(monkeypatch)
    new = folder / "in" / "day4" / "digest.md"
    new.parent.mkdir()
    new.write_text(digest(4, "RestoD"), encoding="utf-8")
    build(["in"], Path("g"), jobs=1)
    assert seen == ["RestoD"]
    build(["in"], Path("scratch"), jobs=1)
    assert bytes_of(Path("g")) == bytes_of(Path("scratch"))


def test_what_changed_is_read_again_and_what_was_deleted_is_forgotten(folder, monkeypatch):
    build(["in"], Path("g"), jobs=1)
    seen = count_extractions(monkeypatch)
    (folder / "in/day1/digest.md").write_text(digest(1, "RestoX"), encoding="utf-8")
    shutil.rmtree(folder / "in/day2")
    build(["in"], Path("g"), jobs=1)
    assert seen == ["RestoX"]
    names = {node.name for node in open_graph(Path("g")).nodes()}
    assert {"RestoX", "RestoC"} <= names
    assert not {"RestoA", "RestoB"} & names
    build(["in"], Path("scratch"), jobs=1)
    assert bytes_of(Path("g")) == bytes_of(Path("scratch"))


def test_a_broken_shard_is_made_again(folder):
    build(["in"], Path("g"), jobs=1)
    expected = bytes_of(Path("g"))
    for shard in Path("g/cache").rglob("*.parquet"):
        shard.write_bytes(shard.read_bytes()[:100])
    build(["in"], Path("g"), jobs=1)
    assert bytes_of(Path("g")) == expected


def test_a_copied_paragraph_gives_no_edges_also_across_files(folder):
    copied = (
        "在实验部分，我们在DeepFashion数据集上进行了全面的评估，"
        "并与FashionNet以及其他服装检索方法做了细致的比较，所得到的效果更好。"
    )
    owner = digest(5, "FashionSeek", "FashionSeek: Retrieval of Fashion Clothes").replace("图像恢复", "服装检索")
    (folder / "in/day2/owner.md").write_text(owner + f"\n服装检索需要理解服装的款式。\n\n{copied}\n", encoding="utf-8")
    with (folder / "in/day1/digest.md").open("a", encoding="utf-8") as file:
        file.write(f"\n{copied}\n")
    built = build(["in"], Path("g"), jobs=1)
    (drop,) = [d for d in built.dropped if d.reason == "copied"]
    assert drop.source.file == "in/day1/digest.md"
    assert drop.other is not None
    assert drop.other.file == "in/day2/owner.md"
    rows = built.graph.sql(
        "SELECT p.title FROM edge e JOIN paper p ON p.id = e.source JOIN node n ON n.id = e.target "
        "WHERE n.name = 'DeepFashion'"
    )
    assert {row[0].partition(":")[0] for row in rows} == {"FashionSeek"}


def test_papers_of_one_line_stay_apart(folder):
    papers = [{"title": f"Paper number {n}", "summary": f"本文提出了名为LineNet{n}的模型。"} for n in range(3)]
    (folder / "one.json").write_text(json.dumps(papers, ensure_ascii=False), encoding="utf-8")
    graph = build(["one.json"], Path("g"), jobs=1).graph
    rows = graph.sql(
        "SELECT p.title, n.name FROM edge e JOIN paper p ON p.id = e.source JOIN node n ON n.id = e.target "
        "WHERE n.name LIKE 'LineNet%'"
    )
    assert set(rows) == {(f"Paper number {n}", f"LineNet{n}") for n in range(3)}


def test_bad_files_are_left_out_with_one_sentence_each_or_fail_the_build(folder):
    (folder / "in/empty.md").write_text("")
    (folder / "in/binary.md").write_bytes(b"\x00\x01\x02" * 50)
    (folder / "in/latin.md").write_bytes("# Étude\n\ncafé".encode("latin-1"))
    (folder / "in/half.jsonl").write_text('{"title": "A Paper on Vision", "summary": "We prop', encoding="utf-8")
    built = build(["in"], Path("g"), jobs=1)
    reasons = {d.source.file: d.reason for d in built.dropped}
    assert reasons["in/empty.md"] == "empty"
    assert reasons["in/binary.md"] == "binary"
    assert reasons["in/latin.md"] == "undecodable"
    assert reasons["in/half.jsonl"] == "half-written"
    for d in built.dropped:
        assert d.source.file in d.detail
        assert "\n" not in d.detail
    before = bytes_of(Path("g"))
    with pytest.raises(InputError, match="--strict"):
        build(["in"], Path("g"), jobs=1, strict=True)
    assert bytes_of(Path("g")) == before


def test_a_source_without_papers_or_that_is_not_there_leaves_the_graph(folder):
    build(["in"], Path("g"), jobs=1)
    before = bytes_of(Path("g"))
    (folder / "empty").mkdir()
    for sources in (["empty"], ["nowhere"]):
        with pytest.raises(InputError, match=sources[0]):
            build(sources, Path("g"), jobs=1)
    with pytest.raises(PluginError, match="fast"):
        build(["in"], Path("g"), pipeline="magic", jobs=1)
    assert bytes_of(Path("g")) == before


def test_a_second_build_says_that_the_folder_is_busy_or_waits(folder):
    with locked(Path("g"), 0), pytest.raises(BusyError, match="another build"):
        build(["in"], Path("g"), jobs=1)
    build(["in"], Path("g"), jobs=1, wait=5)
    assert open_graph(Path("g")).counts()[0]["Paper"] == 3


@pytest.mark.parametrize("moment", [0.0, 0.15, 0.3, 0.5, 0.8])
def test_a_killed_build_leaves_the_last_graph_and_the_next_one_goes_on(folder, moment):
    build(["in"], Path("g"), jobs=1)
    last = bytes_of(Path("g"))
    for n in range(4, 10):
        (folder / f"in/day{n}").mkdir()
        (folder / f"in/day{n}/digest.md").write_text(digest(n % 10, f"Resto{n}"), encoding="utf-8")
    script = (
        "import sys, time; from kg import pipeline, work; from pathlib import Path; "
        "pipeline.build(['in'], Path('g'), jobs=1, progress=lambda *a: print('.', flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
    graph = open_graph(Path("g"))
    assert graph.counts()[0]["Paper"] in (3, 9)
    assert bytes_of(Path("g")).items() >= last.items() or graph.counts()[0]["Paper"] == 9
    build(["in"], Path("g"), jobs=1)
    build(["in"], Path("scratch"), jobs=1)
    assert bytes_of(Path("g")) == bytes_of(Path("scratch"))


def test_a_worker_that_dies_is_one_sentence_and_its_shards_stay(folder, monkeypatch):
    from kg.errors import KgError

    monkeypatch.setattr(work, "_SMALL", 0)
    with pytest.raises(KgError, match="worker process died"):
        list(work.map_chunks(os._exit, [3, 4], 2, 10))


def test_the_first_day_of_the_samples_reads_as_a_reader_would(tmp_path):
    """Whisper's second paragraph is AnimateDiff's; ControlNet builds on Stable Diffusion."""
    built = build([str(resource("data/digests"))], tmp_path / "g", jobs=1)
    graph = built.graph
    edges = set(
        graph.sql(
            "SELECT p.arxiv_id, e.type, n.name FROM edge e "
            "JOIN paper p ON p.id = e.source JOIN node n ON n.id = e.target"
        )
    )
    assert ("2302.05543", "PROPOSES", "ControlNet") in edges
    assert ("2302.05543", "USES", "Stable Diffusion") in edges
    assert not [e for e in edges if e[0] == "2212.04356" and "WebVid" in e[2]]
    assert {d.reason for d in built.dropped} >= {"copied", "refusal"}


def test_no_graph_is_one_sentence(tmp_path):
    with pytest.raises(GraphNotFoundError, match="kg build"):
        open_graph(tmp_path)
    (tmp_path / "manifest.json").write_text("{half")
    with pytest.raises(GraphNotFoundError, match="again"):
        open_graph(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 0}')
    with pytest.raises(GraphNotFoundError, match="another version"):
        open_graph(tmp_path)


def test_a_graph_that_is_current_is_not_made_again_but_a_damaged_one_is(folder, monkeypatch):
    built = build(["in"], Path("g"), jobs=1)
    before = bytes_of(Path("g"))
    written = []
    monkeypatch.setattr(pipeline, "write_graph", lambda *given: written.append(given) or write_graph(*given))
    again = build(["in"], Path("g"), jobs=1)
    assert (again.graph.manifest, again.dropped) == (built.graph.manifest, built.dropped)
    assert not written
    built.graph.table("edges").write_bytes(b"damaged")
    build(["in"], Path("g"), jobs=1)
    assert len(written) == 1
    assert bytes_of(Path("g")) == before


def test_row_groups_do_not_depend_on_how_the_rows_come(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_ROW_GROUP", 10)
    whole = pa.table({"id": [f"n{i}" for i in range(37)]})
    in_parts = pa.RecordBatchReader.from_batches(whole.schema, whole.to_batches(max_chunksize=7))
    for name, table in (("a", whole), ("b", in_parts), ("none", whole.slice(0, 0))):
        store._write_table(tmp_path / name, table)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert pq.read_table(tmp_path / "b") == whole
    assert pq.read_metadata(tmp_path / "b").num_row_groups == 4
    assert pq.read_table(tmp_path / "none").num_rows == 0


def test_what_a_killed_build_had_put_on_disk_goes_with_the_next(folder):
    left = Path("g/cache/linking")
    left.mkdir(parents=True)
    (left / "duckdb_temp_storage-0.tmp").write_bytes(b"left by a killed build")
    build(["in"], Path("g"), jobs=1)
    assert not left.exists()


def test_a_bug_of_an_extractor_names_the_entry(folder, monkeypatch):
    class Broken:
        name, version = "broken", "1"

        def extract(self, entry):
            raise ZeroDivisionError

    monkeypatch.setattr(work, "_extractor", lambda name: Broken())
    with pytest.raises(ZeroDivisionError) as caught:
        build(["in"], Path("g"), jobs=1)
    assert caught.value.__notes__ == ["This happened to the broken extractor in the entry at in/day1/digest.md:3."]


def test_another_reader_makes_the_graph_anew(folder, monkeypatch):
    build(["in"], Path("g"), jobs=1)
    before = open_graph(Path("g")).manifest["pipeline"]
    monkeypatch.setattr(work, "read_version", lambda: "another reader was installed")
    again = build(["in"], Path("g"), jobs=1)
    assert again.graph.manifest["pipeline"] != before


def test_a_graph_that_was_built_again_meanwhile_is_said(folder):
    build(["in"], Path("g"), jobs=1)
    with open_graph(Path("g")) as old:
        next(old.nodes())
        (folder / "in" / "day1" / "digest.md").unlink()
        build(["in"], Path("g"), jobs=1)
        for look in (old.nodes, old.edges):
            with pytest.raises(GraphNotFoundError, match="built again in the meantime"):
                list(look())


def test_ids_of_edges_are_made_of_their_identity(sample):
    for edge in sample.edges(evidence=False):
        identity = "\x1f".join((edge.source, edge.type, edge.target))
        assert edge.id == hashlib.sha256(identity.encode()).hexdigest()[:16]


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1}'])
def test_a_broken_manifest_is_one_sentence_and_the_next_build_mends_it(folder, text):
    build(["in"], Path("g"), jobs=1)
    whole = bytes_of(Path("g"))
    Path("g/manifest.json").write_text(text)
    with pytest.raises(GraphNotFoundError, match="again"):
        open_graph(Path("g"))
    build(["in"], Path("g"), jobs=1)
    assert bytes_of(Path("g")) == whole


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for the workers in /proc")
def test_workers_end_when_the_build_is_killed():
    code = "import time; from kg import work; list(work.map_chunks(time.sleep, [100, 100], 2, 1000))"
    build_process = subprocess.Popen([sys.executable, "-c", code])
    children = Path(f"/proc/{build_process.pid}/task/{build_process.pid}/children")

    def alive(worker):
        try:
            # A worker that has begun its work has threads; one that waits to be reaped has no command line.
            return b"spawn_main" in (worker / "cmdline").read_bytes() and len(list((worker / "task").iterdir())) > 1
        except OSError:
            return False

    def workers():
        return [p for p in (Path("/proc", pid) for pid in children.read_text().split()) if alive(p)]

    def within(seconds, condition):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not condition():
            time.sleep(0.1)
        return condition()

    try:
        assert within(60, lambda: len(workers()) == 2)
        left = workers()
    finally:
        build_process.kill()
        build_process.wait()
    assert within(20, lambda: not any(map(alive, left)))


def test_an_interrupted_build_keeps_what_it_has_extracted(folder, monkeypatch):
    # One folder is one chunk of work.
    flat = folder / "flat"
    flat.mkdir()
    for day, name in enumerate(("RestoA", "RestoB", "RestoC"), 1):
        (flat / f"{name}.md").write_text(digest(day, name), encoding="utf-8")
    build(["flat"], Path("scratch"), jobs=1)
    extractor = work._extractor(DEFAULT_PIPELINE)
    seen = []

    class Interrupted:
        name, version = extractor.name, extractor.version

        def extract(self, entry):
            seen.append(entry.title)
            if len(seen) == 2:
                raise KeyboardInterrupt
            return extractor.extract(entry)

    monkeypatch.setattr(work, "_extractor", lambda name: Interrupted())
    with pytest.raises(KeyboardInterrupt):
        build(["flat"], Path("g"), jobs=1)
    build(["flat"], Path("g"), jobs=1)
    again = {title for title in seen if seen.count(title) > 1}
    assert again == {seen[1]}
    assert bytes_of(Path("g")) == bytes_of(Path("scratch"))
