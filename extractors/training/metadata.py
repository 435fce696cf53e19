"""The document's own data: number, dates, references, in the many forms that invoices give them."""

from __future__ import annotations

from random import Random

from extractors.training import identifiers
from extractors.training.layout import Line, Span, line
from extractors.training.letterhead import name_span, vat_line
from extractors.training.parties import person_name
from extractors.training.structure_words import structure_list, structure_table, structure_word
from extractors.training.vocabulary import small_words
from extractors.training.writing import Writer

Pair = tuple[Span, Line]

# How often each field is shown apart from the number and the date; the hard negatives are most of them.
SHARES: dict[str, float] = {
    "due_date": 0.5,
    "purchase_order": 0.33,
    "customer_number": 0.5,
    "supplier_number": 0.08,
    "sales_order": 0.2,
    "order_confirmation_number": 0.06,
    "delivery_note_number": 0.16,
    "offer_number": 0.07,
    "project": 0.1,
    "contract": 0.07,
    "contact": 0.16,
    "sales_person": 0.1,
    "cost_centre": 0.05,
    "your_reference": 0.12,
    "our_reference": 0.12,
    "tracking_number": 0.04,
    "order_date": 0.12,
    "delivery_date": 0.2,
    "service_date": 0.1,
    "service_period": 0.14,
    "print_date": 0.06,
    "payment_terms": 0.2,
    "payment_method": 0.1,
    "currency": 0.12,
    "seller_vat_id": 0.14,
    "buyer_vat_id": 0.18,
    "tax_number": 0.07,
    "phone": 0.07,
    "fax": 0.03,
    "email": 0.05,
    "page": 0.08,
    "payment_reference": 0.07,
    "iban": 0.04,
    "amount_due": 0.06,
    "buyer_name": 0.05,
    "seller_name": 0.03,
    "gln": 0.03,
    "buyer_reference": 0.05,
    "tender": 0.02,
    "mandate": 0.03,
    "creditor_id": 0.02,
    "debited_account": 0.02,
    "meter": 0.02,
    "policy": 0.02,
    "licence_plate": 0.03,
    "ticket": 0.03,
    "valid_until": 0.02,
    "dispatch_date": 0.03,
    "value_date": 0.02,
    "customer_name": 0.03,
}
NUMBER_KEYS = (
    "purchase_order",
    "customer_number",
    "supplier_number",
    "sales_order",
    "order_confirmation_number",
    "delivery_note_number",
    "offer_number",
    "project",
    "contract",
    "cost_centre",
    "your_reference",
    "our_reference",
    "tracking_number",
    "payment_reference",
    "buyer_reference",
    "tender",
    "mandate",
    "meter",
    "policy",
    "licence_plate",
    "ticket",
)
DATE_KEYS = ("due_date", "order_date", "delivery_date", "service_date", "print_date", "valid_until", "dispatch_date", "value_date")


def number_span(writer: Writer) -> Span:
    """The document's own number, labelled on invoices and credit notes only."""
    number = writer.facts.numbers["invoice_number"]
    return Span(number, "header.invoice_number", value=number)


def number_label(writer: Writer) -> str:
    kind = writer.facts.document_type
    if kind == "credit_note" and writer.rng.random() < 0.8:
        return writer.word("credit_note_number")
    if kind == "quote":
        return writer.word("offer_number")
    if kind == "order_confirmation":
        return writer.word("order_confirmation_number")
    if kind == "purchase_order":
        return writer.word("purchase_order")
    if kind == "delivery_note":
        return writer.word("delivery_note_number")
    if kind in ("statement", "reminder", "payslip", "letter"):
        return writer.word("our_reference")
    return writer.word("invoice_number")


def entry(rng: Random, writer: Writer, key: str) -> Pair | None:
    """Label and value of one field, or None where this document has no such value."""
    facts = writer.facts
    if key == "invoice_number":
        wording = number_label(writer)
        series = facts.manners.draw("series word")
        if facts.manners.series and facts.language in structure_table()["series_word"] and series.random() < 0.4:
            wording = structure_word(series, "series_word", facts.language)
        return Span(wording if wording.endswith("#") else writer.punctuated(wording)), [number_span(writer)]
    if key == "issue_date":
        return writer.label(key), [writer.date(facts.dates["issue_date"], "header.issue_date")]
    if key == "print_date" and rng.random() < 0.6:
        return writer.label(key), line(writer.date(facts.dates[key]), f"{rng.randrange(7, 20):02}:{rng.randrange(60):02}")
    if key in DATE_KEYS:
        return writer.label(key), [writer.date(facts.dates[key], "header.due_date" if key == "due_date" else "O", other=rng.random() < 0.2)]
    if key in NUMBER_KEYS:
        text = facts.numbers[key]
        if key == "purchase_order":
            value: Line = [Span(text, "header.purchase_order", value=text)]
            if rng.random() < 0.12:
                value += line(writer.of_date(), writer.date(facts.dates["order_date"]))
            return writer.label(key), value
        if key in ("your_reference", "our_reference") and rng.random() < 0.6:
            text = rng.choice((facts.buyer.contact, facts.seller.contact, "".join(p[0] for p in facts.buyer.contact.split() if p).lower()))
        if key == "project" and rng.random() < 0.5:
            text = (
                f"{text} {facts.rows[0].name[:30]}"
                if facts.rows and rng.random() < 0.5
                else f"{facts.buyer.city} {facts.numbers['cost_centre']}"
            )
        return writer.label(key), line(text)
    if key in ("contact", "sales_person"):
        return writer.label(key), line(facts.seller.contact if rng.random() < 0.8 else facts.buyer.contact)
    if key == "service_period":
        dash = rng.choice(("-", "–", "to" if facts.language == "en" else "-", "/"))
        return writer.label(key), line(writer.date(facts.dates["period_from"]), dash, writer.date(facts.dates["period_to"]))
    if key == "payment_terms" and rng.random() < 0.15:
        due = writer.date(facts.dates["due_date"], "header.due_date")
        values = {"percent": rng.choice(("2", "3")), "date": writer.date(facts.dates["cash_date"]), "due_date": due}
        both = writer.sentence("terms_both", values)
        if both is not None:
            return writer.label(key), both
    if key == "payment_terms":
        text = writer.sentence("payment_days", {"days": str((facts.dates["due_date"] - facts.dates["issue_date"]).days)})
        short = line(
            f"{(facts.dates['due_date'] - facts.dates['issue_date']).days} {writer.rng.choice(writer.words.all('units', 'day') or ['days'])}"
        )
        return writer.label(key), text if text is not None and sum(len(s.text) for s in text) < 45 else short
    if key == "payment_method":
        return writer.label(key), line(
            rng.choice(
                (
                    "SEPA",
                    "PayPal",
                    "Visa **** 4242",
                    "VISA",
                    "Mastercard",
                    "Bank transfer" if facts.language == "en" else "SEPA",
                    writer.word("bank"),
                )
            )
        )
    if key == "currency":
        return writer.label(key), [writer.currency(rng.choice((facts.currency, facts.currency, writer.token)))]
    if key in ("seller_vat_id", "buyer_vat_id"):
        role = key.removesuffix("_vat_id")
        found = vat_line(rng, writer, facts.seller if role == "seller" else facts.buyer, role)
        return (found[0], found[1:]) if found is not None and len(found) > 1 else None
    if key == "tax_number":
        return writer.label(key), line(facts.seller.tax_number)
    if key in ("phone", "fax", "email"):
        return writer.label(key), line({"phone": facts.seller.phone, "fax": facts.seller.fax, "email": facts.seller.email}[key])
    if key == "page":
        return Span(writer.punctuated(small_words("page", facts.language)[0])), line(rng.choice(("1", "1 / 1", "1/1", "1 of 1")))
    if key == "iban":
        return (writer.label("iban"), [writer.iban(facts.seller.ibans[0])]) if facts.seller.ibans else None
    if key == "creditor_id":
        return writer.label(key), line(facts.numbers["creditor"])
    if key == "debited_account":  # the customer's account, which nobody pays to
        return (writer.label(key), [writer.iban(facts.buyer.ibans[0], "O")]) if facts.buyer.ibans else None
    if key == "customer_name":
        return writer.label(key), [name_span(facts.buyer, "buyer")]
    if key == "buyer_name":
        return writer.label("bill_to"), [name_span(facts.buyer, "buyer")]
    if key == "seller_name":
        return writer.label("seller"), [name_span(facts.seller, "seller")]
    if key == "gln":
        return Span(writer.punctuated(rng.choice(("GLN", "ILN", "EORI", "DUNS", "Leitweg-ID", "EDI")))), line(
            identifiers.from_form(rng, rng.choice(("40###########", "DE###############", "##-###-####", "#########")))
        )
    if key == "amount_due":
        due = facts.totals.due
        return writer.label("amount_due", "totals"), writer.money(due, "header.amount_due")
    return None


def number_and_date(rng: Random, writer: Writer) -> Pair:
    """Number and date of issue under one label."""
    mark = rng.choice(("/", "/", "-", ",", "|", writer.of_date()))
    wording = f"{number_label(writer)} {mark if mark in '/-|' else '/'} {writer.word('issue_date')}"
    value: Line = [number_span(writer), Span(mark, space=mark != ","), writer.date(writer.facts.dates["issue_date"], "header.issue_date")]
    return Span(writer.punctuated(wording)), value


def entries(rng: Random, writer: Writer, *, skip: tuple[str, ...] = (), busy: float = 1.0) -> list[Pair]:
    """The fields that one document shows, in its order; some stay empty on purpose."""
    facts = writer.facts
    keys = [k for k, share in SHARES.items() if rng.random() < share * busy and k not in skip]
    if not facts.is_invoice:
        keys = [k for k in keys if k not in ("amount_due",)]
    if facts.document_type == "credit_note" and facts.corrected_invoice and rng.random() < 0.75 and "corrected_invoice" not in skip:
        keys.insert(rng.randrange(len(keys) + 1), "corrected_invoice")
    first = [k for k in ("invoice_number", "issue_date") if k not in skip]
    if rng.random() < 0.3:
        rng.shuffle(first)
    if rng.random() < 0.35:
        keys += first
        rng.shuffle(keys)
    else:
        if rng.random() < 0.5:
            rng.shuffle(keys)
        keys = first + keys
    if len(first) == 2 and rng.random() < 0.04:  # "Invoice no. / date: 4711 / 12.03.2026"
        keys.remove("issue_date")
        keys[keys.index("invoice_number")] = "number_and_date"
    out: list[Pair] = named_pairs(writer)
    for key in keys:
        if key == "number_and_date":
            out.append(number_and_date(rng, writer))
            continue
        if key == "corrected_invoice":
            out.append((writer.label(key), line(facts.corrected_invoice)))
            continue
        made = entry(rng, writer, key)
        if made is None or made[0].text in {pair[0].text for pair in out}:  # one wording for two fields would be a riddle
            continue
        if key not in ("invoice_number", "issue_date") and rng.random() < 0.025:
            made = (made[0], [])  # labelled, left empty
        out.append(made)
    return out


def named_pairs(writer: Writer) -> list[Pair]:
    """Somebody whom the document is about and who does not pay, and fields of a template that nobody filled in."""
    manners, language = writer.facts.manners, writer.facts.language
    out: list[Pair] = []
    rng = manners.draw("subject")
    if manners.subject:
        word = structure_word(rng, "subject", language)
        pet = structure_word(rng, "pet_names", "en")
        name = rng.choice(
            (person_name(rng, writer.words), person_name(rng, writer.words), pet, f"{pet} ({identifiers.from_form(rng, '#####')})")
        )
        if rng.random() < 0.3:
            name += ", " + writer.dates.text(
                writer.facts.dates["valid_until"].replace(year=rng.randrange(1940, 2012), day=rng.randint(1, 28))
            )
        out.append((Span(writer.punctuated(word)), line(name)))
    if manners.placeholders:
        out.append(
            (
                writer.label(rng.choice(("contact", "phone", "project", "due_date"))),
                line(rng.choice(structure_list("placeholder", language))),
            )
        )
    return out
