"""Formats described in TOML: `described` makes a reader of a description."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.read.base import Reader
from kg.read.jsons import JsonFormat
from kg.read.markdown import MarkdownFormat

CONTAINERS: dict[str, type[MarkdownFormat | JsonFormat]] = {"markdown": MarkdownFormat, "json": JsonFormat}


def described(path: Path) -> Reader:
    """Make a reader of a format's description.

    Parameters
    ----------
    path
        TOML file: ``container`` (one of `CONTAINERS`) and the fields of that container's format.

    Raises
    ------
    InputError
        The description names an unknown container or setting, or an expression that is none.
    """
    with path.open("rb") as file:
        settings: dict[str, Any] = tomllib.load(file)
    container = settings.pop("container", "markdown")
    if container not in CONTAINERS:
        raise InputError(f"{path}: container {container!r} is none of {', '.join(CONTAINERS)}.")
    form: Callable[..., Reader] = CONTAINERS[container]
    known = {field.name for field in fields(CONTAINERS[container])}
    if unknown := sorted(set(settings) - known):
        raise InputError(
            f"{path}: {unknown[0]!r} is no setting of a {container} format; there are {', '.join(sorted(known))}."
        )
    if missing := sorted({"name", "description"} - set(settings)):
        raise InputError(f"{path}: {missing[0]!r} is missing; every format has a name and a description.")
    for key in ("signs", "cells", "topic", "separators", "codes"):
        value = settings.get(key, "")
        for expression in [value] if isinstance(value, str) else value:
            try:
                re.compile(expression)
            except re.error as error:
                raise InputError(f"{path}: {key} has an expression that is none, {expression!r}: {error}.") from error
    return form(**{key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()})
