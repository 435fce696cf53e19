"""What a batch takes in: the documents of a folder, a glob, a file, an archive, e-mails or a URL, in a stable order."""

from __future__ import annotations

import glob
import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.containers import Contents, is_container, open_container
from flows.originals import DOCUMENT_SUFFIXES, Original, of_file
from flows.remote_source import find_remote
from schemas.errors import ConfigurationError, NothingArrivedError

LARGEST_MEMBER_BYTES = 100_000_000
SETTLE_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Inbox:
    """``documents`` to process; ``ignored`` counts other files by suffix (hidden files are not counted); ``unread`` are sentences about
    containers that cannot be opened and files that are still being written."""

    source: str
    documents: tuple[Original, ...]
    ignored: dict[str, int]
    unread: tuple[str, ...] = ()

    def ignored_sentence(self) -> str | None:
        """``3 other files ignored (2 .txt, 1 .docx)``, or None."""
        total = sum(self.ignored.values())
        if not total:
            return None
        kinds = ", ".join(f"{count} {suffix or 'without suffix'}" for suffix, count in self.ignored.items())
        return f"{total} other file{'s' * (total > 1)} ignored ({kinds})"


def find_documents(
    source: str,
    *,
    recursive: bool = True,
    settle_s: float = 0.0,
    settle_limit_s: float = 30.0,
    max_bytes: int = LARGEST_MEMBER_BYTES,
) -> Inbox:
    """Documents under ``source``: a folder (with its subfolders), a file, a glob such as ``inbox/**/*.pdf``, or an fsspec URL.

    Zip archives and e-mails (.eml) stand for the documents in them, each at most ``max_bytes`` large. A file that is named itself is taken
    whatever its suffix. Hidden files and folders are skipped. A local file that was changed within the last ``settle_s`` seconds is waited
    for, at most ``settle_limit_s`` seconds; if it still changes then, it is left for the next run.
    Raises `ConfigurationError` when the source does not exist, and its `NothingArrivedError` when it holds no document.
    """
    if "://" in source:
        contents = find_remote(source, max_bytes=max_bytes, recursive=recursive)
    else:
        contents = _find_local(source, recursive=recursive, settle_s=settle_s, settle_limit_s=settle_limit_s, max_bytes=max_bytes)
    inbox = Inbox(source, tuple(contents.documents), dict(contents.ignored.most_common()), tuple(contents.unread))
    if not inbox.documents:
        also = "; ".join(filter(None, (inbox.ignored_sentence(), *inbox.unread)))
        raise NothingArrivedError(
            f"No documents in {source}: expected PDF, XML or image files, or .zip and .eml with such{f'; {also}' if also else ''}."
        )
    return inbox


def _find_local(source: str, *, recursive: bool, settle_s: float, settle_limit_s: float, max_bytes: int) -> Contents:
    path, named = Path(source), False
    try:
        if path.is_file():
            found, named = [path], True
        elif path.is_dir():
            found = list(_walk(path, recursive=recursive))
        elif glob.has_magic(source):
            found = sorted({Path(name) for name in glob.glob(source, recursive=True) if not Path(name).is_dir()})  # noqa: PTH207 - the pattern may be absolute
        else:
            raise ConfigurationError(f"There is no file or folder {source}.")
    except OSError as exc:
        raise ConfigurationError(f"{source} cannot be read: {exc.strerror or exc}.") from exc
    taken = [file for file in found if named or is_container(file.name) or file.suffix.lower() in DOCUMENT_SUFFIXES]
    others = set(found) - set(taken)
    contents = Contents(ignored=Counter(file.suffix.lower() for file in found if file in others))
    unsettled = still_changing(taken, settle_s=settle_s, limit_s=settle_limit_s)
    for file in taken:
        if file in unsettled:
            contents.unread.append(f"{file} is still being written; the next run takes it")
        elif is_container(file.name):
            open_container(str(file), file, contents, max_bytes=max_bytes)
        else:
            contents.documents.append(of_file(file))
    return contents


def _walk(folder: Path, *, recursive: bool) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise error

    for parent, folders, files in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if recursive else []
        yield from (Path(parent) / name for name in sorted(files) if not name.startswith("."))


def still_changing(paths: Sequence[Path], *, settle_s: float, limit_s: float) -> set[Path]:
    """Those of ``paths`` that were not left alone for ``settle_s`` seconds, after waiting for them at most ``limit_s`` seconds.

    Looks at time of change and size only: a writer that pauses for longer than ``settle_s`` is not noticed, and the whole file, having
    another hash, is then a document of its own.
    """
    if settle_s <= 0:
        return set()
    deadline = time.monotonic() + limit_s
    seen = {path: (_stamp(path), time.monotonic()) for path in paths if _age_s(path) < settle_s}
    while seen and time.monotonic() < deadline:
        time.sleep(min(SETTLE_POLL_S, settle_s))
        for path, (stamp, since) in list(seen.items()):
            if (now := _stamp(path)) != stamp:
                seen[path] = (now, time.monotonic())
            elif time.monotonic() - since >= settle_s:
                del seen[path]
    return set(seen)


def _age_s(path: Path) -> float:
    try:
        age_s = time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")  # said when it is read
    return age_s if age_s >= 0 else float("inf")  # a time in the future says nothing


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)


def content_hash(path: Path) -> str:
    """SHA-256 of the file, read piece by piece. Raises `OSError` when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
