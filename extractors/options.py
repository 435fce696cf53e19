"""What the pipeline is given: files, and how to extract them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from extractors.readers.document import ReadLimits
from extractors.readers.passwords import SourcePassword
from extractors.readers.scanned_documents import OcrOptions
from schemas.bookkeeping import Bookkeeping


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to extract: ``id`` is its stem, ``source`` its path as given, ``data`` its bytes."""

    id: str
    source: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ExtractOptions:
    """How to extract. ``today`` bounds dates; ``accept_threshold`` None = the one that was calibrated with the model; ``second_read_pages``: documents of
    up to this many pages whose first reading breaks a rule are read again by pdfplumber (0 = never); ``bookkeeping``: own tax codes and categories;
    ``passwords`` of encrypted PDFs; ``ocr``: how pages without usable text are read."""

    today: date
    ignore_xml: bool = False
    model_dir: Path | None = None
    accept_threshold: float | None = None
    second_read_pages: int = 0
    limits: ReadLimits = field(default_factory=ReadLimits)
    bookkeeping: Bookkeeping = field(default_factory=Bookkeeping)
    passwords: tuple[SourcePassword, ...] = ()
    ocr: OcrOptions = field(default_factory=OcrOptions)
