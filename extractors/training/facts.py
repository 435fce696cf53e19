"""What a synthetic document says, before anything is laid out: parties, numbers, dates, rows and exact sums."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from extractors.training import identifiers, locales
from extractors.training.amounts import Adjustment, Row, TaxPart, Totals, make_adjustments, total_up
from extractors.training.manners import PLAIN, Manners, make_manners
from extractors.training.parties import Party, make_party
from extractors.training.row_groups import group_rows
from extractors.training.rows import make_rows
from extractors.training.series import series_number
from extractors.training.vocabulary import Vocabulary, choose, languages, vocabulary

LANGUAGE_WEIGHTS = {
    "en": 22,
    "de": 17,
    "fr": 12,
    "es": 9,
    "it": 9,
    "nl": 8,
    "pt": 6,
    "pl": 6,
    "sv": 5,
    "da": 5,
    "cs": 5,
    "tr": 5,
    "fi": 2,
    "no": 3,
    "hu": 2,
    "ro": 2,
}
COUNTRY_WEIGHTS = {"DE": 6, "US": 5, "GB": 4, "FR": 6, "ES": 6, "IT": 6, "NL": 6, "PT": 4, "AT": 2, "CH": 2, "BE": 2}
EU = ("DE", "AT", "LU", "IE", "FR", "BE", "ES", "IT", "NL", "PT", "PL", "SE", "FI", "DK", "CZ", "SK", "MT", "HU", "RO", "GR")


@dataclass(slots=True)
class Facts:
    """Everything that a document may print. ``numbers`` and ``dates`` are keyed like the vocabulary's labels."""

    language: str
    document_type: str
    country: locales.Country
    vocabulary: Vocabulary
    seller: Party
    buyer: Party
    ship_to: Party | None
    currency: str
    regime: str
    category: str
    numbers: dict[str, str]
    dates: dict[str, date]
    rows: list[Row]
    sections: list[str]
    adjustments: list[Adjustment]
    breakdown: list[TaxPart]
    totals: Totals
    sign: int = 1
    corrected_invoice: str | None = None
    employees: list[str] = field(default_factory=list[str])
    manners: Manners = PLAIN

    @property
    def is_invoice(self) -> bool:
        return self.document_type in ("invoice", "credit_note")

    @property
    def inclusive(self) -> bool:
        return self.regime == "inclusive"


def make_facts(rng: Random, family: str, *, document_type: str, row_count: int | None = None, language: str | None = None) -> Facts:
    """Consistent facts for one document: Σ lines, taxes and totals add up exactly at the currency's minor unit."""
    known = languages()
    language = language or rng.choices(known, [LANGUAGE_WEIGHTS.get(code, 3) for code in known])[0]
    words = vocabulary(language, family)
    countries = words.countries
    code = rng.choices(countries, [COUNTRY_WEIGHTS.get(c, 2) for c in countries])[0]
    country = locales.country(code)
    seller_words = words
    if language == "en" and rng.random() < 0.22:  # English invoices come from everywhere
        other = vocabulary(rng.choice([lang for lang in known if lang != "en"]), family)
        if other.countries[0] in locales.COUNTRIES:
            seller_words, code = other, rng.choice(other.countries)
            country = locales.country(code)
    regime = _regime(rng, code, country.tax)
    buyer_country = _buyer_country(rng, code, regime, seller_words.countries)
    category = rng.choice(sorted(words.products["categories"]))
    trades = [str(t) for t in words.products["categories"][category].get("sellers") or []]
    seller = make_party(rng, seller_words, code, role="seller", trades=trades)
    if rng.random() < 0.07:
        seller.name = seller.brand  # the page never tells the legal form
    buyer_words = seller_words
    if buyer_country not in seller_words.countries:
        speaking = [lang for lang in known if buyer_country in vocabulary(lang, family).countries]
        buyer_words = vocabulary(rng.choice(speaking), family) if speaking else words
    buyer = make_party(rng, buyer_words, buyer_country, role="buyer")
    if buyer_country != code or rng.random() < 0.06:
        buyer.country_name = _country_name(rng, words, buyer_words, buyer_country)
        if rng.random() < 0.9:
            buyer.address.append(buyer.country_name.upper() if rng.random() < 0.3 else buyer.country_name)
    if rng.random() < 0.07:
        seller.address.append(seller.country_name)
    ship_to = make_party(rng, buyer_words, buyer_country, role="buyer") if rng.random() < 0.2 else None
    if ship_to is not None and rng.random() < 0.6:
        ship_to.name = buyer.name  # same company, another address: the name there is not the invoiced party's
    currency = country.currency
    if rng.random() < 0.06 and country.tax == "vat":
        currency = rng.choice([c for c in ("EUR", "USD", "GBP", "CHF", "SEK", "PLN") if c != currency])
    sign = -1 if document_type == "credit_note" and rng.random() < 0.45 else 1
    day = date(2014, 1, 1) + timedelta(days=rng.randrange(0, 365 * 13))
    manners = make_manners(f"{seller.name}|{buyer.name}|{buyer.phone}|{day}", document_type) if family == "train" else PLAIN
    rows, sections = make_rows(rng, words, category, country, regime, day, count=row_count, manners=manners)
    if manners.groups and len(rows) > 1:
        sections = group_rows(manners, rows, words)
    adjustments = make_adjustments(rng, rows, country, regime, code, document_type)
    totals, breakdown = total_up(rows, adjustments, regime, currency, buyer_country=buyer_country, seller_country=code, rng=rng)
    if sign < 0:
        for row in rows:
            row.negate(quantity=True)
        for adjustment in adjustments:
            adjustment.amount = -adjustment.amount
        breakdown = [part.negated() for part in breakdown]
        totals = totals.negated()
    numbers, dates = make_references(rng, day, document_type)
    if manners.series:
        numbers["invoice_number"] = series_number(manners.draw("series"), language, day)
    if (
        document_type == "invoice" and buyer.ibans and rng.random() < 0.045
    ):  # collected by debit: the buyer's account is printed, not the seller's
        seller.ibans, seller.bics, seller.banks = [], [], []
    if regime in ("reverse_charge", "intra", "export") and buyer.person:
        buyer.person = False
    return Facts(
        language, document_type, country, words, seller, buyer, ship_to, currency, regime, category, numbers, dates, rows, sections, adjustments,
        breakdown, totals, sign, corrected_invoice=identifiers.document_number(rng, day) if document_type == "credit_note" else None, manners=manners,
    )  # fmt: skip


def _regime(rng: Random, code: str, tax: str) -> str:
    if tax == "sales":
        return choose(rng, {"sales": 62, "none": 38})
    if tax == "india":
        return choose(rng, {"split": 60, "standard": 25, "multi": 15})
    if tax == "canada":
        return choose(rng, {"split": 40, "standard": 50, "none": 10})
    options = {
        "standard": 58.0,
        "multi": 17.0,
        "inclusive": 8.0,
        "reverse_charge": 3.0,
        "exempt": 3.0,
        "small": 4.0,
        "export": 2.0,
        "margin": 0.5,
    }
    if code in EU:
        options["intra"] = 4.0
    return choose(rng, options)


def _buyer_country(rng: Random, code: str, regime: str, same_language: list[str]) -> str:
    if regime == "intra":
        return rng.choice([c for c in EU if c != code])
    if regime == "export":
        return rng.choice([c for c in ("US", "GB", "CH", "NO", "TR", "AU", "CA", "IN") if c != code])
    if regime == "reverse_charge" and code in EU and rng.random() < 0.7:
        return rng.choice([c for c in EU if c != code])
    if rng.random() < 0.05:
        return rng.choice(same_language)
    return code


def _country_name(rng: Random, words: Vocabulary, buyer_words: Vocabulary, code: str) -> str:
    for source in rng.sample((words, buyer_words), 2):
        names = (source.data.get("country_names") or {}).get(code)
        if names:
            return str(rng.choice(names))
    return {
        "US": "USA",
        "GB": "United Kingdom",
        "CH": "Switzerland",
        "NO": "Norway",
        "TR": "Turkey",
        "HU": "Hungary",
        "RO": "Romania",
        "GR": "Greece",
        "FI": "Finland",
        "DE": "Germany",
        "FR": "France",
        "IT": "Italy",
        "ES": "Spain",
        "AT": "Austria",
        "BE": "Belgium",
        "NL": "Netherlands",
        "SK": "Slovakia",
        "MT": "Malta",
        "IE": "Ireland",
        "LU": "Luxembourg",
        "AU": "Australia",
        "CA": "Canada",
        "IN": "India",
    }.get(code, code)


def make_references(rng: Random, day: date, document_type: str) -> tuple[dict[str, str], dict[str, date]]:
    """Numbers and dates of the document itself and of everything around it."""
    prefixes = {"credit_note": ("CN", "GS", "G", "AV", "NC", "C", "KN", "CR")}.get(document_type, ())
    numbers = {
        "invoice_number": identifiers.document_number(rng, day, prefixes if rng.random() < 0.6 else ()),
        "purchase_order": identifiers.reference(rng, day),
        "customer_number": rng.choice(
            (
                identifiers.from_form(rng, "#" * rng.choice((3, 4, 5, 6, 8, 10))),
                identifiers.reference(rng, day),
                "K" + identifiers.from_form(rng, "####"),
            )
        ),
        "supplier_number": identifiers.from_form(rng, "#" * rng.choice((5, 6, 8))),
        "sales_order": identifiers.reference(rng, day),
        "order_confirmation_number": identifiers.reference(rng, day),
        "delivery_note_number": identifiers.reference(rng, day),
        "offer_number": identifiers.reference(rng, day),
        "project": identifiers.reference(rng, day),
        "contract": identifiers.reference(rng, day),
        "cost_centre": identifiers.from_form(rng, "####"),
        "your_reference": identifiers.reference(rng, day),
        "our_reference": identifiers.reference(rng, day),
        "tracking_number": identifiers.from_form(rng, rng.choice(("1Z#@##@########", "##############", "@@#########@@", "00340########"))),
        "payment_reference": rng.choice(
            (
                identifiers.from_form(rng, "## ##### ##### ##### ##### #####"),
                identifiers.from_form(rng, "############"),
                identifiers.reference(rng, day),
                identifiers.from_form(rng, "+++###/####/#####+++"),
            )
        ),
        "buyer_reference": identifiers.from_form(rng, rng.choice(("##-###-##", "########-#####-##", "@@-####", "####"))),
        "tender": identifiers.reference(rng, day),
        "mandate": identifiers.from_form(rng, rng.choice(("@@##########", "M-########", "########-#", "MREF-######", "###############"))),
        "creditor": identifiers.from_form(
            rng, rng.choice(("DE##ZZZ###########", "FR##ZZZ######", "NL##ZZZ############", "AT##ZZZ###########"))
        ),
        "meter": identifiers.from_form(rng, rng.choice(("########", "# @@@ #### ####", "1@@@##########", "##################"))),
        "policy": identifiers.from_form(rng, rng.choice(("## ### ### #", "#########", "@@-######-##", "###.###.###/##"))),
        "licence_plate": identifiers.from_form(rng, rng.choice(("@-@@ ####", "@@ ### @@", "@@-###-@@", "@@## @@@", "#### @@@"))),
        "ticket": identifiers.from_form(rng, rng.choice(("#######", "@@@-####", "INC#######", "#####-##"))),
    }
    back = timedelta(days=rng.randrange(0, 20))
    dates = {
        "issue_date": day,
        "due_date": day + timedelta(days=rng.choice((0, 7, 8, 10, 14, 14, 15, 20, 21, 30, 30, 30, 30, 45, 60, 90, 28, 33))),
        "delivery_date": day - back,
        "service_date": day - timedelta(days=rng.randrange(0, 30)),
        "order_date": day - back - timedelta(days=rng.randrange(1, 40)),
        "print_date": day + timedelta(days=rng.choice((0, 0, 1, 3))),
        "period_from": day.replace(day=1),
        "period_to": day,
        "cash_date": day + timedelta(days=rng.choice((8, 10, 14))),
        "valid_until": day + timedelta(days=rng.choice((30, 60, 180, 365))),
        "dispatch_date": day + timedelta(days=rng.choice((0, 1, -1, 2))),
        "value_date": day + timedelta(days=rng.choice((0, 1, 2, 5))),
    }
    if rng.random() < 0.5:
        last = day.replace(day=1) - timedelta(days=1)
        dates["period_from"], dates["period_to"] = last.replace(day=1), last
    return numbers, dates
