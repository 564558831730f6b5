"""The command line: one file a command, options and messages only."""

from kg.cli.group import main

__all__ = ["main"]
