"""Answers of a language model that are no summary: refusals, pleas for the text, failed translations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.read.base import dropped
from kg.read.values import is_chinese
from kg.records import Dropped, Entry, Passage

_NEAR_START = 60

# What a refusal opens with; in running text such words may describe one.
_OPENING = re.compile(
    r"抱歉|对不起|很遗憾|不好意思|由于|因为|鉴于|我(?:目前|暂时)?(?:无法|不能|没有办法)"
    r"|作为(?:一个|一名|一款)?[^，。]{0,8}(?:AI|人工智能|语言模型|助手)|这个问题我"
)
_CANNOT = re.compile(
    r"(?:我|本助手)[^，。；]{0,12}(?:无法|不能|没法|没有办法|未能)[^。；]{0,14}"
    r"(?:解析|访问|打开|读取|获取|查看|浏览|翻译|提供|理解|回答|完成|处理|总结|生成|分类)"
    r"|无法(?:直接)?(?:解析|访问|打开|读取|获取|翻译|总结)(?:您|你|该|此|这个|这篇|这段|外部|链接|网页|论文|提供|所)"
    r"|(?:没有|未)(?:提供|看到|收到|找到)[^。；]{0,16}(?:内容|文本|摘要|链接|原文|论文)"
)
_PLEA = re.compile(
    r"(?:请|烦请|麻烦)(?:您|你)?[^，。；]{0,6}(?:提供|确保|发送|上传|粘贴|补充|重新)[^。；]{0,24}(?:内容|文本|摘要|链接|文件|原文|论文|信息)"
    r"|如果(?:您|你)[^。；]{0,24}(?:可以|能够|提供|需要)[^。；]{0,40}(?:我|上传|告诉|随时|帮助)"
)
_YOU = re.compile(r"您|你")
_ENGLISH = re.compile(
    r"^\W*(?:(?:I'?m|I am) (?:very )?sorry|Sorry|I apologi[sz]e|Unfortunately|As an? (?:AI|(?:large )?language))\b"
    r".{0,60}\bI (?:can(?:no|')t|am unable|am not able|could not|couldn't|do not have|don't have)",
    re.IGNORECASE | re.DOTALL,
)
_FAILED = re.compile(
    r"^\W*(?:(?:摘要)?翻译失败|(?:错误|Error)\s*[:：].{0,40}(?:失败|failed)"
    r"|(?:Summary|Translation) (?:generation )?failed)",
    re.IGNORECASE,
)


def is_refusal(text: str) -> bool:
    """Tell whether a paragraph is a language model's refusal instead of a text about the paper."""
    head = text[:_NEAR_START]
    if _FAILED.match(text) or _ENGLISH.match(text):
        return True
    first = re.split(r"[。！？!?\n]", text, maxsplit=1)[0]
    if _OPENING.search(head) and _CANNOT.search(first):
        # A paper about refusals quotes them: the model itself speaks to the reader, or of the link it was given.
        return bool(_YOU.search(text) or _PLEA.search(text)) or first.lstrip('> “"').startswith(
            ("抱歉", "对不起", "很遗憾")
        )
    return bool(_PLEA.match(text))


def _refused(passages: Sequence[Passage]) -> list[bool]:
    """Which passages are refused text: refusals, and what follows one in its language that opens a section or all."""
    marks = []
    opened: set[tuple[str | None, bool]] = set()
    seen: set[str] = set()
    for passage in passages:
        chinese = is_chinese(passage.text)
        refusal = is_refusal(passage.text)
        if refusal and passage.section not in seen:
            opened.add((passage.section if seen else None, chinese))
        seen.add(passage.section)
        marks.append(refusal or bool(opened & {(passage.section, chinese), (None, chinese)}))
    return marks


def without_refusals(entry: Entry) -> tuple[Entry, tuple[Dropped, ...]]:
    """Take refusals out of an entry and report them."""
    marks = _refused(entry.passages)
    if not any(marks):
        return entry, ()
    kept = tuple(passage for passage, refused in zip(entry.passages, marks, strict=True) if not refused)
    reports = tuple(
        dropped(
            "refusal",
            entry.source.file,
            passage.line,
            f"{entry.source.file}:{passage.line} is a language model's refusal instead of text about “{entry.title}”.",
            passage.text,
        )
        for passage, refused in zip(entry.passages, marks, strict=True)
        if refused
    )
    return replace(entry, passages=kept), reports
