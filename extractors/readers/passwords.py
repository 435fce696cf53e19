"""Passwords of encrypted PDFs: given per source, tried in their order, never printed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import PurePath

from schemas.errors import DamagedDocumentError, EncryptedDocumentError


@dataclass(frozen=True, slots=True)
class SourcePassword:
    """``source``: a glob that the document's path or its file name matches, such as ``*/acme/*`` or ``statement-*.pdf``."""

    source: str
    password: str = field(repr=False)


def unlock(data: bytes, *, source: str, passwords: Sequence[SourcePassword]) -> bytes:
    """The PDF without its encryption, where it needs a password to open and one for its source is right; else the bytes as they are.

    Raises `EncryptedDocumentError` where passwords are given for the source and none opens the file.
    """
    if not passwords or b"/Encrypt" not in data or b"%PDF-" not in data[:1024]:
        return data
    candidates = list(_matching(source, passwords))
    if not candidates:
        return data
    import pikepdf

    for password in ("", *candidates):
        buffer = io.BytesIO()
        try:
            with pikepdf.open(io.BytesIO(data), password=password, suppress_warnings=True) as pdf:
                if not password:
                    return data  # the readers open it without one
                pdf.save(buffer)
            return buffer.getvalue()
        except pikepdf.PasswordError:
            continue
        except (pikepdf.PdfError, ValueError, RuntimeError) as exc:
            raise DamagedDocumentError("The encrypted PDF's structure cannot be parsed; ask the sender for the file again.") from exc
    raise EncryptedDocumentError(f"The PDF is encrypted, and none of the {len(candidates)} password(s) for its source opens it.")


def _matching(source: str, passwords: Sequence[SourcePassword]) -> Iterator[str]:
    name = PurePath(source).name
    for entry in passwords:
        if fnmatch(source, entry.source) or fnmatch(name, entry.source):
            yield entry.password
