"""Invoices as JSON text and files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from schemas.errors import ConfigurationError
from schemas.invoice import Invoice


def json_text(invoice: Invoice, *, indent: bool) -> str:
    """The invoice's JSON: indented, or on one line for JSON Lines."""
    text = json.dumps(invoice.to_json(), ensure_ascii=False, indent=2 if indent else None)
    return text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates, from file names that are not UTF-8


def write_json(invoices: Iterable[Invoice], folder: Path, *, names: Sequence[str]) -> Iterator[tuple[Invoice, Path]]:
    """Write each invoice to ``folder``/<name>.json as it comes; documents that share a name get the beginning of their hash added.

    ``names`` are those of all invoices to come. Raises `ConfigurationError` when the folder cannot be written.
    """
    from warehouse.exports import file_name  # brings the database along, which printing does not need

    counts = Counter(file_name(name).casefold() for name in names)
    for invoice in invoices:
        name = file_name(invoice.id)
        path = folder / (f"{name}.json" if counts[name.casefold()] == 1 else f"{name}-{invoice.sha256[:8]}.json")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json_text(invoice, indent=True) + "\n", encoding="utf-8")
        except OSError as exc:
            raise ConfigurationError(f"Cannot write to {folder}: {exc.strerror or exc}.") from exc
        yield invoice, path
