"""The papers of some digests with the texts that a build would extract from."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kg import pipeline, read, screen, work
from kg.extract.text import of_entry
from kg.gold import Gold, norm
from kg.records import Dropped, Entry
from kg.resolve.papers import Paper, papers


@dataclass(frozen=True, slots=True)
class PaperText:
    """A paper with its entries, copied passages and refusals taken out; `source` is the file of the first entry.

    `contaminated` says that a passage of another paper was taken out.
    """

    paper: Paper
    entries: tuple[Entry, ...]
    source: str
    contaminated: bool

    @property
    def text(self) -> str:
        """Titles and passages of all entries, as extraction sees them."""
        return "\n".join(of_entry(entry).string for entry in self.entries)

    @property
    def names(self) -> str:
        """Everything that a name may have been taken from: the text, and the topics that the digest gives."""
        return "\n".join([self.text, *(label.name for entry in self.entries for label in entry.topics)])


class Digests:
    """Papers in the order in which they stand in their files; their texts are read when asked for."""

    def __init__(
        self, sources: Sequence[str], reading: work.Reading, copies: Mapping[int, tuple[screen.Copy, ...]], cache: Path
    ) -> None:
        found = papers(reading.entries)
        self.papers: tuple[Paper, ...] = tuple(sorted(found, key=lambda p: min(p.entries)))
        self.dropped: tuple[Dropped, ...] = reading.dropped
        self._folders = sorted((_folder(s) for s in sources if Path(s).is_dir()), key=len, reverse=True)
        self._reading, self._copies, self._cache = reading, copies, cache
        self._places: dict[tuple[str, str], Paper] = {}
        for paper in self.papers:
            titles = (paper.title, *(reading.entries[i].title for i in paper.entries))
            for key in (("id", paper.id), ("arxiv", paper.arxiv_id), *(("title", norm(t)) for t in titles)):
                self._places.setdefault(key, paper)

    def find(self, annotated: Gold) -> Paper | None:
        """The paper that an annotation is about: by id, by arXiv id, by title."""
        keys = (("id", annotated.id), ("arxiv", annotated.arxiv_id or ""), ("title", norm(annotated.title)))
        return next((self._places[k] for k in keys if k[1] and k in self._places), None)

    def texts(self, wanted: Iterable[Paper]) -> list[PaperText]:
        """Papers with their texts, in the order given."""
        chosen = list(wanted)
        entries = work.entries_with_passages(self._reading, [i for p in chosen for i in p.entries], self._cache)
        return [
            PaperText(
                paper,
                tuple(
                    screen.without(entries[i], self._copies[i]) if i in self._copies else entries[i] for i in indexes
                ),
                self._relative(entries[indexes[0]].source.file),
                any(i in self._copies for i in indexes),
            )
            for paper, indexes in ((p, sorted(p.entries)) for p in chosen)
        ]

    def _relative(self, file: str) -> str:
        folder = next((f for f in self._folders if file.startswith(f)), None)
        return file.rpartition("/")[2] if folder is None else file.removeprefix(folder)


def _folder(source: str) -> str:
    return str(Path(source)).replace(os.sep, "/").rstrip("/") + "/"


@contextmanager
def digests(sources: Sequence[str], jobs: int, progress: work.Progress = pipeline.silent) -> Iterator[Digests]:
    """Read and screen digests as a build does, with no graph folder.

    Parameters
    ----------
    sources : sequence of str
        Folders, files, or "-" for standard input.
    jobs : int
        Worker processes.
    progress : callable
        Called with the stage, what is done and the total.

    Raises
    ------
    InputError
        A source does not exist, or no paper was found.
    """
    files = read.find_files(sources)
    stdin = sys.stdin.buffer.read() if any(f.path is None for f in files) else b""
    with TemporaryDirectory(prefix="kg-annotate-") as name:
        cache = Path(name)
        reading = work.read_all(files, cache, jobs, progress, stdin)
        pipeline.check(sources, reading)
        copies, _ = pipeline.screened(reading, papers(reading.entries), cache)
        yield Digests(sources, reading, copies, cache)
