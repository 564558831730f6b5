"""The shell at a terminal: history, completion, several lines; and without one, from a pipe."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, ThreadedCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings

from kg.errors import KgError
from kg.query.completion import complete
from kg.query.shell import INTRODUCTION, Shell, entries, is_whole

if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyPressEvent
    from rich.console import RenderableType

    Printer = Callable[[RenderableType], None]

_PROMPT, _MORE = "kg> ", "  > "


class _Words(Completer):
    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        for word, length, about in complete(document.text_before_cursor, self.shell.vocabulary):
            yield Completion(word, start_position=-length, display_meta=about)


def history() -> History:
    """What was typed before, in a file of the user's state folder; in memory where that cannot be written."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    path = state / "kg" / "shell_history"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @Condition
    def waiting() -> bool:
        from prompt_toolkit.application import get_app

        return not is_whole(get_app().current_buffer.text)

    @keys.add("enter", filter=waiting)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("enter", filter=~waiting)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    return keys


def at_terminal(shell: Shell, show: Printer, typed: History | None = None, **options: Any) -> None:
    """Answer what a user types until Ctrl-D or :quit; Ctrl-C leaves the line, or the query that runs.

    Parameters
    ----------
    shell : Shell
        Who answers.
    show : callable
        Prints an answer.
    typed : History, optional
        What was typed before; the user's own if not given.
    options : dict
        For prompt_toolkit: an input and an output other than the terminal.
    """
    session: PromptSession[str] = PromptSession(
        _PROMPT,
        history=typed or history(),
        completer=ThreadedCompleter(_Words(shell)),
        complete_while_typing=False,
        multiline=True,
        prompt_continuation=_MORE,
        key_bindings=_keys(),
        **options,
    )
    shell.notes(f"asking {shell.engine.title}")
    shell.notes(INTRODUCTION)
    while not shell.done:
        try:
            entry = session.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        try:
            for part in shell.answer(entry):
                show(part)
        except KgError as error:
            shell.notes(f"Error: {error}")
        except KeyboardInterrupt:
            shell.notes("interrupted")


def from_lines(shell: Shell, lines: Iterable[str], show: Printer) -> None:
    """Answer what lines hold, in turn; the first error ends it."""
    for entry in entries(iter(lines)):
        for part in shell.answer(entry):
            show(part)
        if shell.done:
            return
