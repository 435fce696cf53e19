"""What the dashboard is given: originals from the document store, and ways to process an upload, or documents again, now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.strategy import FallbackProvider
from flows.composition import document_store, run_batch
from flows.password_file import read_passwords
from flows.progress import Quiet
from flows.reprocess_requests import reprocess_waiting
from flows.settings import Settings
from flows.uploads import upload_folder
from schemas.errors import DocumentStoreError
from schemas.invoice import Route
from warehouse.document_store import DocumentStore
from warehouse.reprocess_requests import ROUTES

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
        reprocess=partial(reprocess_waiting, local_settings(settings), progress=Quiet()),
        routes=tuple(
            route for route in ROUTES if route != Route.FOUNDATION_MODEL or settings.fallback_provider is not FallbackProvider.NONE
        ),
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
        run_batch(str(path), local_settings(settings))

    return process


def local_settings(settings: Settings) -> Settings:
    """Of a batch beside the pages: one worker process, no Prefect."""
    return settings.model_copy(update={"orchestrator": "none", "workers": 1})
