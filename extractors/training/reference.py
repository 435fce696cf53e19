"""Make a model's reference: ``python -m extractors.training.reference FOLDER [--model DIR] [--out DIR]``.

FOLDER holds generated PDF files (``lineitem synth --family train``). They are read by the whole pipeline, as a batch would read them, because the
dashboard compares what the pipeline finds, not what the generator meant. Run it after calibration, which decides the confidences.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from extractors.model_directory import model_digest
from extractors.options import ExtractOptions, SourceFile
from extractors.pipeline import extract_many
from extractors.reference import Reference, save_reference
from extractors.tagger import MODEL_DIRECTORY
from schemas.invoice import Invoice
from schemas.observed import observed, spreads, words_of

AT_ONCE = 50
MOST_WORDS = 5_000
TODAY = date(2030, 12, 31)  # after every generated date; no watched feature depends on the day


def make_reference(invoices: Sequence[Invoice], *, model: str) -> Reference:
    """The reference of documents that were read. Words are taken from every other one and looked up in the rest: a document knows all its own."""
    counted = Counter(word for invoice in invoices[::2] for item in invoice.line_items for word in set(words_of(item.description)))
    words = frozenset(word for word, _ in sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_WORDS])
    found = spreads(map(observed, invoices))
    found |= {name: spread for name, spread in spreads(map(observed, invoices[1::2]), known_words=words).items() if name not in found}
    return Reference(model, len(invoices), found, words)


def read_folder(folder: Path, *, options: ExtractOptions) -> Iterator[Invoice]:
    """The invoices of a folder's PDF files, in the order of their names."""
    paths = sorted(folder.glob("*.pdf"))
    for start in range(0, len(paths), AT_ONCE):
        yield from extract_many(
            [SourceFile(path.stem, str(path), path.read_bytes()) for path in paths[start : start + AT_ONCE]], options=options
        )
        print(f"{min(start + AT_ONCE, len(paths))} of {len(paths)} documents read", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="generated PDF files; a thousand and more")
    parser.add_argument("--model", type=Path, default=MODEL_DIRECTORY)
    parser.add_argument("--out", type=Path, help="where reference.json goes; default: beside the model")
    options = parser.parse_args()
    read = list(read_folder(options.folder, options=ExtractOptions(today=TODAY, ignore_xml=True, model_dir=options.model)))
    reference = make_reference(read, model=model_digest(options.model)[:10])
    path = save_reference(reference, options.out or options.model)
    print(f"{reference.documents} documents, {len(reference.words)} words: {path}")


if __name__ == "__main__":
    main()
