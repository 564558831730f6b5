"""Named queries: files of Cypher with a description, typed parameters with defaults, and one text for each engine.

A file ``papers-using.cypher`` is asked as ``@papers-using``::

    // Papers that use a model or method, newest first.
    //
    // More on it, as long as it takes.
    //
    // $what: Model|Method = "Stable Diffusion" -- what is used, by any of its names
    // $limit: integer = 20 -- rows
    MATCH (p:Paper)-[r:USES]->(m {id: $what})
    RETURN p.title AS title, p.date AS date ORDER BY date DESC, title LIMIT $limit

Where the engines need different texts, a line ``// @embedded`` stands before one and ``// @neo4j`` before the other. A
parameter whose type names node types (or ``Any``) is a name in any language and spelling; the query gets the node's id.
Parameters that the head does not declare are taken as they are given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.query import text
from kg.query.base import Engine, Query
from kg.query.names import find
from kg.query.values import parse_value
from kg.schema import schema

DIALECTS = ("embedded", "neo4j")
_ANYTHING = "value"
_SCALARS: Mapping[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "date": str,
    _ANYTHING: object,
}
_PARAMETER = re.compile(r"\$(\w+):\s*(\S+)(?:\s*=\s*(.+?))?(?:\s+--\s*(.*))?")
_SECTION = re.compile(r"^//\s*@(\w+)[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_DATE = re.compile(r"(\d{4}(-\d{2}(-\d{2})?)?)?")
_SUFFIX = ".cypher"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a named query; `types` are the node types that a name may have, empty for plain values."""

    name: str
    type: str
    default: Any
    description: str

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is None

    @property
    def is_name(self) -> bool:
        """Whether it is a name to look up."""
        return self.type not in _SCALARS

    @property
    def types(self) -> tuple[str, ...]:
        """The node types that the name may have; empty for any."""
        return () if self.type == "Any" or not self.is_name else tuple(self.type.split("|"))

    def value(self, given: Any) -> Any:
        """The value of what a user gave, checked.

        Raises
        ------
        InputError
            It is of another type.
        """
        kind = _SCALARS.get(self.type, str)
        if kind is str and isinstance(given, int | float) and not isinstance(given, bool):
            given = str(given)
        if not isinstance(given, kind) or (isinstance(given, bool) and kind is not object):
            raise InputError(f"the parameter {self.name} is {given!r}, and must be {_article(self.type)}.")
        if self.type == "date" and not _DATE.fullmatch(given):
            raise InputError(f"the parameter {self.name} is {given!r}, and no date: write 2024, 2024-03 or 2024-03-13.")
        return given


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query that goes by a name; `texts` has its Cypher by dialect."""

    name: str
    summary: str
    details: str
    parameters: tuple[Parameter, ...]
    texts: Mapping[str, str]
    path: Path

    @property
    def same(self) -> bool:
        """Whether both engines take the same text."""
        return len(set(self.texts.values())) == 1

    def query(self, engine: Engine, given: Mapping[str, Any], *, limit: int = 0, timeout: float = 0.0) -> Query:
        """The query for an engine, its defaults filled in and names looked up.

        Raises
        ------
        InputError
            A parameter is unknown, missing or of another type, or the file has no text for this engine.
        NameNotFoundError
            A name is not in the graph.
        """
        known = {p.name: p for p in self.parameters}
        for name in given:
            if name not in known:
                listed = ", ".join(known) or "none"
                raise InputError(f"@{self.name} has no parameter {name!r}; its parameters: {listed}.")
        if engine.dialect not in self.texts:
            raise InputError(f"{self.path} has no text for this engine: add one under a line `// @{engine.dialect}`.")
        values = {}
        for parameter in self.parameters:
            value = given.get(parameter.name, parameter.default)
            if value is None:
                raise InputError(f"@{self.name} needs {parameter.name}: {parameter.description or parameter.type}.")
            value = parameter.value(value)
            # An empty name stays what it is: queries take it for "any".
            lookup = parameter.is_name and value != ""
            values[parameter.name] = find(engine, value, parameter.types).id if lookup else value
        return Query(self.texts[engine.dialect], values, limit, timeout)

    def positional(self, values: Sequence[str]) -> dict[str, Any]:
        """Parameters from values in the order of the file's parameters.

        Raises
        ------
        InputError
            There are more values than parameters.
        """
        if len(values) > len(self.parameters):
            listed = ", ".join(p.name for p in self.parameters) or "none"
            raise InputError(f"@{self.name} takes no {len(values)} values; its parameters: {listed}.")
        return {
            p.name: v if p.is_name or p.type in ("string", "date") else parse_value(v)
            for p, v in zip(self.parameters, values, strict=False)
        }


def _article(kind: str) -> str:
    article = "an" if kind[0] in "aeiou" else "a"
    return f"{article} {kind}" if kind in _SCALARS else "a name"


def load_folder(folder: Path) -> dict[str, NamedQuery]:
    """All named queries of a folder, by name.

    Raises
    ------
    InputError
        The folder cannot be read, or a file in it is not a named query; the message says where.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder of queries: name one that holds .cypher files.")
    found = (read_query(path) for path in sorted(folder.glob(f"*{_SUFFIX}")))
    return {query.name: query for query in found}


def load_all(folders: Sequence[Path] = ()) -> dict[str, NamedQuery]:
    """The queries that come with kg and those of users' own folders, which go before them, by name."""
    found: dict[str, NamedQuery] = {}
    for folder in (Path(__file__).parent.parent / "queries", *folders):
        found |= load_folder(folder)
    return dict(sorted(found.items()))


def get(queries: Mapping[str, NamedQuery], name: str) -> NamedQuery:
    """The query of a name, with or without its @.

    Raises
    ------
    InputError
        There is none; the message gives the nearest names.
    """
    import difflib

    wanted = name.removeprefix("@")
    if wanted in queries:
        return queries[wanted]
    near = difflib.get_close_matches(wanted, queries, n=3, cutoff=0.4)
    meant = f", perhaps {' or '.join('@' + n for n in near)}" if near else ""
    raise InputError(f"there is no query @{wanted}{meant}: `kg query --list` tells all.")


def read_query(path: Path) -> NamedQuery:
    """Read a named query from a file.

    Raises
    ------
    InputError
        It cannot be read, or is not as this module says.
    """
    try:
        return parse_query(path, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error


def parse_query(path: Path, content: str) -> NamedQuery:
    """Make a named query of the content of a file; see `read_query`."""
    name = path.name.removesuffix(_SUFFIX)
    if not _NAME.fullmatch(name):
        raise InputError(f"{path} cannot be asked by name: use letters, digits, - and _ in its name.")
    lines = content.replace("\r\n", "\n").split("\n")
    head = next((i for i, line in enumerate(lines) if not line.startswith("//") or _SECTION.match(line)), len(lines))
    notes = [line[2:].strip() for line in lines[:head]]
    parameters = tuple(_parameter(path, i, note) for i, note in enumerate(notes, 1) if note.startswith("$"))
    prose = "\n".join(n for n in notes if not n.startswith("$")).strip()
    summary, _, details = prose.partition("\n")
    texts = _texts(path, "\n".join(lines[head:]))
    used = dict.fromkeys(used for cypher in texts.values() for used in text.parameters(cypher))
    for dialect, cypher in texts.items():
        if len(list(text.statements(cypher))) != 1:
            raise InputError(f"{path} holds no query for {dialect}, or more than one: write one in each file.")
    for parameter in parameters:
        if parameter.name not in used:
            raise InputError(
                f"{path} declares ${parameter.name} and does not use it: correct its name, or leave it out."
            )
    declared = {p.name for p in parameters}
    undeclared = tuple(Parameter(name, _ANYTHING, None, "") for name in used if name not in declared)
    return NamedQuery(name, summary, _paragraphs(details), parameters + undeclared, texts, path)


def _paragraphs(notes: str) -> str:
    return "\n\n".join(" ".join(p.split()) for p in re.split(r"\n\s*\n", notes) if p.strip())


def _parameter(path: Path, line: int, note: str) -> Parameter:
    found = _PARAMETER.fullmatch(note)
    if not found:
        raise InputError(f'{path}:{line} is no parameter: write `// $name: type = "default" -- what it is`.')
    name, kind, default, description = found.groups()
    if kind not in _SCALARS and kind != "Any" and not set(kind.split("|")) <= set(schema().nodes):
        known = ", ".join((*_SCALARS, "Any", *schema().nodes))
        raise InputError(f"{path}:{line}: {kind!r} is no type of a parameter; types are {known}.")
    try:
        value = None if default is None else json.loads(default)
        parameter = Parameter(name, kind, value, description or "")
        if value is not None:
            parameter.value(value)
    except (ValueError, InputError) as error:
        raise InputError(f"{path}:{line}: the default of {name} does not fit its type {kind} ({error}).") from error
    return parameter


def _texts(path: Path, body: str) -> dict[str, str]:
    before, *parts = _SECTION.split(body)
    if not parts:
        return dict.fromkeys(DIALECTS, before.strip())
    if before.strip():
        raise InputError(f"{path}: Cypher stands before the first line `// @{parts[0]}`: move it below.")
    texts = {}
    for dialect, cypher in zip(parts[::2], parts[1::2], strict=True):
        if dialect not in DIALECTS or dialect in texts:
            raise InputError(f"{path}: `// @{dialect}` is wrong; write each of `// @embedded` and `// @neo4j` once.")
        texts[dialect] = cypher.strip()
    return texts
