"""What the command line prints with: tables that line up in Chinese too, a progress bar, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

# Output that goes to a file or a pipe is never wrapped.
_ENDLESS = 100_000


def use_utf8() -> None:
    """Let Chinese through where the locale knows only ASCII or Latin-1."""
    for stream in (sys.stdout, sys.stderr):
        if (stream.encoding or "").lower().replace("-", "") != "utf8":
            with suppress(AttributeError):
                stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        with suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def console(err: bool = False) -> Console:
    """A console on standard output or standard error: as wide as a terminal, endless elsewhere."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else _ENDLESS
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def emit(*parts: RenderableType, err: bool = False) -> None:
    """Print texts and tables, each on its own lines, without blanks at the ends of lines."""
    target = console(err)
    with target.capture() as captured:
        for part in parts:
            target.print(part, crop=False)
    # click, not rich, writes: it knows what to do when the reader of a pipe has gone.
    click.echo("\n".join(line.rstrip() for line in captured.get().split("\n")), nl=False, err=err, color=True)


def emit_json(value: Any) -> None:
    """Print a value as JSON, dataclasses as objects."""
    import msgspec

    click.echo(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[int] = ()) -> Table:
    """A plain table.

    Parameters
    ----------
    headers : sequence of str
        Heads of the columns; none is printed where all are "".
    rows : iterable of sequences
        Cells; numbers get thousands separators.
    right : iterable of int
        Columns, from 0, that are set flush right.
    """
    from rich.table import Table
    from rich.text import Text

    flush = set(right)
    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=any(headers), header_style="bold")
    for i, header in enumerate(headers):
        found.add_column(header, justify="right" if i in flush else "left", overflow="fold")
    for row in rows:
        found.add_row(*(c if isinstance(c, Text) else f"{c:,}" if isinstance(c, int) else str(c) for c in row))
    return found


def bold(text: str) -> Text:
    """A text in bold."""
    from rich.text import Text

    return Text(text, style="bold")


def heading(text: str) -> Text:
    """A heading with an empty line before it."""
    return bold("\n" + text)


def highlighted(sentence: str, start: int, end: int) -> Text:
    """A sentence on one line with one part of it in bold."""
    from rich.text import Text

    text = Text(sentence.replace("\n", " "))
    text.stylize("bold", start, end)
    return text


def unbroken(text: str) -> RenderableType:
    """A text, such as a path, that is not wrapped, so that it can be copied."""
    from rich.console import Group
    from rich.text import Text

    # In a group, since rich joins bare texts and forgets how they wrap.
    return Group(Text(text, no_wrap=True, overflow="ignore"))


def indented(blanks: int, text: RenderableType) -> RenderableType:
    """A text that starts, and goes on after a line break, with some blanks."""
    from rich.padding import Padding

    return Padding(text, (0, 0, 0, blanks), expand=False)


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 paper", "2 papers", "1,024 entities"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


@contextmanager
def progress(wanted: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A function that reports (stage, done, total) as bars on standard error, silent unless that is a terminal."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda stage, done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(err=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report
