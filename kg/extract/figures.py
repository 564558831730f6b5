"""The figure that a sentence gives for a metric: "FID达到15.3", "85.3%的准确率", "an accuracy of 85.3%"."""

from __future__ import annotations

import re
from functools import cache

from kg.extract.tables import table

_NUMBER = r"(\d{1,6}+(?:\.\d+)?+)(?:\s?\\?([%％]))?+"
# What makes a number something else than a figure: how often, how many, when, how large, the number of a list.
_OTHER = (
    r"(?!\.\d|,\d|[A-Za-z$\\~～-]|[.、]\s\S|\s?(?:倍|个|点|张|篇|项|种|类|年|次|步|帧|秒|小时|分钟|×|至|到"
    r"|times|fold|points?|per ?cent|percentage|out of|of the|to|seconds|ms|[xX]\b))"
)
# What makes it a version, or the number of a table: GPT 3.5, Table 3.2.
_VERSIONED = re.compile(r"(?:[A-Z][\w.]*|\b[tT]able|\b[sS]ection|\b[fF]igure|\b[vV]ersion)[\s-]$")
_REACH = 24  # letters before a name in which its figure may stand


@cache
def _rise() -> str:
    """What may follow a number that says by how much something changed."""
    words = table("figures")
    of = _any([*words["of"], "绝对", "相对"])
    return rf"\s?(?:{_any(words['noun'])})?\s?(?:{of})*\s?(?:{_any(words['rise'])})"


@cache
def _after() -> re.Pattern[str]:
    words = table("figures")
    aside = r"(?:\s*[（(][^（）()]{0,16}[)）])?"
    linked = rf"\s*(?:{_any(words['noun'])})?{aside}\s*(?:{_any(words['link'])})\s*(?:{_any(words['about'])})?\s*"
    risen = r"(?:from|从)\s?[\d.]+\s?\\?[%％]?\s?(?:\w{0,2}[至到]|to)\s?"
    # "FID 15.3" and "FID (15.3)" need no word between, but decimals or a per cent sign.
    bare = r"\s*[（(]?\s?(\d{1,4}+\.\d++|\d{1,3}+(?=\s?\\?[%％]))(?:\s?\\?([%％]))?+"
    return re.compile(rf"(?:(?:{linked}|\s*{risen}){_NUMBER}|{bare}){_OTHER}(?!{_rise()})", re.IGNORECASE)


@cache
def _before() -> re.Pattern[str]:
    words = table("figures")
    changed = rf"(?P<changed>(?:{_any(words['change'])})(?:{_any(words['about'])}|[\s了])*|[+＋−–-])?"
    return re.compile(rf"{changed}(?<![A-Za-z0-9_.,]){_NUMBER}\s?(?:{_any(words['of'])})?\s?$", re.IGNORECASE)


@cache
def _change_follows() -> re.Pattern[str]:
    return re.compile(_rise(), re.IGNORECASE)


def figure(sentence: str, start: int, end: int) -> str:
    """The figure that a sentence gives for the metric named at [start, end): "15.3", "85.3%", "" where there is none.

    By how much a metric rose or fell is no figure of it.
    """
    found = _after().match(sentence, end)
    if found:
        number, percent = found.group(1, 2) if found[1] else found.group(3, 4)
        return number + ("%" if percent else "")
    found = _before().search(sentence, max(0, start - _REACH), start)
    if found is None or found["changed"] or _change_follows().match(sentence, end):
        return ""
    number, percent = found.group(2, 3)
    if percent:
        return f"{number}%"
    return number if "." in number and not _VERSIONED.search(sentence, 0, found.start(2)) else ""


def _any(words: list[str]) -> str:
    longest_first = sorted(words, key=lambda w: (-len(w), w))
    return "|".join(rf"\b{re.escape(w)}\b" if w.isalpha() and w.isascii() else re.escape(w) for w in longest_first)
