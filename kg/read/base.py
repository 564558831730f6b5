"""What a reader is, and the raw records that stand between a container (Markdown, JSON) and an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from kg.records import Dropped, Passage, ReadResult, Source


@runtime_checkable
class Reader(Protocol):
    """A digest format: recognises its files by content and reads them.

    Register an instance under the entry point group ``kg.readers`` and `kg build` uses it.
    """

    @property
    def name(self) -> str:
        """What the format is called, as in `kg plugins`."""
        ...

    @property
    def description(self) -> str:
        """What the format looks like, in a line."""
        ...

    def sniff(self, text: str, name: str) -> float:
        """How sure the reader is, 0 to 1, that this text is its format; `name` is the file's name."""
        ...

    def read(self, text: str, name: str) -> ReadResult:
        """Read the text of one file. Bad content is reported in the result, never raised."""
        ...


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field as the digest writes it.

    `text` is the verbatim line that states it, from line `line` of the file; `own` marks a value that belongs to the
    record beyond doubt (a labelled or lone link), as opposed to one met in running prose.
    """

    field: str
    value: str
    line: int
    text: str = ""
    own: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """One paper before its fields are understood: values under canonical field names, and passages."""

    line: int
    values: tuple[Value, ...] = ()
    passages: tuple[Passage, ...] = ()


def dropped(reason: str, name: str, line: int, detail: str, text: str = "") -> Dropped:
    """Something the reading stage leaves out."""
    return Dropped("read", reason, Source(name, line), detail, text)
