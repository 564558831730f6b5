"""The graph folder: Parquet tables that are the source of truth, and a manifest that names them.

::

    graph/manifest.json             schema version, pipeline, options, the tables' folder and their digests
    graph/tables-<digest>/          papers, nodes, edges, evidence, aliases, dropped, inputs (.parquet)
    graph/cache/                    what reading and extracting gave, by file: may be deleted
    graph/build.lock                held while a build runs

The manifest is replaced last and in one step, so that a reader sees the old graph or the new one, never a mixture.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import GraphNotFoundError, KgError
from kg.records import Dropped, Edge, EdgeEvidence, Node, Source
from kg.schema import schema

if TYPE_CHECKING:
    import duckdb
    import networkx as nx
    import pyarrow as pa

FORMAT = 2
TABLES = ("papers", "nodes", "edges", "evidence", "aliases", "dropped", "inputs")
_BATCH = 20_000
_ROW_GROUP = 1 << 17
# The order of the evidence of an edge.
BEST_FIRST = 'score DESC, file, line, start, sentence, cue, section, "end"'
_EVIDENCE = ("sentence", "start", "end", "section", "line", "cue", "score", "file")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of a graph to show.

    `types` and `relations` keep nodes and edges of these types (papers always stay); `since` and `until` are ISO
    dates of any exactness, both inclusive; `topics` keeps papers with a topic of that name (case ignored);
    `min_papers` keeps entities linked to that many papers of the selection; `mentions` adds passing mentions.
    """

    types: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    topics: tuple[str, ...] = ()
    min_papers: int = 0
    min_confidence: float = 0.0
    mentions: bool = False

    def narrows_edges(self) -> bool:
        """Whether nodes that are left without an edge should go."""
        return bool(self.types or self.relations or self.min_papers or self.min_confidence)


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of a node with the sentence that proved it ("" for a name that the lexicon adds)."""

    node: str
    alias: str
    count: int
    sentence: str
    file: str
    line: int
    cue: str


class Graph:
    """A read view of a stored graph, whole or a selection of it. Rows stream; nothing is held in memory."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], selection: Selection | None = None) -> None:
        self.folder = folder
        self.manifest = manifest
        self.selection = selection
        self._connection: duckdb.DuckDBPyConnection | None = None

    def table(self, name: str) -> Path:
        """Path of one of the Parquet tables."""
        return self.folder / str(self.manifest["tables"]) / f"{name}.parquet"

    def is_sound(self) -> bool:
        """Whether all tables are as they were written."""
        return all(_digest(self.table(name)) == digest for name, digest in self.manifest["digests"].items())

    def select(self, selection: Selection) -> Graph:
        """The part of this graph that a selection describes."""
        return Graph(self.folder, self.manifest, selection)

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of a query over the views `paper`, `node`, `edge` (the selection) and `evidence`, `alias`, `dropped`.

        `node` holds papers too, with the columns id, type, name, aliases, paper_count, first_seen, last_seen.
        """
        import duckdb

        try:
            result = self._open().cursor().execute(query, list(parameters))
            while rows := result.fetchmany(_BATCH):
                yield from rows
        except duckdb.IOException:
            raise self._gone() from None

    def nodes(self, ids: Sequence[str] | None = None) -> Iterator[Node]:
        """All nodes (or those of some ids), papers included, sorted by id."""
        paper = list(schema().node_attributes("Paper"))
        other = list(schema().node_attributes(*(t for t in schema().nodes if t != "Paper")))
        where, given = ("", []) if ids is None else ("AND list_contains(?, id)", [list(ids)])
        papers, others = (
            self.sql(
                f"SELECT id, {head}, {', '.join(columns)} FROM {table} "  # noqa: S608 - column names of the schema
                f"WHERE id IN (SELECT id FROM shown) {where} ORDER BY id",
                given,
            )
            for head, columns, table in (("'Paper', title", paper, "all_papers"), ("type, name", other, "all_nodes"))
        )
        for row in heapq.merge(papers, others, key=itemgetter(0)):
            yield Node(row[0], row[1], row[2], _present(paper if row[1] == "Paper" else other, row[3:]))

    def edges(self, evidence: bool = True) -> Iterator[Edge]:
        """All edges, sorted by id, with their evidence (best first) unless it is not asked for."""
        names = list(schema().edge_attributes())
        columns = ", ".join(names)
        rows = self.sql(f"SELECT id, source, target, type, {columns} FROM edge ORDER BY id")  # noqa: S608
        proofs = self._evidence() if evidence else iter(())
        pending = next(proofs, None)
        for row in rows:
            found: tuple[EdgeEvidence, ...] = ()
            while pending is not None and pending[0] < row[0]:
                pending = next(proofs, None)
            if pending is not None and pending[0] == row[0]:
                found = pending[1]
                pending = next(proofs, None)
            yield Edge(row[0], row[1], row[2], row[3], _present(names, row[4:]), found)

    def aliases(self, node: str) -> list[Alias]:
        """Names of a node, the most frequent first."""
        columns = ", ".join(f.name for f in fields(Alias))
        rows = self.sql(
            f"SELECT {columns} FROM alias WHERE node = ? ORDER BY count DESC, alias",  # noqa: S608
            [node],
        )
        return [Alias(*row) for row in rows]

    def dropped(self) -> Iterator[Dropped]:
        """What the build left out, sorted by where it stands; for the whole graph, whatever the selection."""
        rows = self.sql(
            "SELECT stage, reason, file, line, detail, text, other_file, other_line FROM dropped "
            "ORDER BY file, line, stage, reason, text"
        )
        for stage, reason, file, line, detail, text, other_file, other_line in rows:
            other = Source(other_file, other_line) if other_file else None
            yield Dropped(stage, reason, Source(file, line), detail, text, other)

    def formats(self) -> dict[str, tuple[str, ...]]:
        """Names of the digest formats that each paper was read from, sorted."""
        rows = self.sql(
            r"""SELECT p.id, list_sort(list(DISTINCT i.format))
                FROM (SELECT id, unnest(source) AS place FROM paper) p
                JOIN input i ON i.file = regexp_replace(p.place, ':\d+$', '')
                GROUP BY p.id ORDER BY p.id"""
        )
        return {paper: tuple(found) for paper, found in rows}

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Numbers of nodes by type and of edges by type, in the order of the schema."""
        nodes = {str(t): int(n) for t, n in self.sql("SELECT type, count(*) FROM node GROUP BY type")}
        edges = {str(t): int(n) for t, n in self.sql("SELECT type, count(*) FROM edge GROUP BY type")}
        return (
            {t: nodes[t] for t in schema().nodes if t in nodes},
            {t: edges[t] for t in schema().edges if t in edges},
        )

    def networkx(self, evidence: bool = True) -> nx.MultiDiGraph:
        """The graph in memory: edges are keyed by their type and carry `id`, attributes and `evidence`."""
        from kg.build import to_networkx

        return to_networkx(self.nodes(), self.edges(evidence))

    def _gone(self) -> GraphNotFoundError:
        return GraphNotFoundError(
            f"the graph in {self.folder} was built again in the meantime: run the same command once more."
        )

    def close(self) -> None:
        """Let go of the tables."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _evidence(self) -> Iterator[tuple[str, tuple[EdgeEvidence, ...]]]:
        """Evidence of the edges of the whole graph, in the order of the table: by the id of the edge, best first."""
        import pyarrow.parquet as pq

        def rows() -> Iterator[tuple[Any, ...]]:
            try:
                file = pq.ParquetFile(self.table("evidence"))
            except FileNotFoundError:
                raise self._gone() from None
            with file:
                for batch in file.iter_batches(_BATCH, columns=["edge", *_EVIDENCE]):
                    yield from zip(*(batch[name].to_pylist() for name in ("edge", *_EVIDENCE)), strict=True)

        for edge, group in groupby(rows(), key=itemgetter(0)):
            yield edge, tuple(EdgeEvidence(*row[1:]) for row in group)

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            import duckdb

            connection = duckdb.connect(config={"threads": min(4, os.cpu_count() or 1)})
            for name, table in (
                ("all_papers", "papers"),
                ("all_nodes", "nodes"),
                ("all_edges", "edges"),
                ("evidence", "evidence"),
                ("alias", "aliases"),
                ("dropped", "dropped"),
                ("input", "inputs"),
            ):
                path = str(self.table(table)).replace("'", "''")
                connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")  # noqa: S608
            _select(connection, self.selection)
            self._connection = connection
        return self._connection


def _present(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    return {n: v for n, v in zip(names, values, strict=False) if v is not None and v != "" and v != []}


def _select(connection: duckdb.DuckDBPyConnection, selection: Selection | None) -> None:
    """Make the views `paper`, `edge` and `node` for a selection (None: everything, passing mentions too)."""
    if selection is None:
        connection.execute("CREATE VIEW shown AS SELECT id FROM all_nodes UNION ALL SELECT id FROM all_papers")
        connection.execute("CREATE VIEW edge AS SELECT * FROM all_edges")
    else:
        _narrow(connection, selection)
    connection.execute("CREATE VIEW paper AS SELECT * FROM all_papers WHERE id IN (SELECT id FROM shown)")
    connection.execute(
        """CREATE VIEW node AS
           SELECT id, type, name, aliases, paper_count, first_seen, last_seen FROM all_nodes
           WHERE id IN (SELECT id FROM shown)
           UNION ALL BY NAME
           SELECT id, 'Paper' AS type, title AS name,
                  CASE WHEN title_zh <> '' THEN [title_zh] ELSE [] END AS aliases,
                  0 AS paper_count, date AS first_seen, date AS last_seen
           FROM all_papers WHERE id IN (SELECT id FROM shown)"""
    )


def _narrow(connection: duckdb.DuckDBPyConnection, s: Selection) -> None:
    """Make the tables `shown` (ids of nodes) and `edge` for a selection."""
    paper, arguments = ["true"], list[Any]()
    if s.since:
        paper.append("date >= ?")
        arguments.append(s.since)
    if s.until:
        paper.append("date <> '' AND left(date, length(?)) <= ?")
        arguments += [s.until, s.until]
    if s.topics:
        paper.append(
            "id IN (SELECT e.source FROM all_edges e JOIN all_nodes n ON n.id = e.target "
            "WHERE e.type = 'HAS_TOPIC' AND list_contains(?, lower(n.name)))"
        )
        arguments.append([t.lower() for t in s.topics])
    connection.execute(
        f"CREATE TABLE kept AS SELECT id FROM all_papers WHERE {' AND '.join(paper)}",  # noqa: S608
        arguments,
    )
    edge, arguments = ["e.confidence >= ?"], [s.min_confidence]
    if s.relations:
        edge.append("list_contains(?, e.type)")
        arguments.append(list(s.relations))
    if not s.mentions and "MENTIONS" not in s.relations:
        edge.append("e.type <> 'MENTIONS'")
    ends = "true"
    if s.types:
        ends = "list_contains(?, n.type)"
        arguments.append(list(s.types))
    connection.execute(
        f"""CREATE TABLE link AS
            SELECT e.id, e.source, e.target, n.type AS target_type FROM all_edges e JOIN all_nodes n ON n.id = e.target
            WHERE {" AND ".join(edge)} AND {ends} AND e.source IN (SELECT id FROM kept)""",  # noqa: S608
        arguments,
    )
    if s.min_papers > 1:
        connection.execute(
            "DELETE FROM link WHERE target NOT IN "
            "(SELECT target FROM link GROUP BY target HAVING count(DISTINCT source) >= ?)",
            [s.min_papers],
        )
    narrowed = s.narrows_edges()
    papers = "SELECT DISTINCT source FROM link" if narrowed else "SELECT id FROM kept"
    connection.execute(
        "CREATE TABLE shown AS SELECT id FROM all_nodes WHERE id IN (SELECT target FROM link) "  # noqa: S608
        f"UNION ALL SELECT id FROM all_papers WHERE id IN ({papers})"
    )
    inner = "e.confidence >= ?" + (" AND list_contains(?, e.type)" if s.relations else "")
    arguments = [s.min_confidence] + ([list(s.relations)] if s.relations else [])
    connection.execute(
        f"""CREATE TABLE edge AS SELECT e.* FROM all_edges e WHERE e.id IN (SELECT id FROM link)
            UNION ALL SELECT e.* FROM all_edges e
            WHERE {inner} AND e.source IN (SELECT id FROM all_nodes)
              AND e.source IN (SELECT id FROM shown) AND e.target IN (SELECT id FROM shown)""",  # noqa: S608
        arguments,
    )


def find_folder(given: str | None, environment: Mapping[str, str]) -> Path:
    """The graph folder: the one given, else `KG_GRAPH`, else the nearest `graph/` here or above, else `./graph`.

    As git finds its repository: from the working folder upwards.
    """
    if given:
        return Path(given)
    if environment.get("KG_GRAPH"):
        return Path(environment["KG_GRAPH"])
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "graph" / "manifest.json").is_file():
            found = folder / "graph"
            return found.relative_to(here) if folder == here else found
    return Path("graph")


def open_graph(folder: Path) -> Graph:
    """Open the graph in a folder.

    Raises
    ------
    GraphNotFoundError
        No graph stands there, or it was written in a format that this version does not read.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise GraphNotFoundError(
            f"there is no graph in {folder}: build one with `kg build SOURCE... -g {folder}`, or name another with -g."
        ) from None
    except (OSError, ValueError) as error:
        raise GraphNotFoundError(
            f"{folder / 'manifest.json'} cannot be read ({error}): build the graph again."
        ) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise GraphNotFoundError(
            f"the graph in {folder} was written by another version of kg: build it again with `kg build`."
        )
    if not {"tables", "digests", "sources", "pipeline"} <= manifest.keys():
        raise GraphNotFoundError(f"{folder / 'manifest.json'} is not whole: build the graph again with `kg build`.")
    graph = Graph(folder, manifest)
    missing = [name for name in TABLES if not graph.table(name).is_file()]
    if missing:
        raise GraphNotFoundError(f"{graph.table(missing[0])} is missing: build the graph again with `kg build`.")
    return graph


def write_graph(
    folder: Path,
    tables: Mapping[str, pa.Table | pa.RecordBatchReader],
    about: Mapping[str, Any],
    check: Callable[[], object] = lambda: None,
) -> Graph:
    """Write the tables beside the last graph, then make them the graph in one step.

    Parameters
    ----------
    folder : Path
        The graph folder; made if it is not there.
    tables : mapping of str to pyarrow.Table or pyarrow.RecordBatchReader
        One for each name in `TABLES`, sorted.
    about : mapping
        What the manifest says besides: schema version, pipeline, options.
    check : callable
        Called when the tables are written and before they become the graph; what it raises leaves the last graph.
    """
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / "tables.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    digests, rows = {}, {}
    for name in TABLES:
        path = new / f"{name}.parquet"
        rows[name] = _write_table(path, tables[name])
        digests[name] = _digest(path)
    check()
    stamp = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()[:12]
    final = folder / f"tables-{stamp}"
    if final.exists():
        # The same tables again: one that was damaged since is made good.
        for path in new.iterdir():
            path.replace(final / path.name)
        new.rmdir()
    else:
        new.rename(final)
    manifest = {
        "format": FORMAT,
        **about,
        "tables": final.name,
        "digests": digests,
        "rows": rows,
    }
    replace_text(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    for old in folder.glob("tables-*"):
        if old != final:
            shutil.rmtree(old, ignore_errors=True)
    return Graph(folder, manifest)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_table(path: Path, table: pa.Table | pa.RecordBatchReader) -> int:
    """Write a table and return its number of rows; row groups are of one size, however the rows come in."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    batches = table.to_batches() if isinstance(table, pa.Table) else table
    written, pending, size = 0, list[Any](), 0
    with (
        path.open("wb") as file,
        pq.ParquetWriter(file, table.schema, compression="zstd", store_schema=False) as writer,
    ):
        for batch in batches:
            pending.append(batch)
            size += batch.num_rows
            while size >= _ROW_GROUP:
                rows = pa.Table.from_batches(pending, table.schema)
                writer.write_table(rows.slice(0, _ROW_GROUP).combine_chunks())
                pending, size = rows.slice(_ROW_GROUP).to_batches(), size - _ROW_GROUP
                written += _ROW_GROUP
        if size or not written:
            writer.write_table(pa.Table.from_batches(pending, table.schema).combine_chunks())
        writer.close()
        file.flush()
        os.fsync(file.fileno())
    return written + size


def replace_text(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise KgError(f"{path} cannot be written: {error.strerror or error}.") from error


def selection_options(selection: Selection) -> dict[str, Any]:
    """The parts of a selection that are not the default, to be said in an export."""
    default = asdict(Selection())
    return {name: value for name, value in asdict(selection).items() if value != default[name]}
