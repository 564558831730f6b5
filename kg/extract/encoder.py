"""The fine-tuned encoder: what it says of each token, and the mentions that follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import spans
from kg.extract import text as layout
from kg.extract.edges import has_chinese
from kg.extract.onnx import session
from kg.extract.spans import Mention
from kg.extract.subwords import Subwords, Tokens, chunks
from kg.records import ENTITY_TYPES

TAGS = ("O", *(f"{side}-{kind}" for kind in ENTITY_TYPES for side in "BI"))
RELATIONS = ("PROPOSES", "USES", "COMPARES_WITH", "TRAINED_ON", "EVALUATED_ON", "ADDRESSES", "REPORTS")
IDENTITY = 48  # width of the identity vector
OUTPUTS = len(TAGS) + len(RELATIONS) + IDENTITY
CUE = "encoder"

_KEY = "kg.reading"
_LIKELY = 0.2  # that a token belongs to a mention
_MARKS = " \t\n（）()《》“”\"'‘’「」【】*`,，。：:、；;|"
_WORD = re.compile(r"[A-Za-z0-9]")
# 权 of 权重 after a Latin name: half a word that the sub-words cut.
_HALF = re.compile(r"(?<=[A-Za-z0-9])[\u4e00-\u9fff]$")
# What a bracket after a name holds: its other names. F(x) is one.
_BRACKET = re.compile(r"[（(](?:简称为?|以下简称|即|又称|也称|缩写为?)?[:：\s]*([^（）()]{2,})")
_PART = re.compile(r"[^,，、;；]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder says of the tokens of a text.

    `starts` and `ends` are offsets in characters, of shape (tokens,); `kinds` has the probabilities that a token
    begins or goes on with a mention of each type, of shape (tokens, 5, 2); `relations` those of each relation, were a
    mention to begin there, (tokens, 7); `identity` unit vectors that are alike for mentions of one thing, (tokens, 48).
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    kinds: NDArray[np.float32]
    relations: NDArray[np.float32]
    identity: NDArray[np.float32]

    def tokens(self, start: int, end: int) -> tuple[int, int]:
        """The tokens that overlap [start, end): the first, and one past the last."""
        first = int(np.searchsorted(self.ends, start, side="right"))
        return first, max(first, int(np.searchsorted(self.starts, end, side="left")))

    def identity_of(self, found: Sequence[tuple[int, int]]) -> NDArray[np.float32]:
        """A unit vector for a thing that is named at some stretches; zeros where no token is."""
        total = np.zeros(self.identity.shape[1], np.float32)
        for start, end in found:
            first, last = self.tokens(start, end)
            if last > first:
                total += self.identity[first] * (self.kinds[first].sum() + 1e-3)
        length = float(np.linalg.norm(total))
        return total / length if length else total


class Encoder:
    """The network and its sub-words, of a folder with `encoder.onnx` and `subwords.model`."""

    def __init__(self, folder: Path) -> None:
        self.subwords = Subwords(folder / "subwords.model")
        self._session = session(folder / "encoder.onnx")

    def read(self, text: layout.Text) -> Reading:
        """Read a text, chunk by chunk: what is said of one paper never depends on another."""
        tokens = self.subwords.encode(text.string)
        return reading(tokens.starts, tokens.ends, self.outputs(text, tokens))

    def outputs(self, text: layout.Text, tokens: Tokens) -> NDArray[np.float32]:
        """Raw outputs for the tokens of a text, of shape (tokens, `OUTPUTS`)."""
        outputs = [np.zeros((0, OUTPUTS), np.float32)]
        for first, last in chunks(tokens, layout.sentences(text)):
            ids = np.concatenate([[Subwords.begin], tokens.ids[first:last], [Subwords.end]])[None]
            (found,) = self._session.run(None, {"ids": ids})
            outputs.append(found[0, 1:-1])
        result: NDArray[np.float32] = np.concatenate(outputs)
        return result


def reading(starts: NDArray[np.int64], ends: NDArray[np.int64], outputs: NDArray[np.float32]) -> Reading:
    """Take the network's outputs, of shape (tokens, `OUTPUTS`), apart."""
    tags, relations, identity = np.split(outputs, [len(TAGS), len(TAGS) + len(RELATIONS)], axis=1)
    tags = np.exp(tags - tags.max(axis=1, keepdims=True, initial=-np.inf))
    tags /= tags.sum(axis=1, keepdims=True)
    lengths = np.linalg.norm(identity, axis=1, keepdims=True)
    return Reading(
        starts,
        ends,
        tags[:, 1:].reshape(-1, len(ENTITY_TYPES), 2),
        (1.0 / (1.0 + np.exp(-relations))).astype(np.float32),
        identity / np.maximum(lengths, 1e-6),
    )


def of_doc(doc: Doc) -> Reading | None:
    """What the encoder said of a document, if it has read it."""
    found: Reading | None = doc.user_data.get(_KEY)
    return found


def attach(doc: Doc, said: Reading) -> Doc:
    """Let a document know what the encoder says of it."""
    doc.user_data[_KEY] = said
    return doc


@cache
def _load(folder: str) -> Encoder:
    return Encoder(Path(folder))


@Language.factory("kg_encoder", assigns=["doc.spans"], default_config={"folder": ""})
def _create(nlp: Language, name: str, folder: str) -> EncoderComponent:
    return EncoderComponent(folder)


class EncoderComponent:
    """Lets the encoder read a document, unless that was done before, and writes the mentions that it sees."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __call__(self, doc: Doc) -> Doc:
        """Write what the encoder takes for mentions."""
        text = layout.of_doc(doc)
        said = of_doc(doc)
        if said is None:
            said = _load(self._folder).read(text)
            attach(doc, said)
        return spans.write(doc, mentions(text.string, said))


def mentions(text: str, said: Reading) -> list[Mention]:
    """Stretches that are likely to be mentions, in order; brackets that they cut are mended."""
    inside = said.kinds.sum(axis=(1, 2))
    goes_on = said.kinds[:, :, 1].sum(axis=1) > said.kinds[:, :, 0].sum(axis=1)
    found = []
    at, total = 0, len(inside)
    while at < total:
        if inside[at] <= _LIKELY or said.ends[at] <= said.starts[at]:
            at += 1
            continue
        last = at + 1
        while last < total and inside[last] > _LIKELY and goes_on[last]:
            last += 1
        kind = ENTITY_TYPES[int(said.kinds[at:last].sum(axis=(0, 2)).argmax())]
        for start, end in _mended(text, int(said.starts[at]), int(said.ends[last - 1])):
            found.append(Mention(start, end, CUE, kind))
        at = last
    return sorted(set(found))


def _mended(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The names in a stretch: whole words without marks around them, several where it runs over a bracket."""
    bracket = _BRACKET.search(text, start + 1, end)
    parts = [(start, bracket.start()), *(m.span() for m in _PART.finditer(text, *bracket.span(1)))] if bracket else []
    out = []
    for low, high in parts or [(start, end)]:
        while low and _WORD.match(text[low]) and _WORD.match(text[low - 1]):
            low -= 1
        while high < len(text) and _WORD.match(text[high - 1]) and _WORD.match(text[high]):
            high += 1
        while low < high and text[low] in _MARKS:
            low += 1
        while high > low and text[high - 1] in _MARKS and not _closes(text, low, high):
            high -= 1
        half = _HALF.search(text[low:high])
        if half and has_chinese(text[high : high + 1]):
            high = low + half.start()
        if high - low > 1 and "\n" not in text[low:high]:
            out.append((low, high))
    return out


def _closes(text: str, low: int, high: int) -> bool:
    """Whether a stretch ends with a bracket that it opened."""
    return text[high - 1] in "）)" and any(c in "（(" for c in text[low:high])


def summary(said: Reading, found: Sequence[tuple[int, int]]) -> dict[str, float]:
    """What the encoder says of a thing that is named at some stretches, as named numbers."""
    rows = []
    relations = []
    for start, end in found:
        first, last = said.tokens(start, end)
        if last > first:
            kinds = said.kinds[first:last]
            inside = kinds.sum(axis=(1, 2))
            begins = float(said.kinds[first, :, 0].sum())
            after = float(said.kinds[last, :, 1].sum()) if last < len(said.kinds) else 0.0
            rows.append([float(inside.mean()), float(inside.min()), begins, after, *kinds.mean(axis=0).sum(axis=1)])
            relations.append(said.relations[first])
    if not rows:
        return {}
    table = np.array(rows)
    weights = table[:, 0] + 1e-3
    best = int(table[:, 0].argmax())
    out = {
        "seen": float(table[:, 0].max()),
        "seen-mean": float(table[:, 0].mean()),
        "seen-none": float(np.log(1 - 0.999 * table[:, 0]).sum()),
        "seen-often": float((table[:, 0] > 0.5).sum()),
        "seen-whole": float(table[:, 1].max()),
        "seen-begin": float(table[best, 2]),
        "seen-after": float(table[best, 3]),
    }
    kinds = (table[:, 4:] * weights[:, None]).sum(axis=0) / weights.sum()
    out |= {f"seen-{name}": float(v) for name, v in zip(ENTITY_TYPES, kinds, strict=True)}
    said_of = np.array(relations)
    mean = (said_of * weights[:, None]).sum(axis=0) / weights.sum()
    for i, name in enumerate(RELATIONS):
        out[f"says-{name}"] = float(said_of[:, i].max())
        out[f"says-mean-{name}"] = float(mean[i])
    return out
