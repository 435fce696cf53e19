"""Extraction done once and replayed: whole batches with real results, without reading the same documents again for each of them."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.pipeline import SourceFile
from extractors.words import Document
from flows.chunks import BatchOptions
from flows.comparing import read_all
from schemas.invoice import Invoice


@dataclass(frozen=True, slots=True)
class Replay:
    """Takes the place of `extractors.pipeline.extract_many`. ``folder`` holds a file per document, named by the hash of its bytes."""

    folder: Path

    def __call__(
        self,
        sources: Sequence[SourceFile],
        *,
        options: Any,
        times: dict[str, float] | None = None,
        begun: Callable[[int | None], None] = lambda _: None,
        words: dict[int, Document] | None = None,
    ) -> list[Invoice]:
        invoices: list[Invoice] = []
        for number, source in enumerate(sources):
            begun(number)
            invoice, read = pickle.loads((self.folder / hashlib.sha256(source.data).hexdigest()).read_bytes())
            invoices.append(invoice)
            if words is not None and read is not None:
                words[number] = read
        begun(None)
        return invoices


def record(paths: Sequence[Path], folder: Path, *, options: BatchOptions) -> dict[str, tuple[Invoice, Document | None]]:
    """Extract ``paths`` into ``folder``, where `Replay` finds them; what is there already stays. Invoices and words by the file's name."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {path: folder / hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    missing = [path for path, at in kept.items() if not at.exists()]
    results, _ = read_all(missing, options, advance=lambda _: None) if missing else ([], 0.0)
    for result in results:
        if result.invoice is not None:
            (folder / result.invoice.sha256).write_bytes(pickle.dumps((result.invoice, result.words)))
    return {path.stem: pickle.loads(at.read_bytes()) for path, at in kept.items() if at.exists()}
