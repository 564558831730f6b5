"""Cypher as text: just enough of its lexical rules to look at a query without being fooled by its strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kg.query.base import Query, QueryError
from kg.query.values import check_value

_OPAQUE = re.compile(
    r"""//[^\n]* | /\*.*?(?:\*/|\Z) | '(?:\\.|[^'\\])*(?:'|\\?\Z) | "(?:\\.|[^"\\])*(?:"|\\?\Z) | `[^`]*(?:`|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_STRING = re.compile(r"""'(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*\"""", re.VERBOSE | re.DOTALL)
_PARAMETER = re.compile(r"\$(\w+)")
_WORD = re.compile(r"\w+")
_RETURN = re.compile(r"\bRETURN\b(?:\s+DISTINCT\b)?", re.IGNORECASE)
_AFTER_RETURN = re.compile(r"\b(?:ORDER\s+BY|SKIP|OFFSET|LIMIT|UNION)\b", re.IGNORECASE)
_ALIAS = re.compile(r"\bAS\s+(\S.*)$", re.IGNORECASE | re.DOTALL)
_OPEN, _CLOSE = "([{", ")]}"
# What a reading query may begin with; the rest writes, loads, or changes the engine.
_READING = frozenset({"MATCH", "OPTIONAL", "WITH", "RETURN", "UNWIND", "CALL", "SHOW", "USE", "CYPHER"})
_PREFIXES = frozenset({"EXPLAIN", "PROFILE"})


def masked(cypher: str) -> str:
    """The query with its strings, comments and quoted names blanked out; every offset stays what it was."""
    return _OPAQUE.sub(lambda m: re.sub(r"[^\n]", "\0" if m[0][0] == "`" else " ", m[0]), cypher)


def open_string(cypher: str) -> str | None:
    """What stands after the quote of a string that is still open at the end of a text; None where none is."""
    *_, last = (None, *_OPAQUE.finditer(cypher))
    if last is None or last.end() < len(cypher) or last[0][0] not in "'\"" or _STRING.fullmatch(last[0]):
        return None
    return last[0][1:]


def statements(text: str) -> Iterator[tuple[str, bool]]:
    """The statements of a text, each with whether a semicolon ends it; empty ones are left out.

    Examples
    --------
    >>> list(statements("RETURN ';'; RETURN 2"))
    [("RETURN ';'", True), ('RETURN 2', False)]
    """
    hidden, start = masked(text), 0
    for i, character in enumerate(hidden):
        if character == ";":
            if hidden[start:i].strip(" \t\r\n"):
                yield text[start:i].strip(), True
            start = i + 1
    if hidden[start:].strip(" \t\r\n"):
        yield text[start:].strip(), False


def one_statement(text: str) -> str:
    """The only statement of a text, without its semicolon.

    Raises
    ------
    QueryError
        There is none, or more than one.
    """
    found = [statement for statement, _ in statements(text)]
    if len(found) != 1:
        what = "there is no query in that text" if not found else f"that text holds {len(found)} queries"
        raise QueryError(f"{what}: write one at a time.")
    return found[0]


def check_reading(cypher: str) -> None:
    """Raise `QueryError` unless a query begins as a reading one does.

    Clauses that write further on are refused by the engines themselves, which know a clause from a name.
    """
    words = (m[0].upper() for m in _WORD.finditer(masked(cypher)))
    said = next((w for w in words if w not in _PREFIXES), "nothing")
    if said not in _READING:
        raise QueryError(
            f"a query may not begin with {said}: `kg query` only reads, so begin with MATCH, RETURN or the like."
        )


def parameters(cypher: str) -> tuple[str, ...]:
    """Names of the parameters that a query mentions, in their order."""
    return tuple(dict.fromkeys(_PARAMETER.findall(masked(cypher))))


def prepared(query: Query) -> tuple[str, dict[str, Any]]:
    """The one reading statement of a query, and the values of the parameters that it mentions.

    Raises
    ------
    QueryError
        It is not one statement, it would write, or a parameter has no value.
    InputError
        A value is none that an engine can take.
    """
    cypher = one_statement(query.cypher)
    check_reading(cypher)
    wanted = parameters(cypher)
    for name in wanted:
        if name not in query.parameters:
            raise QueryError(f"the query has ${name} and no value for it was given: add -p {name}=VALUE.")
        check_value(name, query.parameters[name])
    return cypher, {name: query.parameters[name] for name in wanted}


def column_names(cypher: str) -> tuple[str, ...] | None:
    """The columns of a query's last RETURN as it writes them, None where that cannot be told (`RETURN *`).

    Examples
    --------
    >>> column_names("MATCH (n) RETURN count(*), n.name AS name ORDER BY name")
    ('count(*)', 'name')
    """
    hidden = masked(cypher)
    returns = [m for m in _RETURN.finditer(hidden) if _depth(hidden[: m.start()]) == 0]
    if not returns:
        return None
    start = returns[-1].end()
    end = next(
        (m.start() for m in _AFTER_RETURN.finditer(hidden, start) if _depth(hidden[start : m.start()]) == 0), None
    )
    names = []
    for begin, stop in _items(hidden, start, len(hidden) if end is None else end):
        alias = _ALIAS.search(hidden[begin:stop])
        # The alias is looked for in the masked text, so that an " AS " in a string does not count.
        name = cypher[begin + alias.start(1) : stop] if alias else cypher[begin:stop]
        names.append(" ".join(name.split()).strip("`"))
    return None if any(n in ("", "*") for n in names) else tuple(names)


def _depth(hidden: str) -> int:
    return sum((c in _OPEN) - (c in _CLOSE) for c in hidden)


def _items(hidden: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    depth = 0
    for i in range(start, end):
        character = hidden[i]
        depth += (character in _OPEN) - (character in _CLOSE)
        if character == "," and depth == 0:
            yield start, i
            start = i + 1
    yield start, end
