"""The graph as Parquet files that a graph database can copy in: one for each node type, one for each pair of ends."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.resolve.spelling import key
from kg.schema import Attribute, Schema, schema
from kg.store import BEST_FIRST

if TYPE_CHECKING:
    import duckdb

    from kg.store import Graph

_USED = ("papers", "nodes", "edges", "evidence")
# The evidence of an edge as lists side by side, as it stands in Neo4j.
EVIDENCE = {
    "evidence": ("sentence", "STRING[]"),
    "evidence_sources": ("file || ':' || line", "STRING[]"),
    "evidence_sections": ("section", "STRING[]"),
    "evidence_cues": ("cue", "STRING[]"),
    "evidence_scores": ("score", "DOUBLE[]"),
    "evidence_starts": ("start::BIGINT", "INT64[]"),
    "evidence_ends": ('"end"::BIGINT', "INT64[]"),
}
"""Columns of an edge that tell its evidence, best first: what is in each, in DuckDB's SQL, and its type in ladybug."""

_MEMORY = "1GB"
_ROW_GROUP = 8192  # ladybug reads the groups of a file in parallel


@dataclass(frozen=True, slots=True)
class NodeFile:
    """Nodes of one type: id, name, the schema's attributes, keys."""

    type: str
    path: Path


@dataclass(frozen=True, slots=True)
class EdgeFile:
    """Edges of one type between two node types: source, target, id, the schema's attributes, those of `EVIDENCE`."""

    type: str
    source: str
    target: str
    path: Path


def write_files(graph: Graph, folder: Path) -> Iterator[NodeFile | EdgeFile]:
    """Write a whole graph, sorted, into a folder, nodes first; empty texts and lists become missing values."""
    import duckdb

    options: dict[str, Any] = {
        "threads": min(4, os.cpu_count() or 1),
        "memory_limit": _MEMORY,
        "temp_directory": str(folder),
    }
    with duckdb.connect(config=options) as db, ThreadPoolExecutor(1) as beside:
        for name in _USED:
            db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({_quoted(graph.table(name))})")  # noqa: S608
        edges = beside.submit(_gather_edges, db.cursor())
        _add_keys(db)
        yield from _nodes(db, folder, schema())
        edges.result()
        yield from _edges(db, folder, schema())


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _add_keys(db: duckdb.DuckDBPyConnection) -> None:
    """Table `spelled`: all spelling keys of a node's names."""
    import pyarrow as pa

    rows = db.execute(
        """SELECT id, list_concat([name, name_en, name_zh], aliases) FROM nodes
           UNION ALL SELECT id, [title, title_zh, arxiv_id, doi] FROM papers"""
    ).fetchall()
    keys = [sorted({k for name in names if name and (k := key(name))}) for _, names in rows]
    table = pa.table({"id": pa.array([r[0] for r in rows], pa.string()), "keys": pa.array(keys, pa.list_(pa.string()))})
    db.register("spelled_rows", table)
    db.execute("CREATE TEMP TABLE spelled AS SELECT * FROM spelled_rows")
    db.unregister("spelled_rows")


def _column(attribute: Attribute) -> str:
    name = f'"{attribute.name}"'
    match attribute.type:
        case "string" | "date":
            return f"nullif({name}, '') AS {name}"
        case "strings":
            return f"CASE WHEN len({name}) > 0 THEN {name} END AS {name}"
        case "integer":
            return f"{name}::BIGINT AS {name}"
        case _:
            return f"{name}::DOUBLE AS {name}"


def _columns(attributes: Sequence[Attribute]) -> str:
    return ", ".join(_column(a) for a in attributes)


def _copy(db: duckdb.DuckDBPyConnection, query: str, path: Path) -> Path:
    db.execute(f"COPY ({query}) TO {_quoted(path)} (FORMAT parquet, ROW_GROUP_SIZE {_ROW_GROUP})")
    return path


def _nodes(db: duckdb.DuckDBPyConnection, folder: Path, known: Schema) -> Iterator[NodeFile]:
    for node in known.nodes.values():
        columns = _columns(list(node.attributes.values()))
        rows = "papers" if node.name == "Paper" else f"nodes WHERE type = '{node.name}'"
        name = "title AS name" if node.name == "Paper" else "name"
        query = f"SELECT id, {name}, {columns}, keys FROM (FROM {rows}) JOIN spelled USING (id) ORDER BY id"  # noqa: S608
        yield NodeFile(node.name, _copy(db, query, folder / f"{node.name}.parquet"))


def _gather_edges(db: duckdb.DuckDBPyConnection) -> None:
    """Table `edge`: edges with the types of both ends and their evidence, best first."""
    proof = ", ".join(f"'{name}': {sql}" for name, (sql, _) in EVIDENCE.items())
    # One list of structs is sorted once, and the lists that are made of it stay side by side.
    db.execute(
        f"""CREATE TABLE edge AS
            WITH kind AS (SELECT id, type FROM nodes UNION ALL SELECT id, 'Paper' FROM papers),
            proof AS (
                SELECT edge, list({{{proof}}} ORDER BY {BEST_FIRST}) AS proof
                FROM evidence GROUP BY edge)
            SELECT e.*, a.type AS source_type, b.type AS target_type, proof
            FROM edges e JOIN kind a ON a.id = e.source JOIN kind b ON b.id = e.target
            LEFT JOIN proof ON proof.edge = e.id"""  # noqa: S608 - our own expressions
    )


def _edges(db: duckdb.DuckDBPyConnection, folder: Path, known: Schema) -> Iterator[EdgeFile]:
    lists = ", ".join(f"[x.{name} FOR x IN proof] AS {name}" for name in EVIDENCE)
    pairs = db.execute("SELECT DISTINCT type, source_type, target_type FROM edge ORDER BY ALL").fetchall()
    for edge_type, source, target in pairs:
        columns = _columns(list(known.edges[edge_type].attributes.values()))
        query = (
            f"SELECT source, target, id, {columns}, {lists} FROM edge WHERE type = '{edge_type}' "  # noqa: S608
            f"AND source_type = '{source}' AND target_type = '{target}' ORDER BY source, target"
        )
        path = _copy(db, query, folder / f"{edge_type}-{source}-{target}.parquet")
        yield EdgeFile(edge_type, source, target, path)
