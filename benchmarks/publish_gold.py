"""Write data/gold/ from the annotations of the shared corpus: names, types and relations, no text of a digest.

Usage: python benchmarks/publish_gold.py
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from common import ROOT, shared

from kg.annotate.papers import digests
from kg.gold import norm, read_gold
from kg.schema import schema

_KEPT = ("id", "arxiv_id", "date", "source", "title")
_FLAGS = ("optional", "salient")


def paper(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with what is published of it; what is empty or the default is left out."""
    head = {name: record[name] for name in _KEPT if record.get(name)}
    entities: list[dict[str, Any]] = []
    for found in record["entities"]:
        entity = published(found)
        same = next((e for e in entities if shares(e, entity)), None)
        if same is None:
            entities.append(entity)
        else:
            drop_shared(same, entity)
            entities += [entity] if entity["names"] else []
    return {**head, "entities": entities}


def published(entity: Mapping[str, Any]) -> dict[str, Any]:
    """An entity without relations that its types cannot have and without flags that say nothing."""
    allowed = {r for t in entity["type"] for r in schema().relations_to(t)}
    return {
        "names": list(dict.fromkeys(entity["names"])),
        "type": entity["type"],
        "relations": [r for r in entity["relations"] if r in allowed],
        **{flag: True for flag in _FLAGS if entity.get(flag)},
    }


def shares(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two entities of one type have one name."""
    return bool(set(a["type"]) & set(b["type"]) and {norm(n) for n in a["names"]} & {norm(n) for n in b["names"]})


def drop_shared(first: Mapping[str, Any], second: dict[str, Any]) -> None:
    """Leave a name that two entities share ("image and video generation") to the first of them."""
    taken = {norm(n) for n in first["names"]}
    second["names"] = [n for n in second["names"] if norm(n) not in taken]


def main() -> None:
    """Write both files."""
    folder = ROOT / "data" / "gold"
    folder.mkdir(exist_ok=True)
    with digests([str(shared("corpus"))], 1) as corpus:
        for name in ("train", "dev"):
            path = shared("gold", f"{name}.jsonl")
            records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            for record, gold in zip(records, read_gold(path), strict=True):
                found = None if record.get("source") else corpus.find(gold)
                if found is not None:
                    record["source"] = corpus.texts([found])[0].source
            papers = [paper(record) for record in records]
            text = "".join(json.dumps(p, ensure_ascii=False, separators=(",", ":")) + "\n" for p in papers)
            (folder / f"{name}.jsonl").write_text(text, encoding="utf-8", newline="\n")
            print(f"{name}: {len(papers)} papers, {sum(len(p['entities']) for p in papers)} entities")


if __name__ == "__main__":
    main()
