from __future__ import annotations

import pytest

from kg.read import read_file
from kg.records import Dropped

DIGEST = """# Topic: Generation｜

## Denoising Diffusion Probabilistic Models

2020.06.19｜UC Berkeley

DDPM用变分下界训练逐步去噪的网络，在CIFAR-10上取得了有竞争力的FID。
"""


def only(data: bytes) -> Dropped:
    result = read_file("a.md", data)
    assert not result.entries
    (report,) = result.dropped
    assert report.stage == "read"
    return report


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf\n", "\u200b\n".encode()])
def test_empty(data: bytes) -> None:
    assert only(data).reason == "empty"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(1, 32)) * 9])
def test_binary(data: bytes) -> None:
    assert only(data).reason == "binary"


def test_undecodable_names_byte_and_line() -> None:
    report = only(b"# A\nok\nb\xffad\n")
    assert report.reason == "undecodable"
    assert report.source.line == 3
    assert "byte 8 (line 3)" in report.detail


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_and_without_a_mark(encoding: str) -> None:
    (entry,) = read_file("a.md", DIGEST.encode(encoding)).entries
    assert entry.title == "Denoising Diffusion Probabilistic Models"
    assert entry.passages[0].line == 7


def test_windows_line_ends() -> None:
    (entry,) = read_file("a.md", DIGEST.replace("\n", "\r\n").encode()).entries
    assert [label.name for label in entry.institutions] == ["UC Berkeley"]
    assert entry.passages[0].text.endswith("的FID。")
    assert entry.passages[0].line == 7


def test_a_file_cut_inside_a_character_keeps_the_papers_before() -> None:
    second = DIGEST.replace("Denoising Diffusion Probabilistic", "Denoising Diffusion Implicit")
    data = (DIGEST + second).encode()[:-3]
    assert data.decode(errors="ignore").encode() != data
    result = read_file("a.md", data)
    assert [entry.title for entry in result.entries] == ["Denoising Diffusion Probabilistic Models"]
    assert [report.reason for report in result.dropped] == ["half-written"]


def test_a_lone_carriage_return_is_no_line_end() -> None:
    text = DIGEST.replace("FID", "F\rID\x0c")
    (entry,) = read_file("a.md", (text + "\n第二段说明去噪网络用U-Net实现。\n").encode()).entries
    assert entry.passages[1].line == 9
