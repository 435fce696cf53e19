"""What a batch takes in: the documents of a folder, a glob or a single file, in a stable order."""

from __future__ import annotations

import glob
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ConfigurationError

DOCUMENT_SUFFIXES = frozenset({".pdf", ".xml", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif"})


@dataclass(frozen=True, slots=True)
class Inbox:
    """``documents`` to process; ``ignored`` counts other files by suffix (hidden files are not counted)."""

    source: str
    documents: tuple[Path, ...]
    ignored: dict[str, int]

    def ignored_sentence(self) -> str | None:
        """``3 other files ignored (2 .txt, 1 .docx)``, or None."""
        total = sum(self.ignored.values())
        if not total:
            return None
        kinds = ", ".join(f"{count} {suffix or 'without suffix'}" for suffix, count in self.ignored.items())
        return f"{total} other file{'s' * (total > 1)} ignored ({kinds})"


def find_documents(source: str) -> Inbox:
    """Documents under ``source``: a folder (with its subfolders), a file, or a glob such as ``inbox/**/*.pdf``.

    A file that is named itself is taken whatever its suffix. Hidden files and folders are skipped.
    Raises `ConfigurationError` when the path does not exist or holds no document.
    """
    path = Path(source)
    try:
        if path.is_file():
            return Inbox(source, (path,), {})
        if path.is_dir():
            found = list(_walk(path))
        elif glob.has_magic(source):
            found = sorted({Path(name) for name in glob.glob(source, recursive=True) if not Path(name).is_dir()})  # noqa: PTH207 - the pattern may be absolute
        else:
            raise ConfigurationError(f"There is no file or folder {source}.")
    except OSError as exc:
        raise ConfigurationError(f"{source} cannot be read: {exc.strerror or exc}.") from exc
    documents = tuple(file for file in found if file.suffix.lower() in DOCUMENT_SUFFIXES)
    ignored = Counter(file.suffix.lower() for file in found if file.suffix.lower() not in DOCUMENT_SUFFIXES)
    inbox = Inbox(source, documents, dict(ignored.most_common()))
    if not documents:
        also = inbox.ignored_sentence()
        raise ConfigurationError(f"No documents in {source}: expected PDF, XML or image files{f'; {also}' if also else ''}.")
    return inbox


def _walk(folder: Path) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise error

    for parent, folders, files in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent) / name for name in sorted(files) if not name.startswith("."))


def content_hash(path: Path) -> str:
    """SHA-256 of the file, read piece by piece. Raises `OSError` when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
