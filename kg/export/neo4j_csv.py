"""Files for `neo4j-admin database import full`, which fills a new database with millions of rows in minutes.

The rows are those that `kg export neo4j` would write, digests included: it recognises them afterwards, makes the
constraints and indexes, and goes on from there.
"""

from __future__ import annotations

import csv
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from kg.export.base import GraphView, Option, Summary, exporter, replacing
from kg.export.neo4j.export import DEFAULT_GRAPH, checked_name
from kg.export.neo4j.model import EVIDENCE, NODE, Model, Table, model
from kg.export.neo4j.values import Row, Value, edge_rows, node_rows
from kg.schema import Attribute, schema

DELIMITER = "\x1f"
RUN = "import"
SCRIPT = "import.sh"
CONSTRAINTS = "constraints.cypher"

_TYPES = {"string": "string", "date": "string", "integer": "long", "number": "double", "strings": "string[]"}
_ARGUMENTS = (f"--array-delimiter=U+{ord(DELIMITER):04X}", "--multiline-fields=true", "--bad-tolerance=0")


def node_file(label: str) -> str:
    """Return the name of the file of a label."""
    return f"nodes-{label}.csv"


def edge_file(name: str) -> str:
    """Return the name of the file of a relationship type."""
    return f"relationships-{name}.csv"


def node_header(table: Table, attributes: Mapping[str, Attribute]) -> list[str]:
    """Return the first line of the file of a label, which names and types its columns."""
    return ["id:ID", *_columns(table, attributes)]


def edge_header(table: Table, attributes: Mapping[str, Attribute]) -> list[str]:
    """Return the first line of the file of a relationship type."""
    return ["id", ":START_ID", ":END_ID", *_columns(table, attributes)]


def _columns(table: Table, attributes: Mapping[str, Attribute]) -> list[str]:
    types = {name: f"{_TYPES[items]}[]" for name, (items, _) in EVIDENCE.items()}
    types |= {name: _TYPES[attribute.type] for name, attribute in attributes.items()}
    return ["graph", "kg_run", "kg_hash:long", *(f"{p}:{types.get(p, 'string')}" for p in table.properties)]


def line(row: Row, graph: str) -> list[Any]:
    """Return the cells of a row; an empty one is an absent property."""
    return [*row.key, graph, RUN, row.digest, *map(cell, row.values())]


def cell(value: Value) -> str | int | float | None:
    """Return a property as one cell."""
    if isinstance(value, bool):
        return str(value).lower()
    return DELIMITER.join(map(str, value)) if isinstance(value, list) else value


def command(statements: Model) -> list[str]:
    """Return the arguments of `neo4j-admin database import full` after the name of the database."""
    return [
        *(f"--nodes={NODE}:{label}={node_file(label)}" for label in statements.nodes),
        *(f"--relationships={name}={edge_file(name)}" for name in statements.edges),
        *_ARGUMENTS,
    ]


def script(statements: Model) -> str:
    """Return the command as a script that finds its files and passes on what else it is given."""
    first = '"${NEO4J_ADMIN:-neo4j-admin}" database import full "$database"'
    words = " \\\n  ".join([first, *map(shlex.quote, command(statements)), '"$@"'])
    return (
        "#!/bin/sh\n"
        "# Fills a new database with the files of this folder; the server must be stopped.\n"
        f"#   sh {SCRIPT} [DATABASE [--overwrite-destination=true]]\n"
        'set -eu\ncd "$(dirname "$0")"\ndatabase=${1:-neo4j}\n[ $# -eq 0 ] || shift\n'
        f"{words}\n"
    )


class _Encoded:
    """A text file on a binary one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(text.encode())


def _rows(graph: GraphView, statements: Model) -> Iterator[tuple[str, Row]]:
    nodes, edges = node_rows(graph.nodes(), statements), edge_rows(graph.edges(), statements)
    return chain(((node_file(r.type), r) for r in nodes), ((edge_file(r.type), r) for r in edges))


@exporter(graph_name=Option("Name of the graph in the database, which may hold several."))
def export(graph: GraphView, out: Path, *, graph_name: str = DEFAULT_GRAPH) -> Summary:
    """CSV for a first load of millions into Neo4j, with the neo4j-admin command that imports it."""
    name, statements = checked_name(graph_name), model(schema())
    headers = {node_file(t): node_header(table, schema().nodes[t].attributes) for t, table in statements.nodes.items()}
    headers |= {edge_file(t): edge_header(table, schema().edges[t].attributes) for t, table in statements.edges.items()}
    counts = Counter(dict.fromkeys(headers, 0))
    texts = {
        SCRIPT: script(statements),
        CONSTRAINTS: "".join(f"{s};\n" for s in (*statements.constraints, *statements.indexes)),
    }
    with replacing(*(out / file for file in (*headers, *texts))) as files:
        writers = {}
        for (file, header), target in zip(headers.items(), files, strict=False):
            writers[file] = csv.writer(_Encoded(target))
            writers[file].writerow(header)
        for file, row in _rows(graph, statements):
            writers[file].writerow(line(row, name))
            counts[file] += 1
        for text, target in zip(texts.values(), files[len(headers) :], strict=True):
            target.write(text.encode())
    return _summary(out, counts)


def _summary(out: Path, counts: Mapping[str, int]) -> Summary:
    imported = f"sh {shlex.quote(str(out / SCRIPT))} neo4j"
    return Summary(
        ("file", "rows"),
        tuple((file, count) for file, count in counts.items() if count),
        (
            f"wrote {len(counts) + 2} files to {out}",
            f"import them, with the server stopped: {imported} (--overwrite-destination=true replaces what is there)",
            "then start the server and run `kg export neo4j`, which makes the constraints and indexes",
        ),
        ("rows",),
    )
