"""From bytes to text: UTF-8, or UTF-16 with a byte order mark; anything else is named and left out."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from kg.read.base import dropped
from kg.records import Dropped

_CONTROL = bytes(sorted({*range(32)} - {*b"\t\n\r\f\v\x1b"}))
_MOSTLY = 0.1
_BLANK = "\ufeff\u200b\x00 \t\r\n\f\v"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file; `cut` tells that it ends inside a character."""

    text: str
    cut: bool = False


def _utf16(data: bytes) -> str | None:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return encoding
    return None


def decode(name: str, data: bytes) -> Decoded | Dropped:
    """Decode the bytes of a file, or say why that cannot be done.

    Returns
    -------
    Decoded or Dropped
        `Dropped` with the reason "empty", "binary" or "undecodable".
    """
    encoding = _utf16(data)
    if encoding is None:
        data = data.removeprefix(codecs.BOM_UTF8)
        control = len(data) - len(data.translate(None, _CONTROL))
        if b"\0" in data.rstrip(b"\0") or control > _MOSTLY * len(data):
            return dropped(
                "binary", name, 1, f"{name} is no text but binary data: take it out of the digests or convert it."
            )
    else:
        data = data[2:]
    try:
        found = Decoded(data.decode(encoding or "utf-8"))
    except UnicodeDecodeError as error:
        text = data[: error.start].decode(encoding or "utf-8")
        if error.end < len(data) or error.reason not in ("unexpected end of data", "truncated data"):
            line = text.count("\n") + 1
            wanted = (encoding or "utf-8").upper()
            detail = (
                f"{name} is not {wanted} text: byte {error.start} (line {line}) cannot be decoded; save it as UTF-8."
            )
            return dropped("undecodable", name, line, detail)
        found = Decoded(text, cut=True)
    if not found.text.strip(_BLANK):
        return dropped("empty", name, 1, f"{name} is empty: there is nothing to read in it.")
    return found
