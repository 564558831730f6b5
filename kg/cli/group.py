"""`kg`: the group of all commands, and what becomes of an error."""

from __future__ import annotations

import errno
import signal
from typing import Any

import click

from kg import __version__, console
from kg.cli import annotate, build, evaluate, export, plugins, query, schema, serve, shell, show, stats, train
from kg.cli.common import common_options, is_verbose
from kg.errors import KgError

_INTERRUPTED = 130
_UNEXPECTED = 70


class _Failure(click.ClickException):
    def __init__(self, message: str, exit_code: int, prefix: str = "Error: ") -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]
        self.prefix = prefix

    def show(self, file: Any = None) -> None:
        click.echo(f"{self.prefix}{self.message}", err=True)


class _Interrupt:
    """Notices Ctrl-C for good: a library that it hits while it is imported makes another error of it."""

    def __init__(self) -> None:
        self.came = False

    def __enter__(self) -> _Interrupt:
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, *_: object) -> None:
        self.came = True
        raise KeyboardInterrupt


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order in which they are needed

    def invoke(self, ctx: click.Context) -> Any:
        console.use_utf8()
        interrupt = _Interrupt()
        try:
            with interrupt:
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except KgError as error:
            raise _Failure(str(error), error.exit_code) from error
        except (Exception, KeyboardInterrupt) as error:
            if interrupt.came or isinstance(error, KeyboardInterrupt):
                raise _Failure("interrupted; the last graph is as it was", _INTERRUPTED, prefix="") from None
            if is_verbose(ctx) or (isinstance(error, OSError) and error.errno == errno.EPIPE):
                raise
            what = f"{type(error).__name__}: {error}".rstrip(": ")
            raise _Failure(
                f"kg broke on something unexpected ({what}); please run it again with -v and report what that prints.",
                _UNEXPECTED,
            ) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@common_options
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """Knowledge graphs from AI paper digests.

    Which models, methods, datasets, tasks and metrics hang together, with the sentence that proves it.

    \b
    Example:
      kg build digests/
      kg stats
      kg show "Stable Diffusion"
      kg query @papers-using "Stable Diffusion"
      kg export html -o graph.html

    \b
    Exit codes: 0 all is well, 2 an input or option is wrong, 3 no graph, 4 no such name,
    5 another build is at work, 6 the graph breaks the schema, 7 a plug-in fails,
    8 the Neo4j server fails, 9 a query is wrong or too slow, 10 the query engine fails,
    11 the endpoint of a language model fails,
    130 interrupted, 1 anything else that kg explains, 70 a bug.
    Shell completion: eval "$(_KG_COMPLETE=bash_source kg)" (also zsh_source, fish_source).
    """  # noqa: D301


for _command in (
    build.build,
    stats.stats,
    show.show,
    query.query,
    shell.shell,
    export.export,
    serve.serve,
    annotate.annotate,
    train.train,
    evaluate.evaluate,
    schema.schema,
    plugins.plugins,
):
    main.add_command(_command)
