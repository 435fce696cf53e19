"""What a printout of a structured invoice shows, section by section: labels, values and the numbers of EN 16931's business terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from extractors.training import identifiers
from extractors.training.closing import closing_lines
from extractors.training.layout import Line, Span, line
from extractors.training.letterhead import TAX_ID_WORDS, name_span
from extractors.training.metadata import entry
from extractors.training.parties import Party
from extractors.training.totals import total_lines
from extractors.training.writing import Writer

# Business terms of EN 16931-1, by key of the vocabulary; those of a party are seller's and buyer's.
TERMS = {
    "invoice_number": "BT-1", "issue_date": "BT-2", "type_code": "BT-3", "currency": "BT-5", "due_date": "BT-9", "buyer_reference": "BT-10",
    "project": "BT-11", "contract": "BT-12", "purchase_order": "BT-13", "sales_order": "BT-14", "delivery_note_number": "BT-16", "tender": "BT-17",
    "meter": "BT-18", "cost_centre": "BT-19", "payment_terms": "BT-20", "profile": "BT-24", "corrected_invoice": "BT-25", "delivery_date": "BT-72",
    "service_period": "BT-73", "payment_method": "BT-81", "payment_reference": "BT-83", "iban": "BT-84", "account_holder": "BT-85", "bic": "BT-86",
    "mandate": "BT-89", "creditor_id": "BT-90", "debited_account": "BT-91",
}  # fmt: skip
PARTY_TERMS = {
    "name": ("BT-27", "BT-44"), "trading_name": ("BT-28", "BT-45"), "party_id": ("BT-29", "BT-46"), "company_register": ("BT-30", "BT-47"),
    "vat_id": ("BT-31", "BT-48"), "tax_number": ("BT-32", "BT-32"), "electronic_address": ("BT-34", "BT-49"), "street": ("BT-35", "BT-50"),
    "city": ("BT-37", "BT-52"), "postcode": ("BT-38", "BT-53"), "country": ("BT-40", "BT-55"), "contact": ("BT-41", "BT-56"),
    "phone": ("BT-42", "BT-57"), "email": ("BT-43", "BT-58"),
}  # fmt: skip
TYPE_CODES = {"credit_note": ("381", "384"), "invoice": ("380", "380", "326", "389")}
SUBJECT_CODES = ("AAI", "REG", "ABL", "AAK", "SUR", "PMD", "AAJ", "TXD", "CUS", "ACB")
SCHEMES = ("0088", "0204", "9930", "0060", "0002", "0007", "0106", "EM", "0184", "0192")
PROFILES = (
    "EN 16931",
    "XRechnung 3.0",
    "Peppol BIS Billing 3.0",
    "Factur-X EXTENDED",
    "ZUGFeRD 2.3",
    "FatturaPA 1.2",
    "UBL 2.1",
    "CII D16B",
    "SVEFAKTURA",
)
REFERENCES = ("buyer_reference", "purchase_order", "sales_order", "contract", "project", "delivery_note_number", "tender", "meter", "cost_centre")  # fmt: skip


@dataclass(slots=True)
class Field:
    """One label with its value; ``term`` is the business term's number, ``more`` are further lines under the value.

    ``spans`` is the label where parts of it are values themselves (a rate in the words of a tax).
    """

    label: str
    value: Line
    term: str = ""
    more: list[Line] = field(default_factory=list[Line])
    spans: Line | None = None


def document_fields(rng: Random, writer: Writer, *, number: bool, date: bool) -> list[Field]:
    """Number, dates, type and currency; number or date may stand in the heading instead."""
    keys = ["invoice_number"] * number + ["issue_date"] * date
    shares = {
        "type_code": 0.6, "currency": 0.75, "due_date": 0.6, "payment_terms": 0.3, "delivery_date": 0.4, "service_period": 0.25, "print_date": 0.1,
        "customer_number": 0.25, "order_date": 0.12,
    }  # fmt: skip
    keys += [key for key, share in shares.items() if rng.random() < share]
    if writer.facts.corrected_invoice and rng.random() < 0.8:
        keys.append("corrected_invoice")
    if rng.random() < 0.35:
        rng.shuffle(keys)
    return _made(rng, writer, keys)


def reference_fields(rng: Random, writer: Writer) -> list[Field]:
    """Numbers of other documents side by side, one of them perhaps the buyer's order."""
    keys = [key for key in REFERENCES if rng.random() < 0.45]
    rng.shuffle(keys)
    return _made(rng, writer, keys)


def _made(rng: Random, writer: Writer, keys: list[str]) -> list[Field]:
    facts = writer.facts
    out: list[Field] = []
    for key in keys:
        label = writer.word(key)
        if key == "type_code":
            code = rng.choice(TYPE_CODES[facts.document_type])
            value = line(code, rng.choice(("", f"- {writer.words.pick(rng, 'titles', facts.document_type)}")))
        elif key == "corrected_invoice":
            value = line(facts.corrected_invoice)
        else:
            made = entry(rng, writer, key)
            if made is None:
                continue
            if key == "invoice_number":
                label = made[0].text.rstrip(" :")
            value = made[1]
        if label in {f.label for f in out}:
            continue
        out.append(Field(label, value, TERMS.get(key, "")))
    return out


def party_fields(rng: Random, writer: Writer, party: Party, role: str) -> list[Field]:
    """A party with every part of its data under a label of its own; ``role`` is seller, buyer or ship_to."""
    side = 0 if role == "seller" else 1
    name = name_span(party, role) if role != "ship_to" else Span(party.name)
    out: list[Field] = []

    def add(key: str, value: Line, share: float = 1.0, *more: Line) -> None:
        if rng.random() < share:
            out.append(Field(writer.word(key), value, PARTY_TERMS[key][side] if key in PARTY_TERMS else "", list(more)))

    number = writer.facts.numbers["customer_number" if role == "buyer" else "supplier_number"]
    scheme = f"({rng.choice(SCHEMES)})" if rng.random() < 0.4 else None
    add("party_id", line(number if rng.random() < 0.6 else identifiers.from_form(rng, "4############"), scheme), 0.4)
    add("name", [name])
    if rng.random() < 0.2:
        rng.shuffle(out)
    if party.brand != party.name:
        add("trading_name", line(party.brand), 0.15)
    add("contact", line(party.contact), 0.4)
    out += _address(rng, writer, party, side)
    add("phone", line(party.phone), 0.45)
    add("email", line(party.email), 0.5)
    add("electronic_address", line(party.email if rng.random() < 0.5 else identifiers.from_form(rng, "#############"), scheme), 0.4)
    add("tax_number", line(party.tax_number), 0.3 if role == "seller" else 0.06)
    if role != "ship_to" and party.vat_id is not None and rng.random() < 0.75:
        special = TAX_ID_WORDS.get(party.country) if writer.facts.language == "en" else None
        wording = rng.choice(special) if special else writer.word("seller_vat_id" if rng.random() < 0.6 else f"{role}_vat_id")
        out.append(Field(wording, [Span(party.vat_id, f"header.{role}_vat_id", value=party.vat_id)], PARTY_TERMS["vat_id"][side]))
    add("company_register", line(party.register or identifiers.from_form(rng, "HRB ######")), 0.3)
    return out


def _address(rng: Random, writer: Writer, party: Party, side: int) -> list[Field]:
    """The address in its parts, or its lines under one label."""
    names = writer.word("street"), writer.word("postcode"), writer.word("city")
    street, town = party.address[0], party.address[1] if len(party.address) > 1 else ""
    code = town.replace(party.city, "").strip(" ,-")
    if not town or party.city not in town or not any(c.isdigit() for c in code) or rng.random() < 0.25:
        return [Field(names[0], line(street), PARTY_TERMS["street"][side], [line(part) for part in party.address[1:]])]
    parts = [Field(names[1], line(code), PARTY_TERMS["postcode"][side]), Field(names[2], line(party.city), PARTY_TERMS["city"][side])]
    if rng.random() < 0.3:
        parts.reverse()
    country = party.country if rng.random() < 0.6 else party.country_name
    if rng.random() < 0.7:
        parts.append(Field(writer.word("country"), line(country), PARTY_TERMS["country"][side]))
    return [Field(names[0], line(street), PARTY_TERMS["street"][side]), *parts]


def payment_fields(rng: Random, writer: Writer, *, due: bool) -> list[Field]:
    """How to pay; in a debit the account is the buyer's and nobody's IBAN to pay to."""
    facts = writer.facts
    seller, buyer = facts.seller, facts.buyer
    debit = bool(buyer.ibans) and rng.random() < 0.15
    out = _made(
        rng,
        writer,
        [k for k, share in (("payment_method", 0.6), ("payment_reference", 0.5), ("payment_terms", 0.3)) if rng.random() < share],
    )
    if due:
        out += _made(rng, writer, ["due_date"])
    if debit:
        account: Line = [writer.iban(buyer.ibans[0], "O")]
        out.append(Field(writer.word("debited_account" if rng.random() < 0.7 else "iban"), account, TERMS["debited_account"]))
        out.append(Field(writer.word("mandate"), line(facts.numbers["mandate"]), TERMS["mandate"]))
        out.append(Field(writer.word("creditor_id"), line(facts.numbers["creditor"]), TERMS["creditor_id"]))
    elif seller.ibans:
        if rng.random() < 0.5:
            out.append(Field(writer.word("account_holder"), [name_span(seller, "seller")], TERMS["account_holder"]))
        out.append(Field(writer.word("iban"), [writer.iban(seller.ibans[0])], TERMS["iban"]))
        if rng.random() < 0.75:
            out.append(Field(writer.word("bic"), line(seller.bics[0]), TERMS["bic"]))
        if rng.random() < 0.4:
            out.append(Field(writer.word("bank"), line(seller.banks[0])))
    return out


def note_fields(rng: Random, writer: Writer) -> list[Field]:
    """Free texts, each perhaps with its subject code; the register data of the seller is often one of them."""
    seller = writer.facts.seller
    texts = closing_lines(rng, writer)
    if rng.random() < 0.5:
        legal = [part for part in (*seller.address, seller.register, f"{writer.word('manager')}: {seller.manager}") if part]
        texts.append([name_span(seller, "seller"), Span(", " + ", ".join(legal), space=False)])
    if rng.random() < 0.15:
        texts.append(line(f"#SKONTO#TAGE={rng.choice((8, 10, 14))}#PROZENT={rng.choice(('2.00', '3.00'))}#"))
    label = writer.word("subject_code")
    return [
        Field(label if rng.random() < 0.5 else "", line(rng.choice(SUBJECT_CODES)) if rng.random() < 0.5 else [], "BT-21", [text])
        for text in texts
    ]


def technical_fields(rng: Random, writer: Writer) -> list[Field]:
    """Standard, process and file name, as viewers put them on top or at the end."""
    name = identifiers.from_form(rng, "@@##_####") + rng.choice((".xml", "_invoice.xml", "-ubl.xml", ".pdf"))
    pairs = [
        ("profile", rng.choice(PROFILES)),
        ("type_code", rng.choice(("urn:cen.eu:en16931:2017", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0", "P1", "M1"))),
        ("party_id", name),
    ]
    return [Field(writer.word(key), line(text)) for key, text in pairs if rng.random() < 0.8]


def attachment_fields(rng: Random, writer: Writer) -> list[Field]:
    names = [identifiers.from_form(rng, rng.choice(("@@@-####.pdf", "doc_######.csv", "@##.png"))) for _ in range(rng.choice((1, 1, 2, 3)))]
    return [Field(writer.word("party_id"), line(name)) for name in names]


def total_fields(rng: Random, writer: Writer, *, taxes: bool) -> list[Field]:
    """The totals as label and value, worded as everywhere else."""
    return [Field("", total.value, spans=total.label) for total in total_lines(rng, writer, taxes=taxes)]
