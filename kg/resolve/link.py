"""Papers linked to entities: the findings of all shards, grouped by DuckDB into nodes, edges and evidence.

The work is done per distinct name in Python (`entities`) and per finding in SQL, so that it costs little when only one
file of thousands is new. Every result is sorted by all its columns: nothing depends on the order of files or threads.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from kg.lexicon import Lexicon
from kg.records import Entry, Label
from kg.resolve.entities import Entity, Known, NameCount, class_of, entities
from kg.resolve.papers import Paper
from kg.resolve.spelling import bare, is_chinese, key, numbers

_NAMED = (("Topic", "HAS_TOPIC"), ("Institution", "AFFILIATED_WITH"), ("Venue", "PUBLISHED_IN"))


def edge_id(source: str, edge_type: str, target: str) -> str:
    """The id of an edge: the first 16 hexadecimal digits of the SHA-256 of its identity."""
    return hashlib.sha256("\x1f".join((source, edge_type, target)).encode()).hexdigest()[:16]


def link(
    entries: Sequence[Entry], papers: Sequence[Paper], shards: Iterable[Path], lexicon: Lexicon
) -> duckdb.DuckDBPyConnection:
    """A connection with the tables `node`, `edge`, `evidence` and `alias`, papers left out of `node`.

    Edges that follow from others (BASED_ON, VERSION_OF, SUBTASK_OF) are among them.
    """
    db = duckdb.connect(config={"threads": os.cpu_count() or 1, "preserve_insertion_order": False})
    _load(db, entries, papers, list(shards))
    rows = db.execute(
        "SELECT anchor, type, key, text, count(DISTINCT paper), sum(count)::BIGINT FROM name GROUP BY ALL"
    ).fetchall()
    found = entities(
        (NameCount(*row) for row in rows),
        lambda term: _known(lexicon, term),
        lambda cls, name: _find(lexicon, cls, name),
    )
    _assign(db, found)
    _derive(db, found, lexicon)
    _tables(db, _labels(entries, papers))
    return db


def _known(lexicon: Lexicon, term: str) -> Known:
    t = lexicon.term(term)
    return Known(t.types, t.en, t.zh)


def _find(lexicon: Lexicon, cls: str, name: str) -> str:
    fitting = [t.id for t in lexicon.find(name) if cls in {class_of(x) for x in t.types}]
    return fitting[0] if len(fitting) == 1 else ""


def _load(db: duckdb.DuckDBPyConnection, entries: Sequence[Entry], papers: Sequence[Paper], shards: list[Path]) -> None:
    """Tables `entry` (file, line, paper, date), `name` and `claim`: what findings are called, what is said of them."""
    of_entry = [(entries[i].source, p) for p in papers for i in p.entries]
    entry = pa.table(
        {
            "file": [s.file for s, _ in of_entry],
            "line": pa.array([s.line for s, _ in of_entry], pa.int32()),
            "paper": [p.id for _, p in of_entry],
            "date": [p.date for _, p in of_entry],
        }
    )
    db.register("entry_rows", entry)
    db.execute("CREATE TABLE entry AS SELECT * FROM entry_rows")
    db.unregister("entry_rows")
    db.execute(
        """CREATE TEMP TABLE finding AS
           SELECT e.paper, e.date, f.file, f.line AS entry_line, f.n, f.type, f.based_on, f.names, f.relations,
                  (CASE WHEN f.type = 'Method' THEN 'Model' ELSE f.type END) || ':' ||
                  (CASE WHEN f.term <> '' THEN '#' || f.term ELSE f.main END) AS anchor
           FROM read_parquet(?) f JOIN entry e ON e.file = f.file AND e.line = f.line""",
        [[str(s) for s in shards]],
    )
    db.execute(
        """CREATE TEMP TABLE name AS
           SELECT paper, date, anchor, type, file, unnest(names, recursive := true) FROM finding"""
    )
    db.execute(
        """CREATE TEMP TABLE claim AS
           WITH r AS (SELECT paper, date, anchor, type AS entity_type, based_on, file, entry_line, n,
                             unnest(relations) AS relation FROM finding)
           SELECT paper, date, anchor, entity_type, based_on, file, relation.type AS type,
                  relation.confidence AS confidence, relation.value AS value, relation.evidence AS evidence FROM r"""
    )


def _assign(db: duckdb.DuckDBPyConnection, found: Sequence[Entity]) -> None:
    """Tables `entity` and `place` (anchor to entity), and `link`: one row for each paper, relation and entity."""
    db.register(
        "entity_rows",
        pa.table(
            {
                "id": pa.array([e.id for e in found], pa.string()),
                "type": pa.array([e.type for e in found], pa.string()),
                "name": pa.array([e.name for e in found], pa.string()),
                "name_en": pa.array([e.name_en for e in found], pa.string()),
                "name_zh": pa.array([e.name_zh for e in found], pa.string()),
                "term": pa.array([e.term for e in found], pa.string()),
            }
        ),
    )
    places = [(a, e.id) for e in found for a in e.anchors]
    db.register(
        "place_rows",
        pa.table(
            {
                "anchor": pa.array([a for a, _ in places], pa.string()),
                "entity": pa.array([e for _, e in places], pa.string()),
            }
        ),
    )
    db.execute("CREATE TEMP TABLE entity AS SELECT * FROM entity_rows")
    db.execute("CREATE TEMP TABLE place AS SELECT * FROM place_rows")
    db.execute(
        """CREATE TEMP TABLE said AS
           SELECT c.paper AS source, p.entity AS target, c.* EXCLUDE (paper, anchor)
           FROM claim c JOIN place p USING (anchor)"""
    )
    # A passing mention says nothing where the paper has another relation to the thing.
    db.execute(
        """DELETE FROM said WHERE type = 'MENTIONS' AND (source, target) IN
           (SELECT (source, target) FROM said WHERE type <> 'MENTIONS')"""
    )
    db.execute(
        """CREATE TEMP TABLE proof AS
           WITH v AS (SELECT source, target, type, file, unnest(evidence) AS e FROM said)
           SELECT DISTINCT source, target, type, file, e.line AS line, e.section AS section, e.sentence AS sentence,
                  e.start AS start, e."end" AS "end", e.cue AS cue, e.score AS score FROM v"""
    )


def _derive(db: duckdb.DuckDBPyConnection, found: Sequence[Entity], lexicon: Lexicon) -> None:
    """Add BASED_ON from papers, VERSION_OF and SUBTASK_OF from names, to `said` and `proof`."""
    db.execute(
        """CREATE TEMP TABLE based AS
           WITH own AS (
               SELECT source AS paper, arg_min(target, (-confidence, target)) AS model
               FROM said JOIN entity ON entity.id = said.target
               WHERE said.type = 'PROPOSES' AND entity.type = 'Model' GROUP BY source)
           SELECT own.model AS source, s.target, s.source AS paper, s.date, s.confidence
           FROM said s JOIN own ON own.paper = s.source
           WHERE s.type = 'USES' AND s.based_on AND s.target <> own.model"""
    )
    db.execute(
        """INSERT INTO proof
           SELECT b.source, b.target, 'BASED_ON', p.* EXCLUDE (source, target, type)
           FROM based b JOIN proof p ON p.source = b.paper AND p.target = b.target AND p.type = 'USES'"""
    )
    pairs = sorted({*_versions(found, lexicon), *_subtasks(found)})
    db.register(
        "pair_rows",
        pa.table(
            {c: pa.array([p[i] for p in pairs], pa.string()) for i, c in enumerate(("source", "type", "target", "cue"))}
        ),
    )
    # Their evidence is the sentence that has the narrower name.
    db.execute(
        """CREATE TEMP TABLE derived AS
           WITH first AS (
               SELECT p.entity, arg_min(n, (n.date = '', n.date, n.file, n.line, n.start)) AS n
               FROM name n JOIN place p USING (anchor) WHERE n.sentence <> '' GROUP BY p.entity)
           SELECT r.source, r.type, r.target, r.cue, first.n FROM pair_rows r JOIN first ON first.entity = r.source"""
    )
    db.execute(
        """INSERT INTO proof
           SELECT source, target, type, n.file, n.line, n.section, n.sentence, n.start, n."end", cue, 1.0
           FROM derived"""
    )
    db.execute(
        """CREATE TEMP TABLE extra AS
           SELECT source, target, 'BASED_ON' AS type, date, confidence FROM based
           UNION ALL SELECT source, target, type, n.date, 1.0 FROM derived"""
    )


def _versions(found: Sequence[Entity], lexicon: Lexicon) -> Iterable[tuple[str, str, str, str]]:
    """Versions of models and datasets: by the lexicon's families, and a name that adds a number to another."""
    by_key: dict[tuple[str, str], str] = {}
    for e in found:
        if e.type in ("Model", "Dataset"):
            by_key.setdefault((e.type, key(e.name)), e.id)
    for e in found:
        if e.type not in ("Model", "Dataset"):
            continue
        family = lexicon.term(e.term).family if e.term else ""
        base = by_key.get((e.type, key(family))) if family else None
        cue = "lexicon:family"
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


def _subtasks(found: Sequence[Entity]) -> Iterable[tuple[str, str, str, str]]:
    """Tasks whose name ends in the whole name of another: 音频引导图像着色 and 图像着色."""
    tasks: dict[str, str] = {}
    for e in found:
        if e.type == "Task":
            for name in (e.name_zh, e.name_en):
                if name:
                    tasks.setdefault(key(bare(name)), e.id)
    for e in found:
        if e.type == "Task":
            parent = _parent(e.name_zh, tasks, e.id) if e.name_zh else None
            parent = parent or (_parent(e.name_en, tasks, e.id) if e.name_en else None)
            if parent:
                yield e.id, "SUBTASK_OF", parent, "name:suffix"


def _parent(name: str, tasks: dict[str, str], own: str) -> str | None:
    whole = bare(name)
    if is_chinese(whole):
        starts: Iterable[int] = range(1, len(whole) - 3)
    else:
        starts = [i + 1 for i, c in enumerate(whole) if c == " " and " " in whole[i + 1 :]]
    for start in starts:
        found = tasks.get(key(whole[start:]))
        if found and found != own:
            return found
    return None


def _labels(entries: Sequence[Entry], papers: Sequence[Paper]) -> pa.Table:
    """Topics, institutions and venues as rows: what a digest states outright."""
    columns: dict[str, list[object]] = {
        c: []
        for c in (
            "source",
            "date",
            "type",
            "node_type",
            "key",
            "name",
            "file",
            "line",
            "sentence",
            "start",
            "cue",
            "year",
        )
    }

    def add(paper: Paper, entry: Entry, kind: tuple[str, str], label: Label, year: int | None) -> None:
        node_type, edge_type = kind
        at = max(label.text.find(label.name), 0)
        name = (key(label.name) or label.name, label.name)
        place = (entry.source.file, label.line, label.text, at, node_type.lower(), year)
        values = (paper.id, paper.date, edge_type, node_type, *name, *place)
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)

    for paper in papers:
        for i in paper.entries:
            entry = entries[i]
            for label in entry.topics:
                add(paper, entry, _NAMED[0], label, None)
            for label in entry.institutions:
                add(paper, entry, _NAMED[1], label, None)
            if entry.venue:
                add(paper, entry, _NAMED[2], entry.venue, entry.venue_year)
    types = {"line": pa.int32(), "start": pa.int32(), "year": pa.int32()}
    return pa.table({c: pa.array(v, types.get(c, pa.string())) for c, v in columns.items()})


_EVIDENCE = """
CREATE TABLE evidence AS
SELECT left(sha256(source || chr(31) || type || chr(31) || target), 16) AS edge,
       file, line, section, sentence, start, "end", cue, score
FROM (
    SELECT source, target, type, file, line, section, sentence, start, "end", cue, score FROM proof
    UNION
    SELECT source, lower(node_type) || ':' || key, type, file, line, '', sentence, start, start + length(name), cue, 1.0
    FROM label
)
ORDER BY ALL
"""

_EDGE = """
CREATE TABLE edge AS
WITH fact AS (
    SELECT source, target, type, date, confidence, value, NULL AS year FROM said
    UNION ALL SELECT source, target, type, date, confidence, '', NULL FROM extra
    UNION ALL SELECT source, lower(node_type) || ':' || key, type, date, 1.0, '', year FROM label
), edge AS (
    SELECT left(sha256(source || chr(31) || type || chr(31) || target), 16) AS id, source, target, type,
           max(confidence) AS confidence, min(nullif(date, '')) AS first_seen, max(nullif(date, '')) AS last_seen,
           min(nullif(value, '')) AS value, min(year)::INTEGER AS year
    FROM fact GROUP BY source, target, type
)
SELECT id, source, target, type, round(confidence, 4) AS confidence, coalesce(n, 0)::INTEGER AS count,
       coalesce(first_seen, '') AS first_seen, coalesce(last_seen, '') AS last_seen, coalesce(value, '') AS value, year
FROM edge LEFT JOIN (SELECT edge AS id, count(*) AS n FROM evidence GROUP BY edge) USING (id)
ORDER BY id
"""

# A name that only the lexicon knows has no sentence, and its cue says so.
_ALIAS = """
CREATE TABLE alias AS
WITH form AS (
    SELECT p.entity AS node, n.text AS alias, sum(n.count)::INTEGER AS count,
           arg_min(n, (n.date = '', n.date, n.file, n.line, n.start, n.sentence)) AS n
    FROM name n JOIN place p USING (anchor) GROUP BY p.entity, n.text
    UNION ALL
    SELECT lower(node_type) || ':' || key, name, count(*)::INTEGER,
           arg_min({'sentence': sentence, 'file': file, 'line': line, 'cue': cue}, (date = '', date, file, line, start))
    FROM label GROUP BY node_type, key, name
)
SELECT node, alias, count, n.sentence AS sentence, n.file AS file, n.line AS line, n.cue AS cue FROM form
UNION ALL
SELECT id, name, 0, '', '', 0, 'lexicon'
FROM (SELECT id, name_en AS name FROM entity WHERE term <> '' UNION SELECT id, name_zh FROM entity WHERE term <> '')
WHERE name <> '' AND (id, name) NOT IN (SELECT (node, alias) FROM form)
ORDER BY ALL
"""

_NODE = """
CREATE TABLE node AS
WITH stated AS (
    SELECT lower(node_type) || ':' || key AS id, node_type AS type, arg_max(name, (n, name)) AS name,
           '' AS name_en, '' AS name_zh
    FROM (SELECT node_type, key, name, count(*) AS n FROM label GROUP BY ALL) GROUP BY node_type, key
), every AS (
    SELECT id, type, name, name_en, name_zh FROM entity UNION ALL SELECT * FROM stated
), seen AS (
    SELECT target AS id, count(DISTINCT source) FILTER (type <> 'MENTIONS') AS papers,
           min(nullif(first_seen, '')) AS first_seen, max(nullif(last_seen, '')) AS last_seen
    FROM edge WHERE source LIKE 'paper:%' GROUP BY target
)
SELECT id, type, name, name_en, name_zh, aliases, papers::INTEGER AS paper_count,
       coalesce(first_seen, '') AS first_seen, coalesce(last_seen, '') AS last_seen
FROM every JOIN seen USING (id)
JOIN (SELECT node AS id, list(alias ORDER BY alias) AS aliases FROM alias GROUP BY node) USING (id)
ORDER BY id
"""


def _tables(db: duckdb.DuckDBPyConnection, labels: pa.Table) -> None:
    """Make `evidence`, `edge`, `alias` and `node`, labels of the digests included."""
    db.register("label_rows", labels)
    db.execute("CREATE TEMP TABLE label AS SELECT * FROM label_rows")
    for statement in (_EVIDENCE, _EDGE, _ALIAS, _NODE):
        db.execute(statement)
