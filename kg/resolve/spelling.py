"""Pure string functions on names: what is one spelling of another, and what must never be merged."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_QUOTES = re.compile(r"[\"'“”‘’「」『』《》【】\[\]<>`*$\\{}^]")
_GLUE = re.compile(r"[\s\-_‐-―·・]+")
_DOT = re.compile(r"(?<![0-9])\.|\.(?![0-9])")
_BRACKETS = re.compile(r"[()]")
# Most names: what the key of one is can be seen without all the rules.
_HAN_ONLY = re.compile(r"[\u4e00-\u9fff]+")
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
# The last word in the plural: diffusion models, GANs, LLMs; not class, corpus, analysis, ImageNet-S.
_PLURAL = re.compile(r"(?:(?<=[a-z]{2}[a-hj-rtvwyz])|(?<=[A-Z]{2}))s$")
_IES = re.compile(r"(?<=[a-z]{3})ies$")
_TAIL_ZH = (
    "数据集|数据库|语料库|基准测试|测试集|基准|任务|模型|方法|框架|网络|算法|系统|技术|指标|分数|得分"
    "|损失函数|架构|机制|策略|模块"
)
_TAIL_EN = (
    "dataset|datasets|data set|data sets|corpus|corpora|benchmark|benchmarks|model|models|method|methods|framework"
    "|frameworks|network|networks|algorithm|algorithms|task|tasks|score|scores|metric|metrics|system|systems"
    "|approach|approaches"
)


def _reversed(words: str) -> str:
    return "|".join(sorted((w[::-1] for w in words.split("|")), key=lambda w: (-len(w), w)))


# A generic word at the end of a name. It is read from right to left, so that it is found or missed at once.
_TAIL = re.compile(rf"(?:(?:{_reversed(_TAIL_ZH)})|(?:{_reversed(_TAIL_EN)})(?=[^A-Za-z]))", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_INITIAL = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
# A size or variant that stands alone at the end of a name: ViT-B, LLaVA-1.5-13B, GPT-4o-mini, SDXL-Turbo.
_VARIANT = re.compile(
    r"(?:[-\s/(]|(?<=\d))(xxl|xl|tiny|mini|nano|small|base|large|huge|giant|turbo|lite|pro|plus|max|ultra|flash"
    r"|[bslhgtv]|[0-9.]+[bm])(?=$|[-\s/)])",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """The spelling key of a name: two names with one key are one name.

    Folds width (NFKC), case, hyphens and spaces, quotes, LaTeX and Markdown marks, and an English plural. Chinese
    and digits stay, and so does a dot between digits: Qwen2.5 is not Qwen25.

    Examples
    --------
    >>> key("Stable Diffusion-XL") == key("StableDiffusion XL")
    True
    >>> key("CIFAR-10") == key("CIFAR-100")
    False
    >>> key("扩散 模型")
    '扩散模型'
    """
    if _HAN_ONLY.fullmatch(name):
        return name
    if _PLAIN.fullmatch(name) and name[-1] != "s":
        return name.replace(" ", "").replace("-", "").lower()
    text = unicodedata.normalize("NFKC", name)
    text = _GLUE.sub(" ", _QUOTES.sub("", text)).strip(" .,:;，。：；、")
    text = _IES.sub("y", text)
    text = _PLURAL.sub("", text)
    text = _BRACKETS.sub("", _DOT.sub("", text))
    # Case folding can denormalise, and NFKC can bring spaces (U+00A8): spaces go last.
    return unicodedata.normalize("NFKC", text.casefold()).replace(" ", "")


@lru_cache(maxsize=1 << 16)
def bare(name: str) -> str:
    """The name without a trailing generic word: "3D-FRONT数据集" and "3D-FRONT dataset" give "3D-FRONT".

    Returns the name unchanged where nothing but the generic word would be left.
    """
    text = name.strip()
    tail = _TAIL.match(text[::-1])
    cut = text[: len(text) - (tail.end() if tail else 0)].rstrip(" -_")
    return cut if len(key(cut)) >= 2 else text


def is_chinese(name: str) -> bool:
    """Whether the name holds at least one Chinese character."""
    return _HAN.search(name) is not None


@lru_cache(maxsize=1 << 16)
def numbers(name: str) -> tuple[str, ...]:
    """All numbers in a name, in order: versions, sizes, years."""
    return tuple(_NUMBER.findall(unicodedata.normalize("NFKC", name)))


@lru_cache(maxsize=1 << 16)
def variant(name: str) -> tuple[str, ...]:
    """Size and variant words of a name, lower case: ("b",) for ViT-B, ("13b",) for Vicuna-13B."""
    return tuple(v.lower() for v in _VARIANT.findall(unicodedata.normalize("NFKC", name)))


def same_version(a: str, b: str) -> bool:
    """Whether two names agree in every number and size: the guard before any merge that rests on likeness.

    Examples
    --------
    >>> same_version("GPT-3", "GPT-4"), same_version("ViT-B", "ViT-L"), same_version("MS-COCO", "COCO")
    (False, False, True)
    """
    return numbers(a) == numbers(b) and variant(a) == variant(b)


def initials(name: str) -> str:
    """First letters of the words of an English name, lower case: "Latent Diffusion Model" gives "ldm"."""
    return "".join(_INITIAL.findall(name)).lower()


def is_abbreviation(short: str, long: str) -> bool:
    """Whether `short` abbreviates `long`, both English (Schwartz and Hearst, PSB 2003).

    Every letter of `short` occurs in `long` in order, read from the right, and its first letter begins a word.
    """
    s = re.sub(r"[^a-z0-9]", "", short.lower())
    if not 2 <= len(s) <= 12 or is_chinese(long) or len(long) <= len(short):
        return False
    if s.endswith("s") and len(s) > 2 and short[-1] == "s" and short[-2].isupper():
        s = s[:-1]
    text = long.lower()
    at = len(text)
    for i in range(len(s) - 1, -1, -1):
        at -= 1
        while at >= 0 and (text[at] != s[i] or (i == 0 and at > 0 and text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return False
    return True
