"""What the exporters share: the graph as they see it, their description, files that appear whole or not."""

from __future__ import annotations

import errno
import inspect
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from kg.errors import InputError
from kg.records import Edge, EdgeEvidence, Node
from kg.schema import Attribute

SEPARATOR = " | "
"""Stands between the items of a list in formats that have no lists."""


class GraphView(Protocol):
    """A stored graph, or a selection of it, as an exporter reads it."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the graph was built from, and how."""
        ...

    def nodes(self) -> Iterator[Node]:
        """All nodes, papers included, sorted by id."""
        ...

    def edges(self, evidence: bool = True) -> Iterator[Edge]:
        """All edges, sorted by id; with their evidence unless it is not wanted."""
        ...


Progress = Callable[[str, int, int], None]
"""Told the stage, what is done and the total (0 where it is not known)."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Option:
    """What a command line says about an option of an exporter.

    `environment` names the variable that gives it where the command line does not. A `secret` one never stands on the
    command line: it comes from its variable, or is asked for.
    """

    help: str
    environment: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What an exporter has to say when it has ended: a table (none without headers), and sentences under it.

    `numbers` are the heads of the columns that hold numbers.
    """

    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str | int, ...], ...] = ()
    notes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exporter:
    """A function that writes a graph, with what a command line says about it.

    Parameters
    ----------
    write : callable
        ``write(graph, out, *, option=default, ...)`` returns the files it wrote, or a `Summary`; the first line of
        its docstring is the summary. One that asks for ``progress`` is given a `Progress`.
    suffix : str
        Ending of the file it writes, such as ``.graphml``; "" for an exporter that writes a folder.
    help : mapping of str to Option
        What there is to say about its options.
    server : bool
        It writes to a server, not to files: `write` takes no `out`.
    """

    write: Callable[..., list[Path] | Summary]
    suffix: str = ""
    help: Mapping[str, Option] = field(default_factory=dict)
    server: bool = False

    @property
    def summary(self) -> str:
        """One line on what is written."""
        return (inspect.getdoc(self.write) or "").partition("\n")[0]

    @property
    def folder(self) -> bool:
        """Whether `out` is a folder."""
        return not self.suffix and not self.server

    @property
    def options(self) -> dict[str, Any]:
        """Options by name, with their defaults."""
        return {n: p.default for n, p in self._keywords().items() if n != "progress"}

    def _keywords(self) -> dict[str, inspect.Parameter]:
        parameters = inspect.signature(self.write).parameters.values()
        return {p.name: p for p in parameters if p.kind is p.KEYWORD_ONLY}

    def __call__(
        self, graph: GraphView, out: Path | None, progress: Progress = no_progress, **options: Any
    ) -> list[Path] | Summary:
        """Write a graph to `out`; return the files written, or what there is to say.

        Raises
        ------
        InputError
            `out` cannot be written, or an option is unknown.
        """
        if unknown := sorted(options.keys() - self.options.keys()):
            known = ", ".join(self.options) or "none"
            raise InputError(f"this export has no option {unknown[0]!r}; its options: {known}.")
        if "progress" in self._keywords():
            options["progress"] = progress
        return self.write(graph, **options) if self.server else self.write(graph, out, **options)


def exporter(
    suffix: str = "", *, server: bool = False, **help: Option
) -> Callable[[Callable[..., list[Path] | Summary]], Exporter]:
    """Make an `Exporter` of a function; see there."""
    return lambda write: Exporter(write, suffix, help, server)


# Only these say something about the output when they come up while the graph is being read and written.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def replacing(*paths: Path) -> Iterator[list[BinaryIO]]:
    """Open files that take the place of `paths` together, once the block has ended well.

    After an error or an interruption the old files stand as they were, and no temporary one is left.

    Raises
    ------
    InputError
        One of `paths` cannot be written.
    """
    written = False
    targets = [Path(os.path.realpath(path)) for path in paths]
    try:
        with ExitStack() as stack:
            files = [_open_beside(target, stack) for target in targets]
            written = True
            yield files
            written = False
            for file, target in zip(files, targets, strict=True):
                file.close()
                Path(file.name).replace(target)
    except OSError as error:
        if written and error.errno not in _NO_ROOM:
            raise
        place = error.filename2 or error.filename or targets[0]
        raise InputError(f"cannot write {place}: {error.strerror}; choose another place for the export.") from error


def _open_beside(target: Path, stack: ExitStack) -> BinaryIO:
    if target.exists() and not target.is_file():
        kind = "folder" if target.is_dir() else "device"
        raise InputError(f"cannot write {target}: it is a {kind}, and this export needs a file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    file = temporary.open("wb")
    stack.callback(temporary.unlink, missing_ok=True)
    return stack.enter_context(file)


_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Put U+FFFD for each character that XML, or any encoding, cannot hold.

    Control characters, lone surrogates and noncharacters; the length stays, so that offsets still hold.
    """
    # isprintable is far faster, and false only for what the expression decides.
    return text if text.isprintable() else _NOT_TEXT.sub("\ufffd", text)


def present(attributes: Mapping[str, Any], declared: Iterable[Attribute]) -> Iterator[tuple[Attribute, Any]]:
    """Yield the declared attributes that have a value, in the order of their declaration."""
    for attribute in declared:
        value = attributes.get(attribute.name)
        if value or value == 0:
            yield attribute, value


def flat(value: Any) -> str:
    """Text of an attribute for formats without lists."""
    return clean(SEPARATOR.join(value) if isinstance(value, list | tuple) else str(value))


def best_evidence(edge: Edge) -> EdgeEvidence | None:
    """Return the strongest evidence of an edge, the first among equals; None if it was read without."""
    return max(edge.evidence, key=lambda evidence: evidence.score, default=None)
