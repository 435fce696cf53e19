"""Which EN 16931 tax category each line and each breakdown row belongs to.

Evidence in order of weight: a printed category code that fits its rate; a rate above zero (S, or L/M where the page names IGIC/IPSI);
phrases on the page (`schemas.tax_phrases`); who sells to whom; the zero rate itself. What nothing decides stays open, and rule BR-CO-04 says so.
Printed values are never changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from schemas.countries import WITHOUT_VAT, buyer_country, codes, in_union, seller_country
from schemas.invoice import TAX_CATEGORIES, Invoice, Route, TaxLine
from schemas.tax_phrases import PhraseMatch, find_phrases

# Countries whose zero rate is a rate like another; elsewhere a printed 0 % stands for an exemption.
ZERO_RATE_COUNTRIES = codes("GB IE MT AU NZ CA ZA SG AE SA BH OM IN")
GOODS = frozenset({"it_hardware", "office_supplies", "furniture_and_fixtures", "materials_and_merchandise"})
MOSTLY_EXEMPT = frozenset({"insurance", "bank_fees"})  # Directive 2006/112/EC art. 135 (1) (a)-(g)
LOCAL_TAXES = frozenset({"L", "M"})
GENERAL_TREATMENTS = frozenset({"zero_rated", "outside_scope", "exempt"})
POSITIVE = frozenset({"S", "L", "M"})


@dataclass(frozen=True, slots=True)
class _Facts:
    invoice: Invoice
    seller: str | None
    buyer: str | None
    phrases: tuple[PhraseMatch, ...]
    taxed: bool  # the document charges tax
    rates: frozenset[Decimal]  # printed in the breakdown, or at lines where there is no breakdown
    goods: bool  # most of what is supplied is goods: one page has one treatment across borders


def assign_tax_categories(invoice: Invoice, page_text: str) -> Invoice:
    """The invoice with a tax category on every line and breakdown row that allows one, the parties' countries where VAT ids tell them,
    and the sentences of the page that bear on the treatment added to ``notes``."""
    phrases = find_phrases("\n\n".join((page_text, *invoice.notes)))
    facts = _facts(invoice, phrases)
    lines = tuple(
        replace(item, tax_category=_category(facts, item.tax_category, item.tax_rate, spend=item.spend_category))
        for item in invoice.line_items
    )
    spends = {item.spend_category for item in invoice.line_items}
    spend = spends.pop() if len(spends) == 1 else None
    breakdown = tuple(replace(row, category=_category(facts, row.category, _rate_of(row), spend=spend)) for row in invoice.tax_breakdown)
    sentences = (match.sentence for match in phrases if match.treatment.category not in LOCAL_TAXES)
    notes = tuple(dict.fromkeys((*invoice.notes, *sentences)))
    return invoice.replace(
        line_items=lines, tax_breakdown=breakdown, notes=_without_parts(notes), seller_country=facts.seller, buyer_country=facts.buyer
    )


def _rate_of(row: TaxLine) -> Decimal | None:
    return Decimal(0) if row.rate is None and row.tax_amount == 0 else row.rate


def _without_parts(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Notes that are not a part of a longer note."""
    return tuple(note for note in notes if not any(note != other and note in other for other in notes))


def _facts(invoice: Invoice, phrases: tuple[PhraseMatch, ...]) -> _Facts:
    header = invoice.header
    taxed = bool(header.tax_total) or any(row.tax_amount for row in invoice.tax_breakdown)
    if header.tax_total is None and header.net_total is not None and header.gross_total is not None:
        taxed |= header.net_total != header.gross_total and not invoice.document_adjustments
    rates = {row.rate for row in invoice.tax_breakdown if row.rate is not None}
    rates = rates or {item.tax_rate for item in invoice.line_items if item.tax_rate is not None}
    spends = [item.spend_category for item in invoice.line_items if item.spend_category]
    goods = 2 * sum(spend in GOODS for spend in spends) > len(spends)
    return _Facts(invoice, seller_country(invoice), buyer_country(invoice), phrases, taxed, frozenset(rates), goods)


def _category(facts: _Facts, printed: str | None, rate: Decimal | None, *, spend: str | None) -> str | None:
    if printed in TAX_CATEGORIES and (facts.invoice.route is Route.EINVOICE_XML or _fits(printed, rate)):
        return printed
    if rate is not None and rate != 0:
        return _local_tax(facts) or "S"
    if rate is not None:
        return _untaxed(facts, rate_printed=True, spend=spend)
    if not facts.taxed:
        return _untaxed(facts, rate_printed=0 in facts.rates, spend=spend)
    if Decimal(0) in facts.rates:
        return None  # taxed and untaxed lines stand side by side and this line does not say which it is
    return _local_tax(facts) or "S"


def _fits(category: str, rate: Decimal | None) -> bool:
    return rate is None or (rate != 0) == (category in POSITIVE)


def _local_tax(facts: _Facts) -> str | None:
    if facts.seller not in (None, "ES"):
        return None
    return next((match.treatment.category for match in facts.phrases if match.treatment.category in LOCAL_TAXES), None)


def _untaxed(facts: _Facts, *, rate_printed: bool, spend: str | None) -> str | None:
    matches = [match for match in facts.phrases if match.treatment.category not in LOCAL_TAXES]
    if matches:
        return min(matches, key=lambda match: _weight(facts, match)).treatment.category
    abroad = _across_border(facts)
    if abroad:
        return abroad
    if spend in MOSTLY_EXEMPT and facts.seller not in WITHOUT_VAT:
        return "E"
    if rate_printed:
        return "Z" if facts.seller in ZERO_RATE_COUNTRIES else "E"
    if facts.seller in WITHOUT_VAT:
        return "O"
    return "E" if facts.seller is not None else None


def _weight(facts: _Facts, match: PhraseMatch) -> tuple[bool, bool, int]:
    """Smaller weighs more: a treatment with its own legal ground before a plain "exempt", one that fits the parties before one that does not."""
    return match.treatment.name in GENERAL_TREATMENTS, not _possible(facts, match.treatment.category), match.treatment.rank


def _possible(facts: _Facts, category: str) -> bool:
    """Whether the parties' countries allow a treatment that the page speaks of: general terms speak of several."""
    day = facts.invoice.header.issue_date
    if category == "K":
        other = facts.buyer is None or (in_union(facts.buyer, on=day) and facts.buyer != facts.seller)
        return other and (facts.seller is None or in_union(facts.seller, on=day))
    if category == "G":
        return facts.buyer is None or not in_union(facts.buyer, on=day) or not in_union(facts.seller, on=day)
    return True


def _across_border(facts: _Facts) -> str | None:
    """Supplies of a seller in the Union to a business in another country, where the page gives no reason (art. 44, 138, 146)."""
    day = facts.invoice.header.issue_date
    if facts.seller is None or facts.buyer is None or facts.seller == facts.buyer or not in_union(facts.seller, on=day):
        return None
    if in_union(facts.buyer, on=day):
        if not facts.invoice.header.buyer_vat_id:
            return None
        return "K" if facts.goods else "AE"
    unknown = all(item.spend_category is None for item in facts.invoice.line_items)
    return "G" if facts.goods or unknown else "O"
