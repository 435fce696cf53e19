"""What the dashboard needs from outside and is given when it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from extractors.readers.passwords import SourcePassword
from extractors.reference import Reference
from warehouse.reprocess_requests import ROUTES


@dataclass(frozen=True, slots=True)
class Services:
    """``original(sha256, sources)``: a document's bytes, from the store or else from where it was seen; raises `DocumentStoreError`.
    ``process(path)``: process one uploaded file now; returns when it is recorded. None: uploads wait for the next batch.
    ``reprocess()``: carry out all requests to process documents again. None: they wait for ``lineitem reprocess --waiting``.
    ``routes``: the ways on which documents can be processed again.
    """

    original: Callable[[str, Sequence[str]], bytes]
    upload_folder: Path
    process: Callable[[Path], None] | None = None
    reprocess: Callable[[], object] | None = None
    routes: tuple[str, ...] = ROUTES
    document_max_bytes: int = 50_000_000
    today: Callable[[], date] = date.today
    prefect_url: str | None = None
    reference: Reference | None = None  # what the model saw in training
    passwords: tuple[SourcePassword, ...] = ()  # of encrypted PDFs, to show their pages
