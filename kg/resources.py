"""Where the files that travel with the package stand: `schemas/` and `data/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kg.errors import KgError

_PACKAGE = Path(__file__).parent


@cache
def resource(name: str) -> Path:
    """Path of a shipped file or folder, such as ``schemas/graph.toml``.

    A wheel carries `schemas/` and `data/` inside the package; in a checkout (an editable install) they stand
    beside it.

    Raises
    ------
    KgError
        The installation lacks that file.
    """
    for base in (_PACKAGE, _PACKAGE.parent):
        path = base / name
        if path.exists():
            return path
    raise KgError(f"{name} is missing from this installation of kg: install the package again.")
