"""The lexicon compiled for matching: what start-up would work out from its sources, kept in a file beside them.

`python -m kg.compiled` (`make lexicon`) writes the file anew. A file that is missing, damaged or older than its sources
counts for nothing: what it would give is worked out then. The automaton itself is no part of it, since building it from
the table takes half the time of loading it, and its file would fit one kind of machine only.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec

from kg.resources import resource

SOURCES = ("data/lexicon/terms.jsonl", "data/rules/priors.tsv")
# Raise it whenever the same sources may give something else.
_FORMAT = b"1"
_SIZE = 32  # of a digest


class Compiled(msgspec.Struct, frozen=True, array_like=True):
    """Places of the terms by spelling key, and the table of `kg.extract.names`: what each pattern may stand for."""

    keys: dict[str, tuple[int, ...]]
    names: msgspec.Raw


@cache
def read() -> Compiled | None:
    """What travels with the package, read once, if it is whole and fits its sources."""
    return load(_path())


def load(path: Path) -> Compiled | None:
    """What a file holds, if it is whole and fits the sources that travel with the package."""
    try:
        content = path.read_bytes()
        sources, check, payload = content[:_SIZE], content[_SIZE : 2 * _SIZE], content[2 * _SIZE :]
        if sources != _sources() or check != _digest(payload):
            return None
        return msgspec.msgpack.decode(payload, type=Compiled)
    except (OSError, msgspec.MsgspecError):
        return None


def content() -> bytes:
    """What the file has to hold."""
    from kg.extract.lexicon_matcher import table
    from kg.lexicon import TERMS, read_terms

    lexicon = read_terms(resource(TERMS))
    encode = msgspec.msgpack.Encoder().encode
    keys = {key: tuple(places) for key, places in lexicon.keys.items()}
    payload = encode(Compiled(keys, msgspec.Raw(encode(table(lexicon)))))
    return _sources() + _digest(payload) + payload


def _path() -> Path:
    return resource(SOURCES[0]).with_name("compiled.msgpack")


def _sources() -> bytes:
    return _digest(b"".join([_FORMAT, *(_digest(resource(name).read_bytes()) for name in SOURCES)]))


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def write() -> None:
    """Write the file anew."""
    _path().write_bytes(content())


if __name__ == "__main__":
    write()
