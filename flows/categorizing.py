"""One description to category, reasons and codes: what ``lineitem categorize`` tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.bookkeeping import Bookkeeping, overrides_of, own_categories, own_tax_codes
from schemas.invoice import Header, Invoice, LineItem

LONGEST_PHRASE = 4  # words


@dataclass(frozen=True, slots=True)
class Categorized:
    """``category`` is None where the classifier abstains; ``probability`` is then that of its best guess."""

    category: str | None
    probability: float
    reasons: tuple[str, ...]
    tax_category: str | None
    codes: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        return {
            "spend_category": self.category,
            "probability": round(self.probability, 4),
            "reasons": list(self.reasons),
            "tax_category": self.tax_category,
            "tax_codes": self.codes,
        }


def categorize_one(
    description: str, *, seller: str | None, country: str | None, language: str | None, on: date, bookkeeping: Bookkeeping
) -> Categorized:
    """The category of one description and the codes that follow from it on that day.

    A purchase is taken as taxed at the standard rate of the seller's ``country`` (ISO 3166-1), where it has one; without a country only codes
    that do not ask for the tax treatment are given.
    """
    from extractors.spend_category import ItemText, categorize
    from schemas.vat_rates import vat_rates

    category, probability = categorize([ItemText(description, seller, language)])[0]
    rate = next(
        (
            found.rate
            for found in vat_rates().get(country or "", ())
            if found.kind == "standard" and found.valid_from <= on and (found.valid_to is None or on <= found.valid_to)
        ),
        None,
    )
    item = LineItem(
        description=description,
        spend_category=category,
        spend_category_probability=probability,
        tax_rate=rate,
        tax_category=None if rate is None else "S",
    )
    invoice = Invoice(
        id="", sha256="", source="", pages=0, seller_country=country, header=Header(seller_name=seller, issue_date=on), line_items=(item,)
    )
    invoice = own_tax_codes(own_categories(invoice, bookkeeping), bookkeeping)
    decided = invoice.line_items[0]
    own = next((o for o in overrides_of(decided, invoice, bookkeeping.overrides) if o.spend_category), None)
    if own is not None:
        subject = " and ".join(f"{kind} {name!r}" for kind, name in (("seller", own.seller), ("keyword", own.keyword)) if name)
        reasons = (f"your table {own.file}, row {own.line}: {subject}",)
    else:
        reasons = _reasons(description, seller=seller, language=language)
    if rate is not None and decided.tax_codes:
        reasons = (*reasons, f"codes assume tax at {rate:f} %, the standard rate of {country}; an exempt or reduced purchase has others")
    return Categorized(
        decided.spend_category, decided.spend_category_probability or 0.0, reasons, decided.tax_category, dict(decided.tax_codes)
    )


def _reasons(description: str, *, seller: str | None, language: str | None) -> tuple[str, ...]:
    """What the classifier's sources say. Keywords are found by asking for each run of words alone: the shortest runs that say something."""
    import numpy as np

    from extractors.spend_category import ItemText, gather
    from extractors.spend_model import load_spend_model
    from extractors.spend_names import load_spend_names
    from schemas.invoice import SPEND_CATEGORIES

    words = description.split()
    runs = [(start, end) for size in range(1, LONGEST_PHRASE + 1) for start in range(len(words) - size + 1) for end in (start + size,)]
    texts = [description, *(" ".join(words[start:end]) for start, end in runs)]
    evidence = gather([ItemText(text, seller, language) for text in texts], model=load_spend_model(), names=load_spend_names())
    reasons: list[str] = []
    told: list[tuple[int, int]] = []
    for (start, end), text, found in zip(runs, texts[1:], evidence[1:], strict=True):
        if found.keywords.max() > 0 and not any(start <= a and b <= end for a, b in told):
            told.append((start, end))
            named = ", ".join(SPEND_CATEGORIES[n] for n in np.flatnonzero(found.keywords))
            reasons.append(f"keyword {text.strip('.,;:()')!r}: {named}")
    whole = evidence[0]
    best = int(whole.model.argmax())
    reasons.append(f"model: {SPEND_CATEGORIES[best]} ({np.exp(whole.model[best]):.2f})")
    if whole.names.max() > 0:
        reasons.append(f"known names: {', '.join(SPEND_CATEGORIES[n] for n in np.flatnonzero(whole.names))}")
    if whole.seller.max() > 0:
        reasons.append(f"seller {seller!r}: {', '.join(SPEND_CATEGORIES[n] for n in np.flatnonzero(whole.seller))}")
    return tuple(reasons)
