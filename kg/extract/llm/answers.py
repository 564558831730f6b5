"""Answers to requests: from the disk where they are there, else from the endpoint, checked and kept."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from kg.errors import InputError
from kg.extract.base import Usage
from kg.extract.llm.client import Client, Reply, UnusableError
from kg.extract.llm.prompt import Answer
from kg.extract.llm.settings import Settings

_WARMER = 0.5  # the temperature of a second try: at 0 the same answer would come again
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer as it lies on the disk: what the model said, nothing of what it was asked."""

    content: str
    input_tokens: int
    output_tokens: int


class Answers:
    """Answers by what was asked. Each is kept on disk as soon as it is there, so that it is paid for once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = Client(settings)
        self._lock = threading.Lock()
        self._usage = Usage(settings.model)
        self._sent = 0

    def ask(self, body: Mapping[str, Any]) -> Answer:
        """The answer to a request, while connected.

        Raises
        ------
        EndpointError
            The endpoint does not answer, or refuses everything.
        UnusableError
            It gave no usable answer to this one.
        """
        path = self._path(body)
        kept = _read(path)
        if kept is not None:
            self._count(cached=1)
            return decode(kept.content)
        try:
            return self._answer(path, body)
        except UnusableError:
            again = {**body, "temperature": _WARMER} if body.get("temperature") == 0 else body
            return self._answer(path, again)

    def _answer(self, path: Path, body: Mapping[str, Any]) -> Answer:
        reply = self._client.complete(body)
        self._count(input_tokens=reply.input_tokens, output_tokens=reply.output_tokens)
        decode(reply.content, reply.cut)
        with self._lock:
            kept = _keep(path, reply)
        return decode(kept.content)

    def connected(self) -> AbstractContextManager[None]:
        """A block in which answers can be asked for."""
        return self._client.connected()

    def usage(self) -> Usage:
        """What was asked since the last call."""
        with self._lock:
            used, self._usage = self._usage, Usage(self._settings.model)
            sent, self._sent = self._client.requests - self._sent, self._client.requests
        return replace(used, requests=sent, cost=self._settings.cost(used.input_tokens, used.output_tokens))

    def _count(self, cached: int = 0, input_tokens: int = 0, output_tokens: int = 0) -> None:
        with self._lock:
            u = self._usage
            self._usage = replace(
                u,
                cached=u.cached + cached,
                input_tokens=u.input_tokens + input_tokens,
                output_tokens=u.output_tokens + output_tokens,
            )

    def _path(self, body: Mapping[str, Any]) -> Path:
        asked = msgspec.json.encode([self._settings.base_url, body], order="deterministic")
        digest = hashlib.sha256(asked).hexdigest()
        return self._settings.cache / digest[:2] / f"{digest}.json"


def decode(content: str, cut: bool = False) -> Answer:
    """The answer that a model's words hold.

    Raises
    ------
    UnusableError
        They hold none that fits the schema.
    """
    # Endpoints that constrain nothing may put thoughts before the JSON, or a code fence around it.
    text = _THOUGHT.sub("", content)
    try:
        return msgspec.json.decode(text[text.find("{") : text.rfind("}") + 1], type=Answer)
    except msgspec.DecodeError as error:
        why = "was cut off: give max_tokens in KG_LLM_OPTIONS more" if cut else f"gave no answer of the schema: {error}"
        raise UnusableError(why) from None


def _read(path: Path) -> _Kept | None:
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        decode(kept.content)
    except (OSError, msgspec.DecodeError, UnusableError):
        return None
    return kept


def _keep(path: Path, reply: Reply) -> _Kept:
    """Put an answer on the disk, whole or not at all; what stands there is the answer, whoever was first."""
    kept = _Kept(reply.content, reply.input_tokens, reply.output_tokens)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(kept))
        first = _read(path)
        if first is None:
            Path(name).replace(path)
        else:
            Path(name).unlink()
    except OSError as error:
        raise InputError(
            f"answers cannot be kept in {path.parent} ({error.strerror or error}): name another folder with "
            "KG_LLM_CACHE."
        ) from error
    return first or kept
