"""Gold papers: what people say that a graph should hold of a paper, and which of it a graph has.

A gold file has one paper a line, as JSON; names are compared without case, width, spaces and punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import msgspec

from kg.errors import InputError, NameNotFoundError

# Names of things rather than of words: a trailing generic word does not make another thing.
_GENERIC_TAIL = re.compile(
    r"(数据集|基准测试|基准|测试集|任务|模型|方法|框架|网络|算法|系统|技术|指标|分数|得分|损失函数|"
    r"datasets?|benchmarks?|models?|methods?|framework|networks?|algorithms?|tasks?|scores?|metrics?)$"
)
_MARKS = re.compile(r"[\s\-_‐-―·.,:;'\"“”‘’()（）\[\]【】《》<>*$\\{}^]+")
_PLURAL = 3  # letters that a name must have more of to lose its plural s

EntityType = Literal["Model", "Method", "Dataset", "Task", "Metric"]
RelationType = Literal[
    "PROPOSES", "USES", "COMPARES_WITH", "TRAINED_ON", "EVALUATED_ON", "ADDRESSES", "REPORTS", "MENTIONS"
]


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """An entity that a paper should be linked to, under any of `names`, as any of `type`, by all of `relations`.

    A graph may have an `optional` one or not; `salient` marks the tasks that the paper is about.
    """

    names: tuple[str, ...]
    type: tuple[EntityType, ...]
    relations: tuple[RelationType, ...]
    optional: bool = False
    salient: bool = False

    @property
    def core(self) -> bool:
        """Whether the paper is about it: it proposes it, or works on it above all."""
        return "PROPOSES" in self.relations or self.salient


@dataclass(frozen=True, slots=True)
class Gold:
    """A paper with all entities that its entry links it to; what the entry does not say is None or empty."""

    id: str
    title: str
    entities: tuple[GoldEntity, ...]
    date: str | None = None
    arxiv_id: str | None = None
    venue: str | None = None
    topics: tuple[str, ...] | None = None
    institutions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Predicted:
    """An entity that a graph links to a paper, with all relations between the two, and how sure each is."""

    type: str
    name: str
    forms: frozenset[str]
    relations: frozenset[str]
    confidence: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Matching:
    """Which predicted entity is which gold entity, by index, and all gold entities that each might be."""

    gold_of: Mapping[int, int]
    candidates: Sequence[Sequence[int]]


def read_gold(path: Path) -> list[Gold]:
    """Read gold papers from JSON Lines.

    Raises
    ------
    InputError
        The file cannot be read, or a line of it is no gold paper; the message names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    decode = msgspec.json.Decoder(Gold).decode
    found = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not line.strip():
            continue
        try:
            paper = decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            why = f"{error}; `kg eval --help` shows the format"
            raise InputError(f"{path}:{number} is no gold paper: {why}.") from error
        if any(not e.names or not e.type for e in paper.entities):
            raise InputError(f"{path}:{number} is no gold paper: an entity has no names or no type.")
        found.append(paper)
    if not found:
        raise InputError(f"{path} holds no gold papers; `kg eval --help` shows the format.")
    return found


def only(papers: Sequence[Gold], wanted: str) -> list[Gold]:
    """The gold papers of an id, an arXiv id or a title.

    Raises
    ------
    NameNotFoundError
        There is none; the message gives the nearest ids.
    """
    found = [p for p in papers if wanted in (p.id, p.arxiv_id) or norm(wanted) == norm(p.title)]
    if not found:
        near = get_close_matches(wanted, [p.id for p in papers], n=3, cutoff=0.0)
        raise NameNotFoundError(f"no gold paper is called {wanted!r}: the nearest ids are {', '.join(near)}.")
    return found


def norm(name: str) -> str:
    """A name without width, case, spaces, hyphens and punctuation."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", name).lower())


def forms(names: Iterable[str]) -> frozenset[str]:
    """Normalised names, with and without a trailing generic word or a plural s."""
    found = set()
    for name in map(norm, names):
        if not name:
            continue
        found.add(name)
        stem = _GENERIC_TAIL.sub("", name)
        if len(stem) > 1:
            found.add(stem)
        if len(name) > _PLURAL and name.endswith("s") and name.isascii():
            found.add(name[:-1])
    return frozenset(found)


def match(gold: Sequence[GoldEntity], predicted: Sequence[Predicted], typed: bool = True) -> Matching:
    """Match as many predicted entities as possible with gold entities, one to one; required gold entities first.

    A predicted entity that could be several takes an optional one only where all required ones are taken.

    Parameters
    ----------
    gold, predicted
        The two sides.
    typed : bool
        Whether types must agree.
    """
    names = [forms(g.names) for g in gold]
    candidates = [
        sorted(
            (i for i, g in enumerate(gold) if (not typed or p.type in g.type) and p.forms & names[i]),
            key=lambda i: (gold[i].optional, i),
        )
        for p in predicted
    ]
    owner: dict[int, int] = {}

    def place(k: int, seen: set[int]) -> bool:
        for i in candidates[k]:
            if i not in seen:
                seen.add(i)
                if i not in owner or place(owner[i], seen):
                    owner[i] = k
                    return True
        return False

    for k in sorted(range(len(predicted)), key=lambda k: len(candidates[k])):
        place(k, set())
    return Matching({k: i for i, k in owner.items()}, candidates)
