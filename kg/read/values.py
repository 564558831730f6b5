"""What the values of the fields mean: dates, identifiers, links, names. Pure functions over strings."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from kg.read.labels import field_of, is_placeholder, venues

_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]+")
_SPACE = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")
_ZERO = re.compile(r"[\u200b\u200c\u200d\u2060\ufeff]")
_TAGS = re.compile(r"</?(?:u|b|i|em|strong|sub|sup|span|font|datetime|br|a|h\d|div|p|img)\b[^<>]*>", re.IGNORECASE)
_ELEMENT = re.compile(r"<(a|button)\s[^<>]*>[^<>]*</\1>", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_FEW = 4
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()\s]|\([^()\s]*\))*\)")
_IMAGE = re.compile(r"!\[[^\n]{0,500}?\]\((?:[^()\n]|\([^()\n]*\))*\)")
_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^\[\]\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…]+", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|ico)$", re.IGNORECASE)
_CODE = re.compile(
    r"https?://(?:www\.)?(?:(?:github|gitlab|gitee|bitbucket)\.(?:com|org)/[^/\s?#]+/[^/\s?#]+"
    r"|(?:huggingface\.co|hf\.co)/(?!papers/|datasets/|blog/|docs/|collections/)[^/\s?#]+/[^/\s?#]+)",
    re.IGNORECASE,
)
_NEW_ID = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD_ID = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ARXIV = re.compile(
    r"(?:arxiv\.org/+(?:abs|pdf|html|format|src|e-print)/+|(?:huggingface|hf)\.co/papers/|alphaxiv\.org/\w+/|arxiv[.:：\s]+)"
    rf"({_NEW_ID}|{_OLD_ID})(?!\d)",
    re.IGNORECASE,
)
_BARE_ID = re.compile(rf"(?<![\d.])({_NEW_ID}|{_OLD_ID})(?:v\d+)?(?![\d])")
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"'<>，。；）)\]}]+)")
_STARS = re.compile(r"^[^\w,，;；.。]+$")
_RATED = re.compile(r"[\u2605\u2606\u2b50\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d\u2b55]")
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*(?:[-./_年]\s*(1[0-2]|0?[1-9])(?:\s*[-./_月]\s*(3[01]|[12]\d|0?[1-9])(?!\d))?(?!\d))?"
)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_WORDY = re.compile(
    r"(?<!\d)(3[01]|[12]\d|0?[1-9])[- ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ,]+((?:19|20)\d{2})",
    re.I,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ACCEPTED = re.compile(
    r"(?:accepted|published|to appear|presented)\b[^,;.]{0,30}?\b(?:by|at|to|in)\s+(?:the\s+)?"
    r"|(?:中稿|发表于|录用于)\s*",
    re.IGNORECASE,
)
_VENUE = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9&/.\- ]{0,40}?[A-Za-z&])\s*[-'’‘,]?\s*(?P<year>(?:19|20)\d{2})\b", re.IGNORECASE
)
_SUFFIX = re.compile(r"^(?:ltd|inc|llc|corp|co|gmbh|s\.?a)\.?$", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:query|keyword)[:：]")
_ANON = re.compile(r"[\s,;]*(?:et\.?\s*al\.?|等(?:人)?)[.。]?\s*(?:[（(].*[)）])?$")


def is_chinese(text: str) -> bool:
    """Tell whether a text is Chinese, Latin names within it aside."""
    characters = len(_CJK.findall(text))
    return characters >= 2 and characters * 2 >= len(_WORD.findall(text))


def clean(text: str) -> str:
    """A field for display: entities decoded, tags and Markdown links taken off, white space collapsed."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAGS.sub(" ", text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    return _SPACE.sub(" ", _ZERO.sub("", text)).strip()


_TITLE_MARKS = re.compile(r"^(?:\[?\d{1,3}[\].)、](?!\d)\s*|\[(?:new|replaced|cross) \d+\]\s*|[*_《「]+)+|[*_》」]+$")
_PAIR = re.compile(r"^\[([^\[\]]+)\]$")


def clean_title(text: str) -> str:
    """A title without numbering, emphasis and link marks; LaTeX is kept as written."""
    text = clean(text)
    for _ in range(2):
        text = _TITLE_MARKS.sub("", text).strip()
        if match := _PAIR.match(text):
            text = match[1].strip()
    return text


def without_images(text: str) -> str:
    """The text with pictures taken out."""
    return _IMAGE.sub("", text) if "![" in text else text


def _stripped(url: str) -> str:
    while url:
        cut = url.rstrip(".,;:!?*_~")
        if cut.endswith(")") and cut.count("(") < cut.count(")"):
            cut = cut[:-1]
        if cut == url:
            return url
        url = cut
    return url


def urls_in(text: str) -> list[str]:
    """Links of a text in order, as written, without punctuation after them; pictures left out."""
    if "http" not in text.lower():
        return []
    text = without_images(text)
    found = [_stripped(url) for url in _URL.findall(text)]
    return [url for url in dict.fromkeys(found) if len(url) > len("https://") and not _PICTURE.search(url)]


def without_links(text: str) -> str:
    """What a line says besides links and their markup."""
    return _URL.sub("", _TAGS.sub("", _LINK.sub("", _IMAGE.sub("", _ELEMENT.sub("", text)))))


def is_link_line(text: str) -> bool:
    """Tell whether a line says nothing but links, what they are called, and a date."""
    if "http" not in text.lower():
        return False
    words = _WORDS.findall(_DATE.sub("", without_links(text)))
    return not words or (len(words) <= _FEW and all(field_of(word) in ("url", "code", "arxiv_id") for word in words))


def is_code(url: str) -> bool:
    """Tell whether a link leads to a repository."""
    return _CODE.match(url) is not None


def arxiv_ids(text: str) -> list[str]:
    """The arXiv ids that links or "arXiv:" name in a text, without version, in order."""
    return list(dict.fromkeys(_ARXIV.findall(text)))


def arxiv_id(value: str) -> str:
    """The arXiv id in the value of an id field, a link or a file name, or ""."""
    match = _ARXIV.search(value) or _BARE_ID.search(value)
    return match[1] if match else ""


def doi_in(value: str) -> str:
    """The DOI in a value or link, or "" (one that arXiv gives its papers is none: the arXiv id says it)."""
    match = _DOI.search(value)
    doi = match[1].rstrip(".,;:") if match else ""
    return "" if doi.lower().startswith("10.48550/arxiv") else doi


@lru_cache(maxsize=1024)
def iso_date(value: str) -> str:
    """A date in any spelling as ISO text, as exact as it is written, or ""."""
    if match := _COMPACT.search(value):
        return "-".join(match.groups())
    if match := _WORDY.search(value):
        return f"{match[3]}-{_MONTHS.index(match[2].lower()) + 1:02}-{int(match[1]):02}"
    if match := _DATE.search(value):
        return "-".join([match[1], *(f"{int(part):02}" for part in match.groups()[1:] if part)])
    return ""


def day_in_name(name: str) -> str:
    """The day that the name of a file gives its papers, or ""."""
    date = iso_date(name.rpartition("/")[2])
    return date if len(date) == len("2024-01-24") else ""


def is_rating(cell: str) -> bool:
    """Tell whether a cell holds only stars or other marks."""
    return bool(_STARS.match(cell)) and bool(_RATED.search(cell))


def venue_of(value: str, remark: bool = False) -> tuple[str, int | None] | None:
    """Name and year of the conference or journal that a value names, or None.

    Parameters
    ----------
    value
        "ICCV 2025", "Accepted to NeurIPS 2024 (oral)", "TPAMI".
    remark
        The value is a free remark ("12 pages, 2025"): only an acceptance or a well-known name counts.
    """
    text = clean(value).strip(" *_")
    accepted = _ACCEPTED.search(text)
    if accepted:
        text = text[accepted.end() :]
    if match := _VENUE.match(text):
        name = match["name"].strip(" -/")
        return (name, int(match["year"])) if accepted or not remark or name.upper() in venues() else None
    name = re.split(r"\s*[(（,;.]", text, maxsplit=1)[0].strip()
    return (name, None) if name.upper() in venues() else None


def _split(text: str, separators: str) -> list[str]:
    """Split at separators that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        if character in "(（[":
            depth += 1
        elif character in ")）]":
            depth = max(0, depth - 1)
        elif character in separators and not depth:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def institutions_in(cell: str) -> list[str]:
    """Institutions of a cell, split at commas; "Unknown" is none."""
    found: list[str] = []
    for part in _split(clean(cell), ",，;；、"):
        name = part.strip(" .\t*_|｜") if not part.strip().endswith((".", "．")) else part.strip(" \t*_|｜")
        if found and _SUFFIX.match(name):
            found[-1] += f", {name}"
        elif name and not is_placeholder(name) and not is_rating(name):
            found.append(name)
    return list(dict.fromkeys(found))


def authors_in(value: str) -> list[str]:
    """Authors of a value: "A, B", "A; B", "A、B", "A and B"; "et al." is nobody."""
    text = _ANON.sub("", clean(value))
    separators = ";；" if ";" in text or "；" in text else ",，、"
    names = [name for part in _split(text, separators) for name in re.split(r"\s+and\s+|\s*&\s*", part)]
    found = (_ANON.sub("", name.strip(" *_.")).strip() for name in names)
    return [name for name in dict.fromkeys(found) if name and not is_placeholder(name)]


def topics_in(value: str) -> list[str]:
    """Topics of a labelled value: back-quoted words, or a list split at commas and semicolons."""
    quoted = re.findall(r"`([^`\n]+)`", value)
    parts = quoted or _split(clean(value).strip("[]"), ",，;；、|｜")
    names = (_PREFIX.sub("", part.strip(" \t*_`\"'.。")).strip() for part in parts)
    return [name for name in dict.fromkeys(names) if name and not is_placeholder(name)]
