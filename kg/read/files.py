"""Which files a build reads: folders are walked, files taken as they are, "-" is standard input."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kg.errors import InputError

STDIN = "-"

# Files beside the digests in a folder that are no text, or no digest: left out of a walk, read when named.
_OTHER = re.compile(
    r"\.(?:7z|avi|bin|bmp|bz2|db|docx?|eot|eps|epub|exe|flac|gif|gz|heic|ico|jar|jpe?g|lz4|mkv|mov|mp[34]|npy|npz|odt|ogg|onnx"
    r"|otf|parquet|pdf|pickle|pkl|png|pptx?|ps|psd|pth?|rar|safetensors|so|sqlite3?|svg|tar|tgz|tiff?|ttf|wav|webm|webp|whl"
    r"|woff2?|xlsx?|xz|zip|zst|css|htaccess|ipynb|jsx?|lock|map|mjs|pyc?|scss|sh|tsx?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class InputFile:
    """A file to read: `name` as the user gave it, with the path below a folder; `path` None for standard input."""

    name: str
    path: Path | None

    def read(self) -> bytes:
        """Bytes of the file.

        Raises
        ------
        InputError
            The file cannot be read.
        """
        try:
            if self.path is None:
                return sys.stdin.buffer.read()
            return self.path.read_bytes()
        except OSError as error:
            raise InputError(f"{self.name} cannot be read: {error.strerror or error}.") from error


def _nearest(path: Path) -> str:
    parent = path.parent
    names = sorted(entry.name for entry in parent.iterdir()) if parent.is_dir() else []
    close = get_close_matches(path.name, names, n=1, cutoff=0.0) if names else []
    if close:
        return f"did you mean {(parent / close[0]).as_posix()}?"
    return f"give an existing folder or file, or {STDIN} for standard input."


def _walk(folder: str) -> Iterator[tuple[str, bool]]:
    """Paths of the files below a folder, and whether each is a link; linked folders are left out."""
    stack = [folder]
    while stack:
        base = stack.pop()
        try:
            with os.scandir(base) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    elif entry.is_file() and not _OTHER.search(entry.name):
                        yield entry.path, entry.is_symlink()
        except OSError as error:
            raise InputError(f"{base} cannot be read: {error.strerror or error}.") from error


def find_files(sources: Sequence[str]) -> list[InputFile]:
    """Files that the sources stand for, each once, sorted by name.

    Parameters
    ----------
    sources
        Folders (walked; hidden files, pictures, archives, programs and the like are left out), files, or "-" for
        standard input.

    Raises
    ------
    InputError
        A source does not exist or cannot be read.
    """
    found: dict[str, str] = {}
    for source in sources:
        if source == STDIN:
            found[STDIN] = STDIN
            continue
        path = Path(source)
        if not path.exists():
            raise InputError(f"{source} does not exist: {_nearest(path)}")
        root, real_root = str(path), os.path.realpath(path)
        for file, is_link in _walk(root) if path.is_dir() else ((root, True),):
            real = os.path.realpath(file) if is_link else real_root + file.removeprefix(root)
            name = file.replace(os.sep, "/")
            found[real] = min(name, found.get(real, name))
    return sorted(InputFile(name, None if real == STDIN else Path(name)) for real, name in found.items())
