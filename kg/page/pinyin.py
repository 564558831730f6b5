"""Pinyin of Chinese names, so that they can be found by typing on a keyboard with Latin letters."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_WORD = re.compile("[a-z0-9]+")


def pinyin(name: str) -> str:
    """The syllables of a name, apart by blanks, Latin words among them; "" for a name without Chinese.

    Examples
    --------
    >>> pinyin("CLIP 模型")
    'clip mo xing'
    """
    if not _CHINESE.search(name):
        return ""
    parts: list[str] = _reader()(name, errors=lambda rest: _WORD.findall(rest.lower()))
    return " ".join(parts)


@cache
def _reader() -> Any:
    from pypinyin import lazy_pinyin

    return lazy_pinyin
