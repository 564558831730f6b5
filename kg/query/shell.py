"""The shell: what a line means and what it answers. Where lines come from and go to is `repl`'s business."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import InputError
from kg.query import named, render, text
from kg.query.base import Engine, Query, Result
from kg.query.completion import Names, Vocabulary
from kg.query.named import NamedQuery
from kg.query.values import parse_parameters

if TYPE_CHECKING:
    from rich.console import RenderableType

COMMANDS: Mapping[str, str] = {
    ":help": "this list",
    ":list": "queries that go by a name; :list WORD those with that word",
    ":text": "the Cypher of a query: :text @papers-using",
    ":schema": "labels, relationship types and their properties",
    ":use": "ask another graph or server: :use FOLDER, :use neo4j://HOST:7687",
    ":param": "set a parameter for all queries: :param what=SDXL; :param alone tells all",
    ":format": f"how answers look: {', '.join(render.FORMATS)}",
    ":limit": "the most rows to show; 0 for all",
    ":timeout": "the most seconds a query may take; 0 for any",
    ":quit": "leave, as Ctrl-D does",
}
INTRODUCTION = "Cypher ends with ; and may have several lines. :help tells more, :list the queries that go by a name."


@dataclass(slots=True)
class Shell:
    """A conversation with an engine.

    `switch` opens another engine for what stands after `:use`; `notes` takes remarks that are no answer.
    """

    engine: Engine
    queries: Mapping[str, NamedQuery]
    switch: Callable[[str], Engine]
    notes: Callable[[str], None]
    limit: int = 100
    timeout: float = 60.0
    format: str = "table"
    done: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)
    _names: Names | None = None

    def answer(self, entry: str) -> Iterator[RenderableType]:
        """What there is to print on a command, a query that goes by a name, or Cypher.

        Raises
        ------
        KgError
            It cannot be done; the shell goes on.
        """
        entry = entry.strip()
        if entry.startswith(":"):
            yield from self._command(*entry.rstrip(";").split(None, 1))
        elif entry.startswith("@"):
            yield from self._shown(self._asked_by_name(entry.rstrip(";")))
        elif list(text.statements(entry)):
            yield from self._shown(Query(entry, self.parameters, self.limit, self.timeout))

    @property
    def vocabulary(self) -> Vocabulary:
        """What can be completed; the names of the graph are read when first needed."""
        if self._names is None:
            self._names = Names(lambda: self.engine.names())
        about = {name: query.summary for name, query in self.queries.items()}
        return Vocabulary(COMMANDS, about, self._names)

    def _asked_by_name(self, entry: str) -> Query:
        try:
            name, *words = shlex.split(entry)
        except ValueError as error:
            raise InputError(f"{entry!r} has a quote that is not closed: {error}.") from error
        query = named.get(self.queries, name)
        values = [w for w in words if not _is_assignment(w, query)]
        set_here = {p.name: self.parameters[p.name] for p in query.parameters if p.name in self.parameters}
        given = set_here | query.positional(values) | parse_parameters(w for w in words if w not in values)
        return query.query(self.engine, given, limit=self.limit, timeout=self.timeout)

    def _shown(self, query: Query) -> Iterator[RenderableType]:
        result = self.engine.run(query)
        yield shown(result, self.format)
        for note in remarks(result, self.limit, ":limit"):
            self.notes(note)

    def _command(self, name: str, argument: str = "") -> Iterator[RenderableType]:
        argument = argument.strip()
        match name:
            case ":help":
                yield table_of(COMMANDS)
            case ":list":
                yield table_of({f"@{n}": q.summary for n, q in self.queries.items() if argument in f"{n} {q.summary}"})
            case ":text":
                yield described(named.get(self.queries, argument), self.engine.dialect)
            case ":schema":
                yield from _schema()
            case ":use":
                self._use(argument)
            case ":param" if argument:
                self.parameters |= parse_parameters([argument])
            case ":param":
                yield table_of({f"${n}": repr(v) for n, v in self.parameters.items()})
            case ":format" if argument in render.FORMATS:
                self.format = argument
            case ":limit" if argument.isdecimal():
                self.limit = int(argument)
            case ":timeout" if argument.replace(".", "", 1).isdecimal():
                self.timeout = float(argument)
            case ":quit" | ":exit" | ":q":
                self.done = True
            case _ if name in COMMANDS:
                raise InputError(f"{name} does not take {argument!r}; it is for: {COMMANDS[name]}.")
            case _:
                raise InputError(f"there is no command {name}: :help lists them.")

    def _use(self, where: str) -> None:
        if not where:
            raise InputError("name a graph folder or the address of a server, such as :use neo4j://localhost:7687.")
        engine = self.switch(where)
        self.engine.close()
        self.engine, self._names = engine, None
        self.notes(f"asking {engine.title}")


def _is_assignment(word: str, query: NamedQuery) -> bool:
    name, sign, _ = word.partition("=")
    return bool(sign) and (name in {p.name for p in query.parameters} or name.isidentifier())


def shown(result: Result, form: str) -> RenderableType:
    """An answer in one of the formats."""
    match form:
        case "json":
            return render.as_json(result)
        case "csv":
            return render.as_csv(result)
        case _:
            return render.as_table(result)


def remarks(result: Result, limit: int, option: str) -> Iterator[str]:
    """What a reader should know beside an answer; `option` is how to set the limit."""
    if result.cut:
        yield f"only the first {limit:,} rows are shown: {option} {limit * 10} shows more, {option} 0 all of them"
    elif not result.rows:
        yield "no rows"
    for note in result.notes:
        yield f"note: {note}"


def table_of(entries: Mapping[str, str]) -> RenderableType:
    """Names with what they mean."""
    from kg.console import table

    return table(("", ""), entries.items())


def described(query: NamedQuery, dialect: str) -> str:
    """A named query as its file has it: what it answers, its parameters and its Cypher."""
    parameters = [f"// ${p.name}: {p.type} = {p.default!r} -- {p.description}" for p in query.parameters]
    return "\n".join([f"// {query.summary}", *parameters, query.texts.get(dialect, "")])


def _schema() -> Iterator[RenderableType]:
    from kg.schema import schema

    known = schema()
    for kind in known.nodes.values():
        yield f"(:{kind.name})  id, name, {', '.join(kind.attributes)}"
    for edge in known.edges.values():
        yield f"({'|'.join(edge.source)})-[:{edge.name}]->({'|'.join(edge.target)})  {', '.join(edge.attributes)}"


def entries(lines: Iterator[str]) -> Iterator[str]:
    """Entries from lines: a command or a query's name is one line, Cypher goes on to its semicolon."""
    waiting = ""
    for line in lines:
        if not waiting.strip() and line.lstrip().startswith((":", "@")):
            yield line.strip()
            continue
        waiting += line
        found = list(text.statements(waiting))
        if found and all(ended for _, ended in found):
            yield from (statement for statement, _ in found)
            waiting = ""
    yield from (statement for statement, _ in text.statements(waiting))


def is_whole(entry: str) -> bool:
    """Whether an entry is complete, so that Enter sends it."""
    if not entry.strip() or entry.lstrip().startswith((":", "@")):
        return True
    found = list(text.statements(entry))
    return bool(found) and all(ended for _, ended in found)
