"""The one family of errors that kg raises on purpose.

A message is one sentence: what was wrong, where, and what to do. The command line prints it and exits with
`exit_code`; everything else is a bug and shows its traceback.
"""

from __future__ import annotations


class KgError(Exception):
    """Base of every error a user may meet."""

    exit_code = 1


class InputError(KgError):
    """A digest, a gold file or an option cannot be used as it is."""

    exit_code = 2


class GraphNotFoundError(KgError):
    """No graph stands where one was looked for."""

    exit_code = 3


class NameNotFoundError(KgError):
    """No entity or paper goes by that name; the message gives the nearest ones."""

    exit_code = 4


class BusyError(KgError):
    """Another build holds the graph folder."""

    exit_code = 5


class SchemaError(KgError):
    """A graph holds something that the schema does not allow: a bug, in kg or in a plug-in."""

    exit_code = 6


class PluginError(KgError):
    """A reader, extractor or exporter is unknown or does not load."""

    exit_code = 7
