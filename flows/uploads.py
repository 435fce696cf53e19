"""Documents that were handed in through the dashboard: they lie in a folder of their own and go with the next batch, whatever its source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flows.inbox import Inbox, content_hash, find_documents
from flows.originals import DOCUMENT_SUFFIXES, Original, of_file
from flows.settings import Settings
from schemas.errors import NothingArrivedError
from warehouse.database import open_database
from warehouse.document_lists import ids_of_contents
from warehouse.document_store import default_store_url

UPLOADS = "lineitem-uploads"


def upload_folder(settings: Settings) -> Path:
    """Where the dashboard keeps uploads: as set, else beside a SQLite database, else in the working directory."""
    return settings.upload_folder or Path(default_store_url(settings.database)).with_name(UPLOADS)


def arrivals(source: str, settings: Settings) -> Inbox:
    """The documents under ``source`` and the uploads that no batch has finished. Raises what `find_documents` and `open_database` raise."""
    uploads = () if _is_within(source, upload_folder(settings)) else waiting_uploads(settings)
    try:
        inbox = find_documents(
            source,
            settle_s=settings.settle_s,
            settle_limit_s=settings.settle_limit_s,
            max_bytes=int(settings.document_max_mb * 1e6),
        )
    except NothingArrivedError:
        if not uploads:
            raise
        inbox = Inbox(source, (), {})
    return replace(inbox, documents=(*inbox.documents, *uploads))


def waiting_uploads(settings: Settings) -> tuple[Original, ...]:
    """The uploaded files whose content no version of the pipeline has finished, by name."""
    folder = upload_folder(settings)
    files = sorted(path for path in folder.glob("*") if path.suffix in DOCUMENT_SUFFIXES) if folder.is_dir() else []
    if not files:
        return ()
    hashes = {path: content_hash(path) for path in files}
    with open_database(settings.database) as database:
        done = ids_of_contents(database, list(hashes.values()))
    return tuple(of_file(path) for path, sha256 in hashes.items() if sha256 not in done)


def _is_within(source: str, folder: Path) -> bool:
    path = Path(source).absolute()
    return folder.absolute() in (path, *path.parents)
