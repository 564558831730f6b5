"""`kg shell`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from kg.cli.common import common_options, is_quiet
from kg.cli.query import TABLE_ROWS, engine_of, engine_options, show, standard_input


@click.command()
@engine_options
@common_options
def shell(folders: tuple[Path, ...], timeout: float, **server: Any) -> None:
    """Ask the graph, question after question.

    Cypher ends with a semicolon and may have several lines; Tab completes labels, types, properties and names, :help
    lists the commands, Ctrl-C leaves a line and Ctrl-D the shell. Without a terminal, queries come from standard input.

    \b
    Examples:
      kg shell
      kg shell --uri neo4j://localhost:7687
      echo "MATCH (n:Model) RETURN count(n);" | kg shell
    """  # noqa: D301
    from kg.query.named import load_all
    from kg.query.repl import at_terminal, from_lines
    from kg.query.shell import Shell

    queries = load_all(folders)
    conversation = Shell(engine_of(**server), queries, partial(_switch, server), _note, TABLE_ROWS, timeout)
    try:
        if sys.stdin.isatty() and sys.stdout.isatty():
            at_terminal(conversation, show)
        else:
            from_lines(conversation, standard_input(), show)
    finally:
        conversation.engine.close()


def _switch(server: dict[str, Any], where: str) -> Any:
    return engine_of(**server, where=where)


def _note(text: str) -> None:
    if not is_quiet():
        click.echo(text, err=True)
