"""Lists of titles with their Chinese translations, as digests have them above the first paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.read import values as v
from kg.read.blocks import Block
from kg.records import Entry


def translated(entries: Sequence[Entry], preamble: Sequence[Block]) -> tuple[Entry, ...]:
    """Entries with the Chinese titles that a list above the first paper gives them."""
    if not preamble or not entries:
        return tuple(entries)
    wanted = {_compact(entry.title): index for index, entry in enumerate(entries) if not entry.title_zh}
    found = list(entries)
    for block, following in zip(preamble, [*preamble[1:], None], strict=True):
        line = _compact(v.clean_title(block.text))
        for title, index in wanted.items():
            if title not in line or found[index].title_zh:
                continue
            rest = v.clean_title(_rest(block.text, found[index].title)).strip(" （）()—-–:：|｜/、,，\n\t")
            if v.is_chinese(rest):
                found[index] = replace(found[index], title_zh=v.clean(rest), title_zh_line=block.line)
            elif following is not None and v.is_chinese(following.text) and _compact(following.text) not in wanted:
                title_zh = v.clean_title(following.text).strip("（）() ")
                found[index] = replace(found[index], title_zh=title_zh, title_zh_line=following.line)
    return tuple(found)


def _compact(title: str) -> str:
    return "".join(c for c in title.casefold() if c.isalnum())


def _rest(line: str, title: str) -> str:
    """What a line says besides a title, which may be spelled with other spaces and marks."""
    words = [re.escape(word) for word in re.findall(r"\w+", title)]
    return re.sub(r"[\W_]*?".join(words), "", line, count=1, flags=re.IGNORECASE)
