"""The documents of the demonstration: ``python -m extractors.training.examples OUT`` writes a dozen PDFs with their truth.

They come from the generator like all others; the seeds were picked for variety, one document prints wrong sums and two are no invoices.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from extractors.training.generate import render_pdf


@dataclass(frozen=True, slots=True)
class Example:
    """How to make one example. ``wrong_by`` is added to the printed gross total."""

    name: str
    seed: int
    language: str
    document_type: str = "invoice"
    rows: int | None = None
    wrong_by: str | None = None


EXAMPLES: tuple[Example, ...] = (
    Example("office-supplies-en", 9102, "en", rows=3),
    Example("services-de", 9211, "de", rows=3),
    Example("services-fr", 9300, "fr", rows=4),
    Example("goods-es", 9004, "es", rows=6),
    Example("goods-it", 9005, "it", rows=3),
    Example("subscription-nl", 9006, "nl", rows=2),
    Example("goods-pl", 9007, "pl", rows=5),
    Example("single-line-sv", 9008, "sv", rows=1),
    Example("many-pages-en", 9009, "en", rows=70),
    Example("credit-note-de", 9010, "de", document_type="credit_note", rows=3),
    Example("wrong-total-en", 9011, "en", rows=4, wrong_by="100"),
    Example("quote-fr", 9012, "fr", document_type="quote", rows=3),
    Example("delivery-note-de", 9013, "de", document_type="delivery_note", rows=4),
)


def write_examples(out: Path) -> None:
    """Write NAME.pdf and NAME.json for every example."""
    out.mkdir(parents=True, exist_ok=True)
    for example in EXAMPLES:
        data, truth = render_pdf(
            example.seed,
            family="example",
            rows=example.rows,
            language=example.language,
            document_type=example.document_type,
            wrong_by=example.wrong_by,
        )
        truth = {**truth, "id": example.name, "source": f"{example.name}.pdf"}
        (out / f"{example.name}.pdf").write_bytes(data)
        (out / f"{example.name}.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    write_examples(parser.parse_args().out)


if __name__ == "__main__":
    main()
