"""What a batch is given, wherever it lies: a local file, a member of an archive, an attachment of an e-mail, an object at a URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DOCUMENT_SUFFIXES = frozenset({".pdf", ".xml", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif"})
ARCHIVE_SUFFIXES = frozenset({".zip"})
MAIL_SUFFIXES = frozenset({".eml"})


@dataclass(frozen=True, slots=True)
class Original:
    """One document as it came in. ``source`` is shown to people and names the container too (``mail.eml!/invoice.pdf``).

    ``path`` is the local file, where it is one; else ``read`` fetches the bytes and raises `OSError` with the reason when they cannot be had.
    """

    name: str
    source: str
    path: Path | None = None
    read: Callable[[], bytes] | None = None


def of_file(path: Path) -> Original:
    """The document that is a file of its own."""
    return Original(path.stem, str(path), path)
