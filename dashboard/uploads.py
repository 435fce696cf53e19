"""Documents that people and programs hand in: checked, written beside the others, processed now or with the next batch."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from dashboard.services import Services
from extractors.readers.document import Kind, kind_of
from schemas.errors import DocumentLimitError, EmptyDocumentError, LineitemError, NotADocumentError
from warehouse.audit import record_alone
from warehouse.database import Database
from warehouse.exports import file_name

SUFFIXES = {Kind.PDF: ".pdf", Kind.XML: ".xml"}
JOBS_KEPT = 200
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """``state``: waiting (for the next batch), processing, done or failed; ``note`` says why it failed."""

    sha256: str
    name: str
    size_bytes: int
    state: str
    note: str = ""


class Uploads:
    """Takes documents in and processes one at a time. Safe to use from several threads."""

    def __init__(self, database: Database, services: Services) -> None:
        self._database, self._services = database, services
        self._known: OrderedDict[str, Upload] = OrderedDict()
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()

    def take(self, name: str, data: bytes, *, now: bool, actor: str) -> Upload:
        """Store a document. ``now``: process it at once, in the background. Raises `DocumentError` for what the pipeline would refuse unread."""
        suffix = checked_suffix(data, most_bytes=self._services.document_max_bytes)
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._write(file_name(Path(name.replace("\\", "/")).stem or "document"), suffix, sha256, data)
        record_alone(self._database, actor=actor, event="document.upload", subject=path.name, sha256=sha256, size_bytes=len(data))
        begins = now and self._services.process is not None
        upload = Upload(sha256, path.name, len(data), "processing" if begins else "waiting")
        self._remember(upload)
        if begins:
            threading.Thread(target=self._process, args=(upload, path), daemon=True, name="lineitem-upload").start()
        return upload

    def recent(self) -> list[Upload]:
        """What was handed in since this server started, newest first."""
        with self._lock:
            return list(reversed(self._known.values()))

    def _write(self, name: str, suffix: str, sha256: str, data: bytes) -> Path:
        folder = self._services.upload_folder
        # The hash makes the name unique; what the sender called it is only decoration.
        path = folder / f"{name[:80]}-{sha256[:12]}{suffix}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                part = path.with_suffix(".part")
                part.write_bytes(data)
                part.replace(path)
        except OSError as exc:
            raise LineitemError(f"The upload cannot be written: {exc.strerror or exc}.") from exc
        return path

    def _process(self, upload: Upload, path: Path) -> None:
        assert self._services.process is not None
        state, note = "done", ""
        try:
            with self._one_at_a_time:
                self._services.process(path)
        except LineitemError as exc:
            state, note = "failed", str(exc)
        except Exception:
            LOG.exception("processing the upload %s", upload.sha256)
            state, note = "failed", "An unexpected error; the server's log has the details."
        self._remember(Upload(upload.sha256, upload.name, upload.size_bytes, state, note))

    def _remember(self, upload: Upload) -> None:
        with self._lock:
            self._known[upload.sha256] = upload
            self._known.move_to_end(upload.sha256)
            while len(self._known) > JOBS_KEPT:
                self._known.popitem(last=False)


def checked_suffix(data: bytes, *, most_bytes: int) -> str:
    """The ending that a document is stored with, by its content. Raises the reading's own errors for what it would refuse unread."""
    if not data:
        raise EmptyDocumentError("The file has no bytes.")
    if len(data) > most_bytes:
        raise DocumentLimitError(f"The file has {len(data)} bytes, the limit is {most_bytes}.")
    kind = kind_of(data)
    if kind not in (*SUFFIXES, Kind.IMAGE):
        raise NotADocumentError(f"Expected a PDF, an e-invoice XML or an image, found: {kind}.")
    if kind is Kind.IMAGE:
        return image_suffix(data)
    return SUFFIXES[kind]


def image_suffix(data: bytes) -> str:
    for signature, suffix in ((b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"), (b"RIFF", ".webp")):
        if data.startswith(signature):
            return suffix
    return ".tif"
