"""The originals: every document's bytes under the hash of their content, in a folder or at any fsspec URL (s3://, gs://, az://, sftp://).

Same bytes are kept once. A document is written under another name and then moved, so a name that exists holds whole content; reading checks
the hash again, so that what comes back is what went in or an error.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from schemas.errors import DocumentStoreError

DEFAULT_FOLDER = "lineitem-documents"


@dataclass(frozen=True, slots=True)
class DocumentStore:
    """An open store. ``url`` is shown to people (without credentials, which belong into the environment); ``root`` is the path inside it."""

    url: str
    root: str
    filesystem: Any  # fsspec.AbstractFileSystem, which has no types

    def put(self, data: bytes) -> str:
        """Keep ``data``; returns its SHA-256 in hexadecimal. Raises `DocumentStoreError` when it cannot be written."""
        sha256 = hashlib.sha256(data).hexdigest()
        with self._errors(f"{sha256[:12]}… cannot be written"):
            if not self._holds(sha256, len(data)):
                with self._writing(sha256) as file:
                    file.write(data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of a document. Raises `DocumentStoreError` when the store does not hold them, or not as they were."""
        with self._errors(f"{sha256[:12]}… cannot be read"):
            try:
                data: bytes = self.filesystem.cat_file(self._path(sha256))
            except FileNotFoundError as exc:
                raise DocumentStoreError(f"The document store {self.url} does not hold {sha256[:12]}….") from exc
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DocumentStoreError(
                f"The document store {self.url} holds other bytes than were stored as {sha256[:12]}…: restore the file."
            )
        return data

    def holds(self, sha256: str) -> bool:
        """Whether a document's bytes are there."""
        with self._errors(f"{sha256[:12]}… cannot be read"):
            return bool(self.filesystem.exists(self._path(sha256)))

    def local_path(self, sha256: str) -> Path | None:
        """The file itself, where the store is a folder of this machine; None elsewhere."""
        return Path(self._path(sha256)) if _is_local(self.filesystem) else None

    def _path(self, sha256: str) -> str:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise DocumentStoreError(f"Not a SHA-256 in hexadecimal: {sha256[:80]!r}.")
        return f"{self.root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _holds(self, sha256: str, size: int) -> bool:
        try:
            return int(self.filesystem.size(self._path(sha256)) or 0) == size
        except FileNotFoundError:
            return False

    @contextmanager
    def _writing(self, sha256: str) -> Generator[BinaryIO]:
        """A file that gets the document's name once it is whole."""
        path = self._path(sha256)
        self.filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
        part = f"{path}.{secrets.token_hex(4)}.part"
        try:
            with self.filesystem.open(part, "wb") as file:
                yield file
            if _is_local(self.filesystem):
                Path(part).replace(path)
            else:
                self.filesystem.mv(part, path)
        except BaseException:
            if self.filesystem.exists(part):
                self.filesystem.rm_file(part)
            raise

    @contextmanager
    def _errors(self, what: str) -> Generator[None]:
        try:
            yield
        except DocumentStoreError:
            raise
        except OSError as exc:
            raise DocumentStoreError(f"Document store {self.url}: {what}: {exc.strerror or exc}.") from exc
        except Exception as exc:  # each of fsspec's file systems has errors of its own
            raise DocumentStoreError(f"Document store {self.url}: {what}: {type(exc).__name__}: {exc}.") from exc


def open_document_store(url: str) -> DocumentStore:
    """The store at ``url``, a folder's path or an fsspec URL. A folder is made with the first document.

    Raises `DocumentStoreError` when the protocol is unknown or its package is not installed.
    """
    import fsspec

    try:
        filesystem, root = fsspec.core.url_to_fs(url, **({"auto_mkdir": True} if "://" not in url else {}))
    except (ImportError, ValueError) as exc:
        raise DocumentStoreError(f"The document store {_shown(url)} cannot be opened: {exc}.") from exc
    if _is_local(filesystem):
        root = str(Path(root).absolute())
    return DocumentStore(_shown(url), root.rstrip("/"), filesystem)


def default_store_url(database_url: str) -> str:
    """Where originals go unless a setting says otherwise: beside a SQLite file (``lineitem.db`` → ``lineitem-documents``), else here."""
    if database_url.startswith("sqlite:///") or "://" not in database_url:
        path = Path(database_url.removeprefix("sqlite:///").partition("?")[0])
        if path.name not in ("", ":memory:"):
            return str(path.with_name(f"{path.stem}-documents"))
    return DEFAULT_FOLDER


def _is_local(filesystem: Any) -> bool:
    protocol = filesystem.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else protocol)


def _shown(url: str) -> str:
    """``url`` without user and password."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
