"""Entries, completions, and what must hold of every extraction."""

import json

from kg.extract.relations import ALLOWED
from kg.records import ENTITY_TYPES, Entry, Passage, Source


def entry_of(title, *texts, title_zh="", line=3):
    passages = tuple(Passage(text, line + 7 + i, "摘要") for i, text in enumerate(texts))
    return Entry(
        Source("day.md", line),
        "test",
        title,
        title_zh,
        title_line=line,
        title_zh_line=(line + 1) * bool(title_zh),
        passages=passages,
    )


def completion(*entities, content=None, **choice):
    """A completion as endpoints send it, with an answer of these entities: (names, type, relations)."""
    things = [
        {"names": names, "type": kind, "relations": [{"type": r, "sentence": n} for r, n in relations]}
        for names, kind, relations in entities
    ]
    said = json.dumps({"entities": things}, ensure_ascii=False) if content is None else content
    return {
        "choices": [{"message": {"content": said}, "finish_reason": "stop", **choice}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100},
    }


def check(entry, extraction):
    """Evidence is verbatim, its offsets are right, and nothing stands without proof."""
    texts = {p.line: p.text for p in entry.passages} | {entry.title_line: entry.title}
    if entry.title_zh:
        texts[entry.title_zh_line] = entry.title_zh
    for finding in extraction.findings:
        assert finding.type in ENTITY_TYPES
        assert finding.names and finding.relations
        spoken = {n.text for n in finding.names}
        assert len(spoken) == len(finding.names)
        for name in finding.names:
            assert name.count >= 1
            assert name.evidence.sentence[name.evidence.start : name.evidence.end] == name.text
        for relation in finding.relations:
            assert relation.type in (*ALLOWED[finding.type], "MENTIONS")
            assert 0 < relation.confidence <= 1
            assert relation.evidence
        for proof in [p for r in finding.relations for p in r.evidence] + [n.evidence for n in finding.names]:
            assert proof.sentence in texts[proof.line]
            assert proof.sentence[proof.start : proof.end] in spoken
            assert proof.cue


def by_name(extraction, name):
    found = [f for f in extraction.findings if name in {n.text for n in f.names}]
    assert len(found) == 1, name
    return found[0]


def types(finding):
    return {r.type for r in finding.relations}


def reasons(extraction):
    return {d.reason: d for d in extraction.dropped}
