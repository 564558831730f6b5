"""One request to an OpenAI-compatible endpoint, tried again where that may help."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential, wait_random

from kg.errors import KgError
from kg.extract.llm.settings import Settings

_CONNECT_SECONDS = 10
_LONGEST_WAIT = 60  # seconds
_NOBODY = 2  # tries where nothing listens: it is a wrong address more often than a server that starts
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
# How servers say that an entry is too long: llama.cpp, OpenAI, vLLM, Ollama.
_TOO_LONG = (
    "exceed_context_size",
    "context_length_exceeded",
    "maximum context length",
    "context size",
    "context window",
)

_BACK_OFF = wait_exponential(multiplier=0.5, max=_LONGEST_WAIT) + wait_random(0, 0.5)


class EndpointError(KgError):
    """The endpoint does not answer, or refuses what it is asked."""

    exit_code = 11


class UnusableError(Exception):
    """An answer, or a refusal, that concerns one entry only; the message goes on after "the model ..."."""


class _PassingError(Exception):
    """A failure that may pass: `after` is how long the endpoint asks to wait."""

    def __init__(self, message: str, after: float = 0.0, nobody: bool = False) -> None:
        super().__init__(message)
        self.after = after
        self.nobody = nobody


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said, and the tokens that it took; `cut` where it was cut off at the length allowed."""

    content: str
    input_tokens: int = 0
    output_tokens: int = 0
    cut: bool = False


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Tokens(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    usage: _Tokens | None = None


class Client:
    """Sends requests, from any thread. `requests` counts those that were sent."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = f"{settings.base_url}/chat/completions"
        self._lock = threading.Lock()
        self.requests = 0
        self._http: httpx.Client | None = None

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Keep connections for a block. What is still under way when it ends is broken off."""
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {self._settings.key}"} if self._settings.key else {},
            timeout=httpx.Timeout(self._settings.timeout, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=self._settings.concurrency),
        )
        try:
            yield
        finally:
            self._http.close()

    def complete(self, body: Mapping[str, Any]) -> Reply:
        """Ask for a completion, while connected.

        Raises
        ------
        EndpointError
            There is no answer, also after some tries, or the endpoint refuses the request.
        UnusableError
            The endpoint refuses this request but may answer others, or its answer is none.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(_PassingError),
            stop=self._has_tried_enough,
            wait=_wait,
            reraise=True,
        )
        try:
            return retrying(self._post, msgspec.json.encode(body))
        except _PassingError as error:
            again = "" if error.nobody else " Run the same command again later: answers that came are kept."
            raise EndpointError(f"{self._settings.base_url} {error}.{again}") from None

    def _post(self, body: bytes) -> Reply:
        with self._lock:
            self.requests += 1
        if self._http is None:
            raise RuntimeError("not connected")
        try:
            response = self._http.post(self._url, content=body, headers={"Content-Type": "application/json"})
        except httpx.TimeoutException:
            seconds = f"{self._settings.timeout:g} s"
            raise _PassingError(f"did not answer within {seconds}: give KG_LLM_TIMEOUT more seconds") from None
        except httpx.ConnectError as error:
            raise _PassingError(
                f"cannot be reached ({error}): start the server, or correct KG_LLM_BASE_URL", 0, True
            ) from None
        except httpx.TransportError as error:
            raise _PassingError(f"broke off ({error})") from None
        return self._reply(response)

    def _reply(self, response: httpx.Response) -> Reply:
        status = response.status_code
        if status in _BUSY:
            raise _PassingError(
                f"answers {status}{self._said(response)}", _seconds(response.headers.get("Retry-After"))
            )
        if status != httpx.codes.OK:
            said = self._said(response)
            if status in (400, 413, 422, 500) and any(words in response.text for words in _TOO_LONG):
                raise UnusableError(f"takes no entry as long as this{said}")
            raise EndpointError(f"{self._settings.base_url} answers {status}{said}: {self._advice(status)}")
        try:
            completion = msgspec.json.decode(response.content, type=_Completion)
        except msgspec.DecodeError:
            raise UnusableError("gave something else than a completion") from None
        if not completion.choices or not completion.choices[0].message.content:
            raise UnusableError("gave an empty answer")
        choice, tokens = completion.choices[0], completion.usage or _Tokens()
        cut = choice.finish_reason == "length"
        return Reply(choice.message.content or "", tokens.prompt_tokens, tokens.completion_tokens, cut)

    def _advice(self, status: int) -> str:
        if status in (401, 403):
            return "set KG_LLM_API_KEY to a key that it takes."
        if status in (404, 405):
            return f"correct KG_LLM_BASE_URL (it often ends in /v1) or KG_LLM_MODEL ({self._settings.model})."
        if status in (400, 422):
            return "KG_LLM_OPTIONS sets what it is asked with (docs/llm.md)."
        return "correct KG_LLM_BASE_URL, or ask who runs it."

    def _said(self, response: httpx.Response) -> str:
        """What the endpoint says of its refusal, on one line, without the key that some repeat."""
        text = " ".join(response.text.split())
        if self._settings.key:
            text = text.replace(self._settings.key, "***")
        return f" ({text[:200]})" if text and text.isprintable() and not text.startswith("<") else ""

    def _has_tried_enough(self, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        most = self._settings.retries + 1
        if isinstance(error, _PassingError) and error.nobody:
            most = min(most, _NOBODY)
        return state.attempt_number >= most


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, _PassingError) else 0.0
    return max(asked, _BACK_OFF(state))


def _seconds(header: str | None) -> float:
    """The seconds of a Retry-After header, 0 where it is none or a date."""
    try:
        return min(max(float(header or 0), 0.0), _LONGEST_WAIT)
    except ValueError:
        return 0.0
