from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kg import registry
from kg.errors import InputError
from kg.export.base import Exporter, GraphView, best_evidence, clean, exporter, flat, replacing
from kg.records import Edge, EdgeEvidence


def test_files_appear_together_and_whole(tmp_path: Path) -> None:
    one, two = tmp_path / "deep" / "one", tmp_path / "deep" / "two"
    with replacing(one, two) as (first, second):
        first.write(b"1")
        second.write(b"2")
        assert not one.exists() and not two.exists()
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
    assert sorted(path.name for path in one.parent.iterdir()) == ["one", "two"]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, FileNotFoundError])
def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path, failure: type[BaseException]) -> None:
    path = tmp_path / "graph"
    path.write_bytes(b"old")
    with pytest.raises(failure), replacing(path, tmp_path / "second") as (file, _):
        file.write(b"half")
        raise failure
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^cannot write .*graph: No space left"), replacing(tmp_path / "graph"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert not list(tmp_path.iterdir())


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is a folder"), replacing(tmp_path):
        pass


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match=r"^cannot write .*file"), replacing(tmp_path / "file" / "graph"):
        pass


def test_a_link_goes_on_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with replacing(tmp_path / "link") as (file,):
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_fits_into_xml_and_utf8(text: str) -> None:
    cleaned = clean(text)
    element = etree.Element("data")
    element.text = cleaned
    read = etree.fromstring(etree.tostring(element, encoding="utf-8"))
    assert (read.text or "") == cleaned
    assert len(cleaned) == len(text)
    assert clean(cleaned) == cleaned


@given(st.text(st.characters(categories=("L", "N", "P", "S", "M", "Zs"))))
def test_clean_changes_no_ordinary_text(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\x1f", "\x7f", "\ud800", "\udfff", "\ufffe", "\uffff", "\ufdd0"])
def test_clean_shows_where_a_character_was(bad: str) -> None:
    assert clean(f"SU{bad}PIR\t修复\r\n") == "SU\ufffdPIR\t修复\r\n"


def test_flat_joins_lists() -> None:
    assert flat(["a", "b\x00"]) == "a | b\ufffd"
    assert flat(("a",)) == "a"
    assert flat(0.5) == "0.5"


def test_best_evidence_is_the_first_of_the_strongest() -> None:
    proofs = tuple(EdgeEvidence(f"第{n}句", 0, 1, "", n, "cue", score) for n, score in enumerate((0.1, 0.9, 0.9)))
    assert best_evidence(Edge("e", "a", "b", "USES", {}, proofs)) == proofs[1]
    assert best_evidence(Edge("e", "a", "b", "USES")) is None


def test_an_exporter_describes_itself_and_refuses_unknown_options(tmp_path: Path, graph: GraphView) -> None:
    @exporter(".txt")
    def export(graph: GraphView, out: Path, *, size: int = 3) -> list[Path]:
        """Plain text.

        More of it.
        """
        return [out] * size

    assert (export.summary, export.suffix, export.folder, export.options) == ("Plain text.", ".txt", False, {"size": 3})
    assert export(graph, tmp_path, size=1) == [tmp_path]
    with pytest.raises(InputError, match=r"no option 'colour'; its options: size\."):
        export(graph, tmp_path, colour=1)


def test_every_exporter_is_registered_and_described() -> None:
    suffixes = {}
    for name in registry.names("exporters"):
        found = registry.load("exporters", name)
        assert isinstance(found, Exporter)
        assert 20 < len(found.summary) < 100
        suffixes[name] = found.suffix
    assert suffixes.items() >= {"csv": "", "graphml": ".graphml", "html": ".html", "jsonl": ""}.items()
