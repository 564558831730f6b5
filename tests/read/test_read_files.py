from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.read import find_files


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("d/b.md", "d/a/x.md", "d/pic.PNG", "d/.git/c.md", "d/.hidden.md", "d/z.jsonl", "d/paper.pdf"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*sources: str) -> list[str]:
    return [file.name for file in find_files(sources)]


def test_a_folder_is_walked_without_hidden_files_and_pictures(folder: Path) -> None:
    assert names("d") == ["d/a/x.md", "d/b.md", "d/z.jsonl"]


def test_names_are_those_the_user_gave(folder: Path) -> None:
    assert names(str(folder / "d" / "a")) == [f"{folder.as_posix()}/d/a/x.md"]


def test_a_file_is_taken_as_it_is(folder: Path) -> None:
    assert names("d/pic.PNG") == ["d/pic.PNG"]


def test_a_file_named_twice_counts_once(folder: Path) -> None:
    assert names("d", "d/b.md") == names("d")
    assert len(names("d", "d/a/../b.md")) == len(names("d"))


def test_the_order_of_the_sources_does_not_count(folder: Path) -> None:
    assert find_files(["d/b.md", "-", "d/a"]) == find_files(["d/a", "d/b.md", "-"])


def test_a_dash_is_standard_input(folder: Path) -> None:
    (file,) = find_files(["-"])
    assert (file.name, file.path) == ("-", None)


def test_a_missing_source_is_answered_with_the_nearest_name(folder: Path) -> None:
    with pytest.raises(InputError, match=r"d/bb\.md does not exist: did you mean d/b\.md\?"):
        find_files(["d/bb.md"])


def test_a_missing_source_in_a_missing_folder(folder: Path) -> None:
    with pytest.raises(InputError, match="nowhere/b does not exist: give an existing folder or file"):
        find_files(["nowhere/b"])


def test_a_broken_link_in_a_folder_is_left_out(folder: Path) -> None:
    (folder / "d" / "gone.md").symlink_to(folder / "nowhere.md")
    assert "d/gone.md" not in names("d")


def test_bytes_of_a_file(folder: Path) -> None:
    assert find_files(["d/b.md"])[0].read() == b"text"
