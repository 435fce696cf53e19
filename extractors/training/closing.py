"""What stands under the totals and in the footer: payment terms, tax notes, bank data, company data, a payment slip."""

from __future__ import annotations

from random import Random

from extractors.training.layout import Block, Line, Shape, Span, beside, framed, line, stack, text_block
from extractors.training.letterhead import name_span, vat_line
from extractors.training.locales import rounded
from extractors.training.look import Look
from extractors.training.metadata import number_span
from extractors.training.vocabulary import fill
from extractors.training.writing import Writer

NOTE_OF_REGIME = {
    "reverse_charge": "reverse_charge",
    "intra": "intra_community",
    "export": "export",
    "exempt": "exempt",
    "small": "small_business",
    "margin": "margin_scheme",
}


def closing_lines(rng: Random, writer: Writer) -> list[Line]:
    """Sentences after the totals."""
    facts = writer.facts
    seller, dates = facts.seller, facts.dates
    due = writer.date(dates["due_date"], "header.due_date")
    days = str((dates["due_date"] - dates["issue_date"]).days)
    account = seller.ibans[0] if seller.ibans else None
    shared = {
        "days": days,
        "percent": rng.choice(("2", "3", "1.5", "2,5")),
        "name": seller.contact,
        "phone": seller.phone,
        "email": seller.email,
        "number": facts.numbers["customer_number"],
        "web": seller.web,
        "date": writer.date(dates["cash_date"]),
        "bank": seller.banks[0] if seller.banks else None,
        "bic": seller.bics[0] if seller.bics else None,
        "company": name_span(seller, "seller"),
        "seller": name_span(seller, "seller"),
        "invoice_number": number_span(writer),
        "reference": facts.numbers["payment_reference"],
        "city": seller.city,
        "year": str(dates["issue_date"].year),
        "buyer": facts.buyer.name,
        "amount": writer.money(facts.totals.due),
    }
    out: list[Line | None] = []
    note = NOTE_OF_REGIME.get(facts.regime)
    if note is not None and rng.random() < 0.92:
        out.append(writer.sentence(note, shared))
    chance = rng.random()
    if not seller.banks:
        keys = ("direct_debit", "debit_notice")
        mandate = {"mandate": facts.numbers["mandate"], "creditor": facts.numbers["creditor"]}
        out.append(
            writer.sentence(rng.choice(keys), {**shared, **mandate, "due_date": due, "iban": writer.iban(facts.buyer.ibans[0], "O")})
        )
    elif facts.document_type == "credit_note":
        pass
    elif chance < 0.3:
        out.append(writer.sentence("payment_days", shared))
    elif chance < 0.5:
        out.append(writer.sentence("payment_date", {**shared, "due_date": due, "date": due}))
    elif chance < 0.57:
        buyer_account = facts.buyer.ibans[0] if facts.buyer.ibans else None
        out.append(
            writer.sentence(
                "direct_debit", {**shared, "due_date": due, "date": due, "iban": writer.iban(buyer_account, "O") if buyer_account else None}
            )
        )
    elif chance < 0.63:
        out.append(writer.sentence("already_paid", {**shared, "date": writer.date(dates["issue_date"])}))
    elif chance < 0.7:  # the discount's last day beside the due date
        out.append(writer.sentence("terms_both", {**shared, "due_date": due}))
    elif chance < 0.725:
        out.append(writer.sentence("instalments", _instalments(writer)))
    if rng.random() < 0.12 and facts.document_type == "invoice":
        out.append(writer.sentence("cash_discount", shared))
    if facts.buyer.vat_id and seller.vat_id and rng.random() < 0.05:
        ids = {
            f"{role}_vat": Span(str(p.vat_id), f"header.{role}_vat_id", value=p.vat_id)
            for role, p in (("seller", seller), ("buyer", facts.buyer))
        }
        out.append(writer.sentence("vat_ids", ids))
    if account and rng.random() < 0.22:
        out.append(writer.sentence("transfer_to", {**shared, "iban": writer.iban(account)}))
    for key, share in (("thanks", 0.35), ("question", 0.2), ("retention", 0.14), ("legal_footer", 0.14), ("closing", 0.16)):
        if rng.random() < share:
            out.append(writer.sentence(key, shared))
    return [spans for spans in out if spans]


def _instalments(writer: Writer) -> dict[str, Line]:
    """Two parts of the amount with their days: none of them is the day on which the whole is due."""
    facts = writer.facts
    first = rounded(facts.totals.due / 2, writer.places)
    return {
        "amount1": writer.money(first),
        "amount2": writer.money(facts.totals.due - first),
        "date1": [writer.date(facts.dates["cash_date"])],
        "date2": [writer.date(facts.dates["valid_until"])],
    }


def debit_lines(rng: Random, writer: Writer) -> list[Line]:
    """Mandate, creditor id and the account of the buyer that will be debited."""
    facts = writer.facts
    out: list[Line] = [
        [writer.label("debited_account" if rng.random() < 0.6 else "iban"), writer.iban(facts.buyer.ibans[0], "O")],
        line(writer.label("mandate"), facts.numbers["mandate"]),
        line(writer.label("creditor_id"), facts.numbers["creditor"]),
    ]
    rng.shuffle(out)
    return out[: rng.randint(1, 3)]


def bank_lines(rng: Random, writer: Writer, *, title: bool = True) -> list[Line]:
    """Bank data of the seller, of one account or two."""
    seller = writer.facts.seller
    if not seller.banks:
        return debit_lines(rng, writer)
    out: list[Line] = []
    if title and rng.random() < 0.4:
        out.append(line(writer.word("bank")))
    if rng.random() < 0.15:
        out.append([writer.label("account_holder"), name_span(seller, "seller")])
    for index, bank in enumerate(seller.banks[:2]):
        if rng.random() < 0.85:
            out.append(line(writer.label("bank") if rng.random() < 0.4 else None, bank))
        if index < len(seller.ibans):
            out.append([writer.label("iban") if rng.random() < 0.95 else Span("IBAN"), writer.iban(seller.ibans[index])])
            if rng.random() < 0.75:
                out.append(line(writer.label("bic"), seller.bics[index]))
        else:
            out.append(line(writer.label("account_number"), "".join(rng.choice("0123456789") for _ in range(rng.choice((8, 9, 10))))))
            out.append(line(writer.label("sort_code"), rng.choice(("20-45-11", "021000021", "062-000", "HDFC0001234", "40-12-76"))))
    if rng.random() < 0.08:
        out.append(line(writer.label("creditor_id"), f"{seller.country}98ZZZ0{rng.randrange(10**9, 10**10)}"))
    if rng.random() < 0.12:
        reference = number_span(writer) if rng.random() < 0.5 else Span(writer.facts.numbers["payment_reference"])
        out.append([writer.label("payment_reference"), reference])
    if rng.random() < 0.2:  # all in one line
        merged: Line = []
        mark = rng.choice((" ", ", ", " | ", " · "))
        for part in out:
            if merged and mark.strip():
                merged.append(Span(mark.strip(), space=mark.startswith(" ")))
            merged += part
        return [merged]
    return out


def company_lines(rng: Random, writer: Writer) -> list[list[Line]]:
    """The columns of a footer: address, contact, register and tax, bank."""
    facts = writer.facts
    seller = facts.seller
    address: list[Line] = [[name_span(seller, "seller")], *(line(part) for part in seller.address)]
    contact = [
        line(writer.label(k) if rng.random() < 0.85 else None, v)
        for k, v in (("phone", seller.phone), ("fax", seller.fax), ("mobile", seller.mobile), ("email", seller.email), ("web", seller.web))
        if rng.random() < 0.7
    ]
    legal: list[Line] = []
    if seller.register and rng.random() < 0.7:
        legal.append(line(seller.register))
    if rng.random() < 0.55:
        legal.append(line(writer.label("manager"), seller.manager))
    if rng.random() < 0.65 and (found := vat_line(rng, writer, seller, "seller")) is not None:
        legal.append(found)
    if rng.random() < 0.5:
        legal.append(line(writer.label("tax_number"), seller.tax_number))
    columns = [c for c in (address, contact, legal) if c and rng.random() < 0.8]
    if rng.random() < 0.65:
        columns.append(bank_lines(rng, writer))
    if rng.random() < 0.25:
        rng.shuffle(columns)
    return columns


def footer_block(rng: Random, writer: Writer, look: Look, columns: list[list[Line]], width: float) -> Block:
    """The columns side by side, or all in centred lines."""
    style = look.small.but(size=max(5.0, min(7.5, look.small.size)), leading=1.2)
    block = Block()
    if rng.random() < 0.25:
        mark = rng.choice((" · ", " | ", ", ", " - ", " • "))
        lines: list[Line] = []
        for column in columns:
            merged: Line = []
            for part in column:
                if merged:
                    merged.append(Span(mark.strip(), space=mark.startswith(" ")))
                merged += [s.part(s.text, space=s.space or i == 0) for i, s in enumerate(part)]
            lines.append(merged)
        block = text_block(lines, style, width=width, align="center")
    elif columns:
        size = width / len(columns)
        longest = max(
            (
                style.face.width(word, False) * style.size
                for column in columns
                for spans in column
                for s in spans
                for word in s.text.split()
            ),
            default=0.0,
        )
        if longest > size - 8:  # a mail address wider than its column: smaller print rather than overprint
            style = style.but(size=max(4.2, style.size * (size - 8) / longest))
        blocks = [text_block(column, style, width=size - 8) for column in columns]
        block = beside(blocks, [i * size for i in range(len(columns))])
    out = Block()
    if rng.random() < 0.6:
        out.shapes.append(Shape("line", 0, 0, width, 0, look.line_colour, None, 0.5))
    out.add(block, 0, 3)
    out.width = width
    return out


def page_words(writer: Writer, page: int, pages: int) -> Span:
    pattern = writer.words.all("labels", "page")
    text = pattern[int(writer.facts.totals.net) % len(pattern)] if pattern else "{page}/{pages}"
    if "{page}" not in text:
        text += " {page}"
    return Span(fill(text, {"page": str(page), "pages": str(pages)}))


def payment_slip(rng: Random, writer: Writer, look: Look, width: float) -> Block:
    """A slip to tear off: payee, account, amount, reference and payer once more."""
    facts = writer.facts
    seller, buyer = facts.seller, facts.buyer
    left = [[writer.label("account_holder")], [name_span(seller, "seller")], *(line(a) for a in seller.address)]
    if seller.ibans:
        left.insert(0, [writer.label("iban"), writer.iban(seller.ibans[0])])
    right: list[Line] = [
        [writer.label("payment_reference")],
        line(facts.numbers["payment_reference"]),
        [writer.label("bill_to")],
        [name_span(buyer, "buyer")],
        *(line(a) for a in buyer.address),
    ]
    amount: list[Line] = [
        [writer.label("currency"), writer.currency(facts.currency)],
        [writer.label("amount_due", "totals"), writer.amount(facts.totals.due, "header.amount_due")],
    ]
    if rng.random() < 0.5:
        amount.append([writer.label("due_date"), writer.date(facts.dates["due_date"], "header.due_date")])
    if rng.random() < 0.5:
        amount.append([writer.label("invoice_number"), number_span(writer)])
    parts = [left, right, amount]
    rng.shuffle(parts)
    size = width / 3
    body = beside([text_block(p, look.small, width=size - 10) for p in parts], [i * size + 4 for i in range(3)])
    if rng.random() < 0.5:
        return framed(body, pad=4, stroke=look.line_colour, width=width)
    dashes = Block(width, 6, [], [Shape("line", 0, 3, width, 3, (0.4, 0.4, 0.4), None, 0.4)])
    return stack([dashes, body])
