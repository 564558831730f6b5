"""Which endpoint and model to ask, and how: read from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from kg.errors import InputError

_DEFAULTS: Mapping[str, Any] = {"temperature": 0, "max_tokens": 4096}
_OURS = frozenset({"model", "messages", "stream", "n"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The endpoint, the model, and how to ask. The key is in nothing that is printed, stored or hashed.

    `options` are what goes into each request besides the model, the messages and the schema; prices are for a million
    tokens.
    """

    base_url: str
    model: str
    cache: Path
    key: str = field(default="", repr=False, compare=False)
    concurrency: int = 4
    timeout: float = 300.0
    retries: int = 5
    options: Mapping[str, Any] = field(default_factory=lambda: _DEFAULTS)
    input_price: float | None = None
    output_price: float | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read the variables that begin with KG_LLM_.

        Raises
        ------
        InputError
            One that is needed is missing, or one has a value that cannot be used.
        """
        missing = [name for name in ("KG_LLM_BASE_URL", "KG_LLM_MODEL") if not environment.get(name)]
        if missing:
            raise InputError(
                f"the llm pipeline asks a language model, and {' and '.join(missing)} "
                f"{'are' if len(missing) > 1 else 'is'} not set: set KG_LLM_BASE_URL to an OpenAI-compatible endpoint, "
                "such as http://localhost:8080/v1, KG_LLM_MODEL to a model that it has, and KG_LLM_API_KEY if it "
                "wants a key."
            )
        key = environment.get("KG_LLM_API_KEY", "").strip()
        if not (key.isascii() and key.isprintable()):
            raise InputError("KG_LLM_API_KEY has characters that no header may have: copy the key again.")
        return cls(
            _url(environment["KG_LLM_BASE_URL"]),
            environment["KG_LLM_MODEL"],
            _cache(environment),
            key,
            int(_number(environment, "KG_LLM_CONCURRENCY", 4, least=1, whole=True)),
            _number(environment, "KG_LLM_TIMEOUT", 300, least=1),
            int(_number(environment, "KG_LLM_RETRIES", 5, whole=True)),
            _options(environment.get("KG_LLM_OPTIONS", "")),
            _price(environment, "KG_LLM_INPUT_PRICE"),
            _price(environment, "KG_LLM_OUTPUT_PRICE"),
        )

    def cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """What so many tokens cost, None where a price is not known."""
        if self.input_price is None or self.output_price is None:
            return None
        return round((input_tokens * self.input_price + output_tokens * self.output_price) / 1_000_000, 6)


def _url(value: str) -> str:
    example = "write it as in http://localhost:8080/v1"
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise InputError(f"KG_LLM_BASE_URL is no web address: {example}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        # Not repeated in the message: it may hold a secret.
        raise InputError(f"KG_LLM_BASE_URL has more than an address: {example}, and put the key into KG_LLM_API_KEY.")
    return value.rstrip("/")


def _cache(environment: Mapping[str, str]) -> Path:
    if environment.get("KG_LLM_CACHE"):
        return Path(environment["KG_LLM_CACHE"])
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kg" / "llm"


def _number(
    environment: Mapping[str, str], name: str, default: float, *, least: float = 0, whole: bool = False
) -> float:
    text = environment.get(name) or str(default)
    try:
        value = float(int(text) if whole else float(text))
    except ValueError:
        value = -1.0
    if not least <= value < float("inf"):
        raise InputError(f"{name} is {text!r}: give a {'whole ' if whole else ''}number, {least:g} or more.")
    return value


def _price(environment: Mapping[str, str], name: str) -> float | None:
    return _number(environment, name, 0) if environment.get(name) else None


def _options(text: str) -> Mapping[str, Any]:
    try:
        given = msgspec.json.decode(text or "{}", type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise InputError(
            f'KG_LLM_OPTIONS is no JSON object ({error}): write it as in {{"temperature": 0.2, "max_tokens": null}}.'
        ) from None
    if taken := sorted(_OURS & given.keys()):
        raise InputError(f"KG_LLM_OPTIONS sets {', '.join(taken)}, which kg itself sets: leave that out.")
    return {**_DEFAULTS, **given}
