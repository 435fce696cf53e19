"""Documents inside other files: members of zip archives, attachments of e-mails, and archives attached to e-mails.

A container is foreign too: nothing is unpacked to disk, names in it are only shown, and count, size and depth are bounded.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from flows.originals import ARCHIVE_SUFFIXES, DOCUMENT_SUFFIXES, MAIL_SUFFIXES, Original

MAX_MEMBERS = 50_000
MAX_DEPTH = 3  # an archive in an e-mail in an archive
SUFFIX_OF_TYPE = {"application/pdf": ".pdf", "application/xml": ".xml", "text/xml": ".xml", "image/tiff": ".tif"}


@dataclass(frozen=True, slots=True)
class Contents:
    """What was found in a container: documents, other files by suffix, and sentences about what could not be opened."""

    documents: list[Original] = field(default_factory=list[Original])
    ignored: Counter[str] = field(default_factory=Counter[str])
    unread: list[str] = field(default_factory=list[str])


def is_container(name: str) -> bool:
    """Whether a file of this name is opened for the documents in it."""
    return PurePosixPath(name).suffix.lower() in ARCHIVE_SUFFIXES | MAIL_SUFFIXES


def open_container(source: str, data: Path | bytes, contents: Contents, *, max_bytes: int, depth: int = 1) -> None:
    """Add to ``contents`` what the container holds. ``data`` is its file or its bytes, ``max_bytes`` the most that one member may unpack to."""
    if depth > MAX_DEPTH:
        contents.unread.append(f"{source} lies more than {MAX_DEPTH} containers deep and was not opened")
        return
    try:
        if PurePosixPath(source).suffix.lower() in ARCHIVE_SUFFIXES:
            _open_archive(source, data, contents, max_bytes, depth)
        else:
            _open_mail(source, data, contents, max_bytes, depth)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, LookupError) as exc:
        reason = (exc.strerror if isinstance(exc, OSError) else None) or str(exc) or type(exc).__name__
        contents.unread.append(f"{source} cannot be opened: {reason}")


def _open_archive(source: str, data: Path | bytes, contents: Contents, max_bytes: int, depth: int) -> None:
    file: BinaryIO = data.open("rb") if isinstance(data, Path) else io.BytesIO(data)
    archive = zipfile.ZipFile(file)  # stays open: its members are read when the batch comes to them
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS:
        contents.unread.append(f"{source} holds {len(members)} files; at most {MAX_MEMBERS} are taken from one archive")
        return
    for member in sorted(members, key=lambda found: found.filename):
        path = PurePosixPath(member.filename)
        if any(part.startswith((".", "__MACOSX")) for part in path.parts if part != ".."):
            continue
        read = partial(_unpacked, archive, member, max_bytes)
        _add(f"{source}!/{member.filename}", path.name, read, contents, max_bytes, depth)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> bytes:
    """The member's bytes. The size that an archive claims is not believed: unpacking ends at the limit."""
    try:
        with archive.open(member) as file:
            data = file.read(max_bytes + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError) as exc:
        raise OSError(str(exc) or type(exc).__name__) from exc
    if len(data) > max_bytes:
        raise OSError(f"it unpacks to more than {max_bytes / 1e6:.0f} MB (setting document_max_mb)")
    return data


def _open_mail(source: str, data: Path | bytes, contents: Contents, max_bytes: int, depth: int) -> None:
    message = BytesParser(policy=policy.default).parsebytes(data.read_bytes() if isinstance(data, Path) else data)
    for number, (name, part) in enumerate(_attachments(message), start=1):
        shown = f"{number}-{name}" if name == "attachment" else name
        _add(f"{source}!/{shown}", name, partial(_attached, part, max_bytes), contents, max_bytes, depth)


def _attachments(message: EmailMessage) -> Iterator[tuple[str, EmailMessage]]:
    """(file name, part) of every part that may be a document. Pictures shown within the text, such as logos, are none."""
    for part in message.walk():
        if part.is_multipart():
            continue
        name, kind = part.get_filename() or "", part.get_content_type()
        if part.get_content_disposition() != "attachment" and (kind.startswith("image/") or (not name and kind not in SUFFIX_OF_TYPE)):
            continue
        suffix = SUFFIX_OF_TYPE.get(kind, "")
        if suffix and PurePosixPath(name).suffix.lower() not in DOCUMENT_SUFFIXES:
            name = f"{name or 'attachment'}{suffix}"
        yield PurePosixPath(name.replace("\\", "/")).name or "attachment", part


def _attached(part: EmailMessage, max_bytes: int) -> bytes:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise OSError("the attachment has no content")
    if len(data) > max_bytes:
        raise OSError(f"it has more than {max_bytes / 1e6:.0f} MB (setting document_max_mb)")
    return data


def _add(source: str, name: str, read: partial[bytes], contents: Contents, max_bytes: int, depth: int) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in DOCUMENT_SUFFIXES:
        contents.documents.append(Original(PurePosixPath(name).stem, source, read=read))
    elif suffix in ARCHIVE_SUFFIXES | MAIL_SUFFIXES:
        try:
            data = read()
        except OSError as exc:
            contents.unread.append(f"{source} cannot be read: {exc}")
            return
        open_container(source, data, contents, max_bytes=max_bytes, depth=depth + 1)
    else:
        contents.ignored[suffix] += 1
