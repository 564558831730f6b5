"""Papers linked to entities: the findings of all shards, grouped by DuckDB into nodes, edges and evidence.

What needs thought is done in Python once per distinct name (`entities`, `families`); what is done per finding is done
in SQL, over numbers, so that it costs little when one file of thousands is new. Every result is in an order that its
contents give: nothing depends on the order of files, rows or threads.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from kg.lexicon import Lexicon
from kg.records import Entry, Label
from kg.resolve.entities import Entity, Known, NameCount, entities
from kg.resolve.families import Derived, derived
from kg.resolve.papers import Paper
from kg.resolve.spelling import key
from kg.store import BEST_FIRST

# What the tables may take of memory, in MB and in MB per entry; what is more goes to disk.
_MEMORY = 256
_MEMORY_PER_ENTRY = 0.014


@contextmanager
def link(
    entries: Sequence[Entry], papers: Sequence[Paper], shards: Iterable[Path], lexicon: Lexicon, scratch: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with the tables `nodes`, `edges`, `evidence` and `aliases`, papers left out of `nodes`.

    Parameters
    ----------
    entries : sequence of Entry
        All entries, sorted by source; passages are not needed.
    papers : sequence of Paper
        The papers that the entries are about.
    shards : iterable of Path
        What was extracted (`kg.work.extract_all`).
    lexicon : Lexicon
        The terms that findings refer to.
    scratch : Path
        A folder for what does not fit the memory that a build may take; made and removed.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    memory = f"{max(_MEMORY, int(len(entries) * _MEMORY_PER_ENTRY))}MB"
    threads = min(4, os.cpu_count() or 1)
    db = duckdb.connect(config={"threads": threads, "memory_limit": memory, "temp_directory": str(scratch)})
    try:
        _fill(db, entries, papers, shards, lexicon)
        yield db
    finally:
        db.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _fill(
    db: duckdb.DuckDBPyConnection,
    entries: Sequence[Entry],
    papers: Sequence[Paper],
    shards: Iterable[Path],
    lexicon: Lexicon,
) -> None:
    _register(db, "entry", _entry_rows(entries, papers))
    _register(db, "label", _label_rows(entries, papers))
    db.execute(_EXTRACTED, [[str(shard) for shard in shards]])
    db.execute(_FINDINGS)
    rows = db.execute(_NAME_COUNTS).fetchall()
    found = entities((NameCount(*row) for row in rows), lambda term: _known(lexicon, term))
    _register(db, "entity", _entity_rows(found))
    _register(db, "place", _place_rows(found))
    _register(db, "family", _family_rows(derived(found, lambda term: lexicon.term(term).family)))
    for statement in (
        _NAME,
        _NODE_NUMBERS,
        _SAID,
        _BASED,
        _PROOF,
        _FACT,
        _EDGES,
        _EVIDENCE,
        _WITH_COUNTS,
        _ALIASES,
        _NODES,
    ):
        db.execute(statement)
    for table in ("extracted", "sentence", "finding", "name", "said", "based", "proof", "fact", "edge", "label"):
        db.execute(f"DROP TABLE {table}")


def _known(lexicon: Lexicon, term: str) -> Known:
    t = lexicon.term(term)
    return Known(t.types, t.en, t.zh)


def _register(db: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    db.register("incoming", rows)
    db.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")  # noqa: S608 - names of this module
    db.unregister("incoming")


def _entry_rows(entries: Sequence[Entry], papers: Sequence[Paper]) -> pa.Table:
    """Entries with their paper; `rank` puts dated entries first, by date, then by source."""
    paper_of = {i: paper for paper in papers for i in paper.entries}
    order = sorted(range(len(entries)), key=lambda i: (not paper_of[i].date, paper_of[i].date, i))
    rank = {i: r for r, i in enumerate(order)}
    return pa.table(
        {
            "rank": pa.array([rank[i] for i in range(len(entries))], pa.int32()),
            "file": pa.array([e.source.file for e in entries], pa.string()),
            "line": pa.array([e.source.line for e in entries], pa.int32()),
            "n": pa.array([e.source.n for e in entries], pa.int32()),
            "paper": pa.array([paper_of[i].id for i in range(len(entries))], pa.string()),
            "date": pa.array([paper_of[i].date for i in range(len(entries))], pa.string()),
        }
    )


def _label_rows(entries: Sequence[Entry], papers: Sequence[Paper]) -> pa.Table:
    """Topics, institutions and venues: what a digest states outright."""
    paper_of = {i: paper for paper in papers for i in paper.entries}
    rows: list[tuple[object, ...]] = []

    def add(i: int, node_type: str, edge_type: str, label: Label, year: int | None) -> None:
        entry, paper = entries[i], paper_of[i]
        node = f"{node_type.lower()}:{key(label.name) or label.name}"
        start = max(label.text.find(label.name), 0)
        place = (entry.source.file, label.line, label.text, start, start + len(label.name), node_type.lower())
        rows.append((paper.id, edge_type, node, node_type, label.name, paper.date, *place, year))

    for i, entry in enumerate(entries):
        for topic in entry.topics:
            add(i, "Topic", "HAS_TOPIC", topic, None)
        for institution in entry.institutions:
            add(i, "Institution", "AFFILIATED_WITH", institution, None)
        if entry.venue:
            add(i, "Venue", "PUBLISHED_IN", entry.venue, entry.venue_year)
    texts, number = pa.string(), pa.int32()
    columns = (
        *((c, texts) for c in ("source", "type", "target", "node_type", "name", "date", "file")),
        *(("line", number), ("sentence", texts), ("start", number), ("end", number), ("cue", texts), ("year", number)),
    )
    return pa.table({c: pa.array([row[i] for row in rows], t) for i, (c, t) in enumerate(columns)})


def _entity_rows(found: Sequence[Entity]) -> pa.Table:
    columns = ("id", "type", "name", "name_en", "name_zh", "term")
    return pa.table({c: pa.array([getattr(e, c) for e in found], pa.string()) for c in columns})


def _place_rows(found: Sequence[Entity]) -> pa.Table:
    places = [(anchor, e.id) for e in found for anchor in e.anchors]
    return pa.table({c: pa.array([p[i] for p in places], pa.string()) for i, c in enumerate(("anchor", "entity"))})


def _family_rows(pairs: Sequence[Derived]) -> pa.Table:
    columns = ("source", "type", "target", "cue")
    return pa.table({c: pa.array([p[i] for p in pairs], pa.string()) for i, c in enumerate(columns)})


_EXTRACTED = """
CREATE TABLE extracted AS
SELECT e.rank, e.paper, x.sentences, x.findings
FROM read_parquet(?) x JOIN entry e ON e.file = x.file AND e.line = x.line AND e.n = x.n
"""

_FINDINGS = """
CREATE TABLE sentence AS
SELECT rank, generate_subscripts(sentences, 1) - 1 AS sentence, unnest(sentences, recursive := true) FROM extracted;

CREATE TABLE finding AS
SELECT rank, paper, f.type, f.based_on, f.names, f.relations,
       (CASE WHEN f.type = 'Method' THEN 'Model' ELSE f.type END) || ':' ||
       (CASE WHEN f.term <> '' THEN '#' || f.term ELSE f.main END) AS anchor
FROM (SELECT rank, paper, unnest(findings) AS f FROM extracted)
"""

_NAME_COUNTS = """
SELECT anchor, type, n.key, n.text, count(DISTINCT paper), sum(n.count)::BIGINT
FROM (SELECT anchor, type, paper, unnest(names) AS n FROM finding) GROUP BY ALL
"""

# Every name of every finding, under the entity that it became.
_NAME = """
CREATE TABLE name AS
SELECT rank, entity, n.text AS text, n.count AS count, n.sentence, n.start, n."end", n.cue
FROM (SELECT f.rank, p.entity, unnest(f.names) AS n FROM finding f JOIN place p USING (anchor))
"""

_NODE_NUMBERS = """
CREATE TABLE number AS
SELECT id, row_number() OVER (ORDER BY id)::INTEGER AS n
FROM (SELECT DISTINCT paper AS id FROM entry UNION ALL SELECT id FROM entity
      UNION ALL SELECT DISTINCT target FROM label)
"""

# What papers say of entities. A passing mention says nothing where the paper has another relation to the thing, and
# where one entry says that the paper proposes it, another's use or comparison is the paper's with itself.
_SAID = """
CREATE TABLE said AS
WITH claim AS (
    SELECT s.n AS source, t.n AS target, f.rank, f.based_on, unnest(f.relations) AS r
    FROM finding f JOIN place p USING (anchor) JOIN number s ON s.id = f.paper JOIN number t ON t.id = p.entity
), row AS (
    SELECT source, target, r.type AS type, rank, based_on, r.confidence AS confidence, r.value AS value,
           r.evidence AS evidence
    FROM claim
)
SELECT r.* FROM row r WHERE r.type NOT IN ('MENTIONS', 'USES', 'COMPARES_WITH')
UNION ALL
SELECT r.* FROM row r WHERE r.type IN ('USES', 'COMPARES_WITH') AND NOT EXISTS (
    FROM row o WHERE o.source = r.source AND o.target = r.target AND o.type = 'PROPOSES' AND o.rank <> r.rank)
UNION ALL
SELECT m.* FROM row m ANTI JOIN (SELECT source, target FROM row WHERE type <> 'MENTIONS') o USING (source, target)
WHERE m.type = 'MENTIONS'
"""

# The proposed model of a paper builds on what the paper uses with a building cue.
_BASED = """
CREATE TABLE based AS
WITH own AS (
    SELECT said.source AS paper, arg_min(said.target, (-confidence, said.target)) AS model
    FROM said JOIN number ON number.n = said.target JOIN entity ON entity.id = number.id
    WHERE said.type = 'PROPOSES' AND entity.type = 'Model' GROUP BY said.source
)
SELECT own.model AS source, said.target, 'BASED_ON' AS type, rank, confidence, '' AS value, evidence
FROM said JOIN own ON own.paper = said.source WHERE type = 'USES' AND based_on AND said.target <> own.model
"""

_PROOF = """
CREATE TABLE proof AS
SELECT source, target, type, rank, e.sentence AS sentence, e.start AS start, max(e."end") AS "end", min(e.cue) AS cue,
       max(e.score) AS score
FROM (SELECT source, target, type, rank, unnest(evidence) AS e FROM said
      UNION ALL SELECT source, target, type, rank, unnest(evidence) FROM based)
GROUP BY source, target, type, rank, e.sentence, e.start
UNION ALL
-- The evidence of a family is the first sentence that has the narrower name.
SELECT s.n, t.n, f.type, o.at.rank, o.at.sentence, o.at.start, o.at."end", f.cue, 1.0
FROM family f JOIN number s ON s.id = f.source JOIN number t ON t.id = f.target
JOIN (SELECT entity, min({'rank': rank, 'sentence': sentence, 'start': start, 'end': "end"}) AS at
      FROM name GROUP BY entity) o ON o.entity = f.source
"""

_FACT = """
CREATE TABLE fact AS
SELECT s.source, s.target, s.type, e.date, s.confidence, s.value, NULL::INTEGER AS year
FROM (SELECT source, target, type, rank, confidence, value FROM said
      UNION ALL SELECT source, target, type, rank, confidence, value FROM based
      UNION ALL SELECT source, target, type, rank, 1.0, '' FROM proof WHERE type IN ('VERSION_OF', 'SUBTASK_OF')) s
JOIN entry e USING (rank)
UNION ALL
SELECT s.n, t.n, l.type, l.date, 1.0, '', l.year
FROM label l JOIN number s ON s.id = l.source JOIN number t ON t.id = l.target
"""

# The id of an edge is made of its identity: source, type and target.
_EDGES = """
CREATE TABLE edge AS
SELECT left(sha256(s.id || chr(31) || f.type || chr(31) || t.id), 16) AS id, f.*, s.id AS source_id, t.id AS target_id
FROM (SELECT source, target, type, max(confidence) AS confidence, min(nullif(date, '')) AS first_seen,
             max(nullif(date, '')) AS last_seen, min(year) AS year,
             arg_max(value, (confidence, value)) FILTER (value <> '') AS value
      FROM fact GROUP BY source, target, type) f
JOIN number s ON s.n = f.source JOIN number t ON t.n = f.target
"""

_EVIDENCE = f"""
CREATE TABLE evidence AS
WITH every AS (
    SELECT p.source, p.target, p.type, e.file, t.line, t.section, t.text AS sentence, p.start, p."end", p.cue, p.score
    FROM proof p JOIN entry e USING (rank) JOIN sentence t ON t.rank = p.rank AND t.sentence = p.sentence
    UNION ALL
    SELECT DISTINCT s.n, t.n, l.type, l.file, l.line, '', l.sentence, l.start, l."end", l.cue, 1.0
    FROM label l JOIN number s ON s.id = l.source JOIN number t ON t.id = l.target
)
SELECT edge.id AS edge, file, line, section, sentence, start, "end", cue, score
FROM every JOIN edge USING (source, target, type)
ORDER BY edge.id, {BEST_FIRST}
"""  # noqa: S608 - an order of our own

_WITH_COUNTS = """
CREATE TABLE edges AS
SELECT id, source_id AS source, target_id AS target, type, round(confidence, 4) AS confidence,
       coalesce(n, 0)::INTEGER AS count, coalesce(first_seen, '') AS first_seen, coalesce(last_seen, '') AS last_seen,
       coalesce(value, '') AS value, year
FROM edge LEFT JOIN (SELECT edge AS id, count(*) AS n FROM evidence GROUP BY edge) USING (id)
ORDER BY id
"""

# A name that only the lexicon knows has no sentence, and its cue says so.
_ALIASES = """
CREATE TABLE aliases AS
WITH form AS (
    SELECT entity AS node, text AS alias, sum(count)::INTEGER AS count,
           min({'rank': rank, 'sentence': sentence, 'start': start, 'cue': cue}) AS at
    FROM name GROUP BY entity, text
), proven AS (
    SELECT f.node, f.alias, f.count, s.text AS sentence, e.file, s.line, f.at.cue AS cue
    FROM form f JOIN entry e ON e.rank = f.at.rank JOIN sentence s ON s.rank = f.at.rank AND s.sentence = f.at.sentence
    UNION ALL
    SELECT target, name, count(*)::INTEGER, arg_min(sentence, (file, line, start)), min(file),
           arg_min(line, (file, line, start)), min(cue)
    FROM label GROUP BY target, name
)
SELECT * FROM proven
UNION ALL
SELECT id, known, 0, '', '', 0, 'lexicon'
FROM (SELECT id, name_en AS known FROM entity WHERE term <> '' UNION SELECT id, name_zh FROM entity WHERE term <> '') k
WHERE known <> '' AND NOT EXISTS (FROM proven WHERE node = k.id AND alias = k.known)
ORDER BY node, count DESC, alias
"""

_NODES = """
CREATE TABLE nodes AS
WITH stated AS (
    SELECT target AS id, any_value(node_type) AS type, arg_max(name, (n, name)) AS name
    FROM (SELECT target, node_type, name, count(*) AS n FROM label GROUP BY ALL) GROUP BY target
), every AS (
    SELECT id, type, name, name_en, name_zh FROM entity
    UNION ALL SELECT id, type, name, '', '' FROM stated
), seen AS (
    SELECT edge.target_id AS id, count(DISTINCT source) FILTER (type <> 'MENTIONS') AS papers,
           min(first_seen) AS first_seen, max(last_seen) AS last_seen
    FROM edge WHERE source_id LIKE 'paper:%' GROUP BY target_id
)
SELECT id, type, name, name_en, name_zh, names.aliases, coalesce(papers, 0)::INTEGER AS paper_count,
       coalesce(first_seen, '') AS first_seen, coalesce(last_seen, '') AS last_seen
FROM every LEFT JOIN seen USING (id)
JOIN (SELECT node AS id, list(alias ORDER BY alias) AS aliases FROM aliases GROUP BY node) names USING (id)
ORDER BY id
"""
