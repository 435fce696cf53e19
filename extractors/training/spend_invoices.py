"""Item names put together to invoices, to choose how the evidence for a spend category is combined and how far to believe it.

A single name tells nothing of sellers and of the other lines. These invoices are made by judgement of what is usual: one to twelve lines, most of
one category (85 % of those of 500 generated documents are), half of the others of one that usually comes with it, now and then a line that names
nothing (a place, a person), and a seller whose name holds a trade word on three of five, which is the right trade on three of four.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.spend_category import ItemText, usual_companions
from extractors.training.spend_samples import Sample, nothing_samples, seller_words
from schemas.invoice import DocumentType, Invoice

INVOICES = 900
LINES = (1, 1, 2, 2, 3, 4, 5, 6, 12)
OF_ONE_KIND = 0.85  # share of lines that are of the invoice's own category, as in generated documents
OF_A_COMPANION = 0.5  # of the others
NAMES_NOTHING = 0.06
SELLER_TELLS = 0.6
SELLER_IS_RIGHT = 0.75


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    item: ItemText
    category: str


def invoices_of(names: Sequence[Sample], *, seed: int) -> list[InvoiceLine]:
    """The lines of `INVOICES` invoices in the languages of the names, every category as often as any other."""
    rng = random.Random(seed)
    by_kind: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for name in names:
        by_kind[name.category, name.language].append(name)
    categories, sellers, companions = sorted({name.category for name in names}), seller_words(), usual_companions()
    nothings = nothing_samples(random.Random(seed), count=500)
    lines: list[InvoiceLine] = []
    for number in range(INVOICES):
        main = rng.choice(categories)
        language = rng.choice(sorted(language for category, language in by_kind if category == main))
        trade = main if rng.random() < SELLER_IS_RIGHT else rng.choice(categories)
        seller = f"Nova {rng.choice(sellers[trade])}" if rng.random() < SELLER_TELLS else None
        for _ in range(rng.choice(LINES)):
            category = main if rng.random() < OF_ONE_KIND else rng.choice(categories)
            if category != main and rng.random() < OF_A_COMPANION:
                category = rng.choice([*companions.get(main, ()), main])
            if (category, language) in by_kind:
                name = rng.choice(nothings if rng.random() < NAMES_NOTHING else by_kind[category, language])
                lines.append(InvoiceLine(ItemText(name.text, seller, language, document=f"{names[0].text} {number}"), category))
    return lines


def documents_of(folder: Path) -> list[InvoiceLine]:
    """The lines that tell their category, of the truth files that ``lineitem synth`` wrote; quotes, orders and other papers are left out."""
    lines: list[InvoiceLine] = []
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if truth["document_type"] not in list(DocumentType):
            continue
        invoice = Invoice.from_json(truth)
        for item in invoice.line_items:
            if item.spend_category:
                text = ItemText(item.description or "", invoice.header.seller_name, invoice.language, document=invoice.id)
                lines.append(InvoiceLine(text, item.spend_category))
    return lines
