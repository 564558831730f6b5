"""A page to read beside annotations: each paper's text as extraction sees it, with the annotated names in bold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kg.annotate.file import annotated
from kg.annotate.papers import Digests, PaperText
from kg.errors import InputError
from kg.extract.text import of_entry
from kg.gold import Gold, GoldEntity
from kg.store import replace_text

_TITLE = "# Texts for "
_HEAD = """# Texts for {name}

Written by `kg annotate --text` for reading beside the annotations, and written anew each time: names that are annotated
now are bold. The texts are the digests'; they are not for publication.
"""
_WORD = "[A-Za-z0-9]"


def page_beside(annotations: Path) -> Path:
    """Where the page of a file of annotations goes.

    Raises
    ------
    InputError
        A file is there that is no such page.
    """
    path = annotations.with_name(annotations.name.removesuffix(".jsonl") + ".texts.md")
    if path.exists() and not path.read_bytes().startswith(_TITLE.encode()):
        raise InputError(f"{path} was not written by kg annotate: move it away, or give -o another name.")
    return path


def write_page(path: Path, annotations: Path, digests: Digests) -> None:
    """Write the page of a file of annotations, for the papers whose texts are there."""
    papers = [(gold, paper) for gold in annotated(annotations) if (paper := digests.find(gold)) is not None]
    texts = digests.texts(paper for _, paper in papers)
    replace_text(path, page(annotations.name, zip((gold for gold, _ in papers), texts, strict=True)))


def page(name: str, papers: Iterable[tuple[Gold, PaperText]]) -> str:
    """Markdown with the entities and the text of each paper.

    Parameters
    ----------
    name : str
        The file of the annotations.
    papers : iterable of tuple
        Annotations with the texts of their papers.
    """
    return "\n".join([_HEAD.format(name=name), *(line for gold, text in papers for line in _paper(gold, text))])


def marked(text: str, names: Iterable[str]) -> str:
    """A text with names in bold, the longest where several begin; a Latin name is none within a word."""
    found = sorted({n for n in names if n.strip()}, key=lambda n: (-len(n), n))
    if not found:
        return text
    return re.sub("|".join(map(_pattern, found)), lambda m: f"**{m[0]}**", text)


def _pattern(name: str) -> str:
    before = f"(?<!{_WORD})" if re.match(_WORD, name) else ""
    after = f"(?!{_WORD})" if re.search(f"{_WORD}$", name) else ""
    return before + re.escape(name) + after


def _paper(gold: Gold, text: PaperText) -> Iterator[str]:
    yield f"## {gold.title}\n"
    yield f"`{gold.id}`\n"
    yield from (_entity(e) for e in gold.entities)
    yield ""
    names = [name for e in gold.entities for name in e.names]
    for entry in text.entries:
        yield f"### {entry.source}\n"
        laid = of_entry(entry)
        section = laid.pieces[0].section
        for piece in laid.pieces:
            if piece.section != section and piece.section:
                yield f"#### {piece.section}\n"
            section = piece.section
            yield marked(laid.string[piece.start : piece.end], names) + "\n"


def _entity(e: GoldEntity) -> str:
    flags: Sequence[str] = [word for word, is_set in (("optional", e.optional), ("salient", e.salient)) if is_set]
    note = f" ({', '.join(flags)})" if flags else ""
    return f"- {'/'.join(e.type)}: {' · '.join(e.names)} - {', '.join(e.relations)}{note}"
