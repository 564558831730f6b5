"""Edges that follow from names: versions of a family, narrower tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from kg.resolve.entities import Entity
from kg.resolve.spelling import bare, is_chinese, key, numbers

# source, edge type, target, cue
Derived = tuple[str, str, str, str]


def derived(found: Sequence[Entity], family_of: Callable[[str], str]) -> list[Derived]:
    """VERSION_OF and SUBTASK_OF between entities, sorted; `family_of` is the lexicon's family of a term, or ""."""
    return sorted({*_versions(found, family_of), *_subtasks(found)})


def _versions(found: Iterable[Entity], family_of: Callable[[str], str]) -> Iterator[Derived]:
    """Versions of models and datasets: by the lexicon's families, and where a name adds a number to another."""
    versioned = [e for e in found if e.type in ("Model", "Dataset")]
    by_key: dict[tuple[str, str], str] = {}
    for e in versioned:
        by_key.setdefault((e.type, key(e.name)), e.id)
    for e in versioned:
        family = family_of(e.term) if e.term else ""
        base, cue = by_key.get((e.type, key(family))) if family else None, "lexicon:family"
        if base is None and (stem := _stem(e.name)):
            base, cue = by_key.get((e.type, key(stem))), "name:version"
        if base and base != e.id:
            yield e.id, "VERSION_OF", base, cue


def _stem(name: str) -> str:
    """The name without its last number: "LLaVA-1.5" gives "LLaVA", "" where there is none or little is left."""
    found = numbers(name)
    if not found or not name.endswith(found[-1]):
        return ""
    stem = name[: -len(found[-1])].rstrip(" -_vV")
    return stem if len(key(stem)) >= 3 and not stem[-1].isdigit() else ""


def _subtasks(found: Iterable[Entity]) -> Iterator[Derived]:
    """Tasks whose name ends in the whole name of another: 音频引导图像着色 and 图像着色."""
    tasks = [e for e in found if e.type == "Task"]
    by_key: dict[str, str] = {}
    for e in tasks:
        for name in (e.name_zh, e.name_en):
            if name:
                by_key.setdefault(key(bare(name)), e.id)
    for e in tasks:
        parents = (_parent(name, by_key, e.id) for name in (e.name_zh, e.name_en) if name)
        if parent := next((p for p in parents if p), None):
            yield e.id, "SUBTASK_OF", parent, "name:suffix"


def _parent(name: str, tasks: dict[str, str], own: str) -> str | None:
    whole = bare(name)
    if is_chinese(whole):
        starts: Iterable[int] = range(1, len(whole) - 3)
    else:
        starts = [i + 1 for i, c in enumerate(whole) if c == " " and " " in whole[i + 1 :]]
    return next((p for i in starts if (p := tasks.get(key(whole[i:]))) and p != own), None)
