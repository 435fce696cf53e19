"""What the dashboard is given: originals from the document store, and a way to process an upload now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.composition import document_store, run_batch
from flows.password_file import read_passwords
from flows.settings import Settings
from flows.uploads import upload_folder
from schemas.errors import DocumentStoreError
from warehouse.document_store import DocumentStore

if TYPE_CHECKING:
    from dashboard.services import Services


def dashboard_services(settings: Settings) -> Services:
    """The services under ``settings``. Raises `DocumentStoreError` when the store cannot be opened, `ConfigurationError` for bad passwords,
    `ModelError` for a broken reference of the model."""
    from dashboard.services import Services
    from extractors.reference import load_reference
    from extractors.tagger import MODEL_DIRECTORY

    return Services(
        original=original_from(document_store(settings)),
        upload_folder=upload_folder(settings),
        process=process_now(settings),
        document_max_bytes=int(settings.document_max_mb * 1e6),
        prefect_url=settings.dashboard_prefect_url,
        reference=load_reference(settings.model_dir or MODEL_DIRECTORY),
        passwords=read_passwords(settings.passwords),
    )


def original_from(store: DocumentStore) -> Callable[[str, Sequence[str]], bytes]:
    """A document's bytes from the store, else from where it was seen as long as the content is still the same."""

    def original(sha256: str, sources: Sequence[str]) -> bytes:
        try:
            if store.holds(sha256):
                return store.get(sha256)
        except DocumentStoreError:
            pass
        for source in sources:
            try:
                data = Path(source).read_bytes()
            except OSError:
                continue
            if hashlib.sha256(data).hexdigest() == sha256:
                return data
        raise DocumentStoreError("The original is not in the document store, and not where it was read from any more.")

    return original


def process_now(settings: Settings) -> Callable[[Path], None]:
    """A batch of one document, in worker processes as always and without Prefect."""

    def process(path: Path) -> None:
        run_batch(str(path), settings.model_copy(update={"orchestrator": "none", "workers": 1}))

    return process
