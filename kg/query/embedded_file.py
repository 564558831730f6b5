"""The embedded store: one ladybug file beside the graph, made from its tables, made anew whenever it does not fit.

The name of the file, ``query-<key>.lbug``, says what it was made from: the key is a digest of the tables, of the model
below and of ladybug's version. So a file is the right one or not there; nobody has to look into it to know.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import kg
from kg.query.base import EngineError
from kg.query.tables import EVIDENCE, EdgeFile, NodeFile, write_files
from kg.schema import Attribute, schema
from kg.store import Graph, open_graph

if TYPE_CHECKING:
    import ladybug

T = TypeVar("T")
VERSIONS = "0.22."
_TABLES = ("papers", "nodes", "edges", "evidence")
_TYPES = {"string": "STRING", "date": "STRING", "integer": "INT64", "number": "DOUBLE", "strings": "STRING[]"}
_ATTEMPTS = 5
_READ_BUFFER = 2 << 30
_MAX_SIZE = 1 << 40  # of the file; the default wants 8 TB of address space, which not every machine gives

# Functions of Neo4j that ladybug has under another name. No operators in them: ladybug 0.22 stores a macro such as
# `size(x) = 0`, and then cannot open the file.
_MACROS = (
    "toInteger(x) AS CAST(x AS INT64)",
    "toFloat(x) AS CAST(x AS DOUBLE)",
    "toString(x) AS CAST(x AS STRING)",
    "toBoolean(x) AS CAST(x AS BOOL)",
    "type(r) AS label(r)",
    "head(x) AS list_extract(x, 1)",
    "last(x) AS list_extract(x, -1)",
    "tail(x) AS list_slice(x, 2, size(x))",
    "isEmpty(x) AS equals(size(x), 0)",
    "split(x, y) AS string_split(x, y)",
    "char_length(x) AS size(x)",
    "startNode(r) AS START_NODE(r)",
    "endNode(r) AS END_NODE(r)",
    "elementId(x) AS CAST(id(x) AS STRING)",
    "rand() AS random()",
    "randomUUID() AS gen_random_uuid()",
    "datetime() AS current_timestamp()",
)


class _UnusableError(Exception):
    """A store is not there, does not open, or does not hold the graph."""


def engine_module() -> Any:
    """The ladybug package.

    Raises
    ------
    EngineError
        It is not installed, or another package or version is.
    """
    how = f"install it with `pip install 'ladybug>={VERSIONS[:-1]},<0.23'`, or ask a server with --uri."
    try:
        import ladybug
    except ImportError as error:
        raise EngineError(f"queries without a server need ladybug, which does not load ({error}): {how}") from None
    version = getattr(ladybug, "__version__", "")
    if not version.startswith(VERSIONS) or not hasattr(ladybug, "Database"):
        raise EngineError(f"ladybug {version or 'of another kind'} is installed, and kg works with {VERSIONS}x: {how}")
    return ladybug


def open_file(folder: Path, building: Callable[[], None] = lambda: None) -> tuple[Graph, ladybug.Database]:
    """The graph of a folder and its embedded store, open for reading; made first where there is none or it is broken.

    Parameters
    ----------
    folder : Path
        The graph folder.
    building : callable
        Called before a store is made, which takes some seconds.

    Raises
    ------
    GraphNotFoundError
        There is no graph in the folder.
    EngineError
        The store cannot be made.
    """
    engine = engine_module()
    for _ in range(_ATTEMPTS):
        graph = open_graph(folder)
        path = file_of(graph)
        with suppress(_UnusableError):
            return graph, _open(graph, path, engine)
        with _locked(path.parent):
            # Whoever held the lock may have made it.
            with suppress(_UnusableError):
                return graph, _open(graph, path, engine)
            building()
            try:
                _make(graph, path, engine)
                _forget_others(path)
                return graph, _open(graph, path, engine)
            except Exception as error:
                # A build may have put newer tables in the place of those that were being read.
                if open_graph(folder).manifest["tables"] == graph.manifest["tables"]:
                    raise EngineError(f"the store for queries, {path}, cannot be made: {error}.") from error
    raise EngineError(f"the graph in {folder} changes faster than it can be read: try again when its build is done.")


def file_of(graph: Graph) -> Path:
    """Where the embedded store of a graph stands, made or not: beside the graph, or in the user's cache."""
    engine = engine_module()
    made_from = [
        {name: graph.manifest["digests"][name] for name in _TABLES},
        [kg.__version__, *_definitions()],
        [engine.__version__, engine.Database.get_storage_version()],
    ]
    key = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:12]
    return _home(graph.folder) / f"query-{key}.lbug"


def _home(folder: Path) -> Path:
    if os.access(folder, os.W_OK):
        return folder
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "kg" / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    home.mkdir(parents=True, exist_ok=True)
    return home


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    from filelock import FileLock

    with FileLock(home / "query.lock"):
        yield


def _open(graph: Graph, path: Path, engine: Any) -> ladybug.Database:
    if not path.is_file():
        raise _UnusableError("it is not there")
    database = None
    try:
        database = engine.Database(str(path), read_only=True, buffer_pool_size=_READ_BUFFER, max_db_size=_MAX_SIZE)
        with engine.Connection(database) as connection:
            # An empty file opens too, as a database without tables.
            papers = connection.execute("MATCH (p:Paper) RETURN count(*)").get_next()[0]
            edges = connection.execute("MATCH ()-[r]->() RETURN count(*)").get_next()[0]
        rows = graph.manifest["rows"]
        if (papers, edges) != (rows["papers"], rows["edges"]):
            raise _UnusableError(
                f"it holds {papers} papers and {edges} edges instead of {rows['papers']} and {rows['edges']}"
            )
    except BaseException as error:
        if database is not None:
            database.close()
        if isinstance(error, RuntimeError | OSError):
            raise _UnusableError(str(error)) from error
        raise
    return database  # type: ignore[no-any-return]


def discard(graph: Graph) -> None:
    """Delete the store of a graph, which has turned out to be broken."""
    path = file_of(graph)
    with _locked(path.parent):
        path.unlink(missing_ok=True)


def _forget_others(path: Path) -> None:
    for old in sorted(path.parent.glob("query-*")):
        if old != path:
            # A reader that has it open goes on with it; where that forbids deleting, the next build does it.
            with suppress(OSError):
                old.unlink()


def _make(graph: Graph, path: Path, engine: Any) -> None:
    work = path.parent / "query.new"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        new = work / "graph.lbug"
        with engine.Database(str(new), max_db_size=_MAX_SIZE) as database, engine.Connection(database) as connection:
            for definition in _definitions():
                connection.execute(definition)
            for file in _ahead(write_files(graph, work)):
                connection.execute(_copy(file))
                file.path.unlink()
            # So that no write-ahead log stays.
            connection.execute("CHECKPOINT")
        with new.open("rb") as made:
            os.fsync(made.fileno())
        new.replace(path)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _ahead(files: Iterator[T]) -> Iterator[T]:
    """The same files; the next one is written, by a thread, while the last is being copied."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, files, None)
        while (file := coming.result()) is not None:
            coming = pool.submit(next, files, None)
            yield file


def _definitions() -> Iterator[str]:
    """What makes an empty store.

    Each statement commits by itself: a store that is half made is never seen, and copying within one transaction
    takes twice the time.
    """
    evidence = ", ".join(f"{name} {kind}" for name, (_, kind) in EVIDENCE.items())
    for node in schema().nodes.values():
        columns = _columns(node.attributes.values())
        yield f"CREATE NODE TABLE {node.name}(id STRING PRIMARY KEY, name STRING, {columns}, keys STRING[])"
    for edge in schema().edges.values():
        ends = ", ".join(f"FROM {a} TO {b}" for a in edge.source for b in edge.target if edge.joins(a, b))
        columns = _columns(edge.attributes.values())
        yield f"CREATE REL TABLE {edge.name}({ends}, id STRING, {columns}, {evidence})"
    for macro in _MACROS:
        yield f"CREATE MACRO {macro}"


def _copy(file: NodeFile | EdgeFile) -> str:
    ends = f" (from='{file.source}', to='{file.target}')" if isinstance(file, EdgeFile) else ""
    return f"COPY {file.type} FROM {_quoted(file.path)}{ends}"


def _columns(attributes: Iterable[Attribute]) -> str:
    return ", ".join(f"{a.name} {_TYPES[a.type]}" for a in attributes)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("\\", "\\\\").replace("'", "\\'") + "'"
