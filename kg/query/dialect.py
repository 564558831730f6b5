"""Where ladybug's Cypher is not Neo4j's: what to write instead.

Raw queries go to the engine unchanged. When it refuses one, `explain` adds what to write; where it takes a query and
means something else by it, `differences` says so.
"""

from __future__ import annotations

import difflib
import re

from kg.query.hints import REFUSED, SILENT
from kg.schema import schema

_WRITES = "Cannot execute write operations in a read-only database"
_NO_MEMORY = "Buffer manager exception"
_UNKNOWN_TABLE = re.compile(r"Table (\S+) does not exist")
_UNKNOWN_PROPERTY = re.compile(r"Cannot find property (\S+) for (\S+?)\.?$")
_UNKNOWN_FUNCTION = re.compile(r"function \S+ does not exist")
_PLACE = re.compile(r"\(line: (\d+), offset: (\d+)\)")
_KIND = re.compile(r"^(Parser|Binder|Catalog|Runtime|Conversion|Connection|Overflow|Buffer manager) exception: ?")
_GRAMMAR = re.compile(r":? expected rule.*|,? expecting .*|\.? Supported inputs are.*", re.DOTALL)


def explain(cypher: str, message: str) -> str:
    """One sentence on a query that ladybug refused, with what to write instead where Neo4j would have taken it."""
    if _WRITES in message:
        return "this query would write, and `kg query` only reads: change the digests and run `kg build`."
    if message.startswith(_NO_MEMORY):
        return "the query takes more memory than it may: ask for fewer rows, or for properties instead of whole nodes."
    said = _plainly(message)
    advice = next((h.advice for h in REFUSED if h.fits(cypher, message)), "") or _unknown(message)
    return f"{said}; {advice}." if advice else f"{said}."


def differences(cypher: str) -> tuple[str, ...]:
    """Notes on what a query means here and not in Neo4j."""
    return tuple(h.advice for h in SILENT if h.fits(cypher))


def _plainly(message: str) -> str:
    """The engine's message on one line, without its grammar."""
    first = message.strip().split('\n"')[0]
    place = _PLACE.search(first)
    text = _GRAMMAR.sub("", _KIND.sub("", _PLACE.sub("", first)))
    if "UNREACHABLE_CODE" in text:
        text = "the engine cannot do that"
    text = " ".join(text.split()).rstrip(" .:;")
    at = f", line {place[1]}, after {int(place[2])} characters" if place else ""
    return f"this Cypher is not understood: {text}{at}"


def _unknown(message: str) -> str:
    """Advice on a label, type, property or function that there is none of."""
    known = schema()
    if found := _UNKNOWN_TABLE.search(message):
        if found[1] == "Entity":
            return "there is no label Entity here: leave it out, `(n)` is any node"
        near = _nearest(found[1], [*known.nodes, *known.edges])
        labels, types = ", ".join(known.nodes), ", ".join(known.edges)
        return f"perhaps {near} is meant" if near else f"labels are {labels}; relationships are {types}"
    if found := _UNKNOWN_PROPERTY.search(message):
        names = ["id", "name", *known.node_attributes(), *known.edge_attributes()]
        near = _nearest(found[1], names)
        return f"perhaps {found[2]}.{near} is meant" if near else "`kg schema` lists the properties of each type"
    if _UNKNOWN_FUNCTION.search(message):
        return "`CALL show_functions() RETURN *` lists the functions that there are"
    return ""


def _nearest(name: str, names: list[str]) -> str:
    folded = {n.casefold(): n for n in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1)
    return folded[near[0]] if near else ""
