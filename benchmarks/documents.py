"""The documents that are measured: a folder of the user's, or generated invoices, the same ones on every machine with the same fonts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FIRST_SEED = 7_000_000  # apart from the seeds that training uses


@dataclass(frozen=True, slots=True)
class DocumentSet:
    """PDF files of one folder. ``title`` says in a report what they are."""

    title: str
    folder: Path
    files: tuple[Path, ...]


def of_folder(folder: Path) -> DocumentSet:
    """All PDF files in ``folder`` and below. Raises `SystemExit` when there are none."""
    files = tuple(sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".pdf" and path.is_file()))
    if not files:
        raise SystemExit(f"benchmarks: no PDF file in {folder}")
    return DocumentSet(f"{len(files)} documents of the folder {folder.name}", folder, files)


def generated(folder: Path, *, count: int) -> DocumentSet:
    """Write ``count`` generated invoices into ``folder``."""
    from extractors.training.generate import render_pdf

    for number in range(count):
        data, _truth = render_pdf(FIRST_SEED + number, family="exam")
        (folder / f"invoice-{number:05d}.pdf").write_bytes(data)
    files = tuple(sorted(folder.glob("*.pdf")))
    return DocumentSet(f"{count} generated invoices", folder, files)
