"""The rules alone: speed, false errors and missed errors, measured on right values.

``python -m benchmarks.rules`` prints how long 10,000 lines take. With ``--documents FOLDER`` it reads every truth FOLDER/*.json (and the text of the
PDF beside it), tells how many documents carry an error although their values are right, by rule, and then changes one digit of one number
at a time and tells which share of the changes a rule notices.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from schemas.arithmetic import decimals
from schemas.invoice import HEADER_FIELDS, Evidence, Header, Invoice, Issue, LineItem, Severity, TaxLine
from schemas.printed_gaps import with_printed_gaps
from schemas.rules import RuleContext, validate
from schemas.tax_treatment import assign_tax_categories

CONTEXT = RuleContext(date(2100, 1, 1), max_age_days=365 * 200)  # generated dates may lie ahead
EVIDENCE = Evidence(1, (0, 0, 1, 1), "", 1.0, "task_model")
LINES = 10_000
CHUNK = 40  # documents that a batch validates together
HEADER_NUMBERS = ("net_total", "tax_total", "gross_total", "amount_due")
LINE_NUMBERS = ("quantity", "unit_price", "net_amount", "gross_amount", "tax_rate")
TAX_NUMBERS = ("rate", "taxable_amount", "tax_amount")


@dataclass(frozen=True, slots=True)
class Change:
    """One number of a right document, changed in one digit."""

    field: str
    invoice: Invoice


def many_lines(count: int) -> list[Invoice]:
    """Right invoices of 25 lines each, with ``count`` lines together."""
    rng = random.Random(5)
    invoices: list[Invoice] = []
    for number in range(count // 25):
        lines: list[LineItem] = []
        for position in range(25):
            quantity, price = Decimal(rng.randint(1, 40)), Decimal(rng.randint(100, 99_999)).scaleb(-2)
            lines.append(
                LineItem(
                    position=str(position + 1), description="Wall paint white", quantity=quantity, unit="pcs", unit_price=price,
                    net_amount=quantity * price, tax_rate=Decimal(19), tax_category="S",
                )
            )  # fmt: skip
        net = sum((item.net_amount or Decimal(0) for item in lines), Decimal(0))
        tax = (net * 19 / 100).quantize(Decimal("0.01"))
        invoices.append(
            Invoice(
                id=str(number), sha256="", source="", pages=1, line_items=tuple(lines), tax_breakdown=(TaxLine("S", Decimal(19), net, tax),),
                header=Header(
                    invoice_number=f"R-{number}", issue_date=date(2026, 5, 4), currency="EUR", seller_name="Farben Ostwald GmbH",
                    seller_vat_id="DE136695976", buyer_name="Laden am Markt", net_total=net, tax_total=tax, gross_total=net + tax,
                    amount_due=net + tax,
                ),
            )
        )  # fmt: skip
    return invoices


def seconds_for(invoices: Sequence[Invoice], *, repeats: int = 5) -> float:
    """CPU seconds of the fastest of some runs, in chunks as a batch forms them."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        for at in range(0, len(invoices), CHUNK):
            validate(invoices[at : at + CHUNK], context=CONTEXT)
        best = min(best, time.process_time() - start)
    return best


def right_documents(folder: Path) -> Iterator[tuple[Invoice, bool]]:
    """Each invoice of the truth files, treated as the pipeline treats what it reads, and whether its page is known to contradict itself."""
    for path in sorted(folder.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        if record.get("document_type") not in ("invoice", "credit_note"):
            continue
        text = _page_text(path.with_suffix(".pdf"))
        invoice = as_read(Invoice.from_json(record))
        yield assign_tax_categories(with_printed_gaps(invoice, text), text), bool(record.get("prints_wrong_sums"))


def as_read(invoice: Invoice) -> Invoice:
    """Right values in the state in which a reading leaves them: with evidence for each header field, without issues."""
    seen = {f"header.{name}": EVIDENCE for name in HEADER_FIELDS if getattr(invoice.header, name) is not None}
    return invoice.replace(evidence=seen, issues=())


def _page_text(path: Path) -> str:
    if not path.exists():
        return ""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def changes(invoice: Invoice, rng: random.Random) -> Iterator[Change]:
    """One changed copy for each kind of number that the document shows; of a table's column one cell is drawn."""
    for name in HEADER_NUMBERS:
        value = getattr(invoice.header, name)
        if value:
            yield Change(name, invoice.replace(header=replace(invoice.header, **{name: misread(value, rng)})))
    for table, names in (("line_items", LINE_NUMBERS), ("tax_breakdown", TAX_NUMBERS)):
        rows: tuple[LineItem | TaxLine, ...] = getattr(invoice, table)
        for name in names:
            places = [at for at, row in enumerate(rows) if getattr(row, name)]
            if places:
                at = rng.choice(places)
                changed = replace(rows[at], **{name: misread(getattr(rows[at], name), rng)})
                yield Change(f"{table}.{name}", invoice.replace(**{table: (*rows[:at], changed, *rows[at + 1 :])}))


def misread(value: Decimal, rng: random.Random) -> Decimal:
    """A number with one digit read as another."""
    sign, digits, _ = value.as_tuple()
    at = rng.randrange(len(digits))
    other = rng.choice([d for d in range(10) if d != digits[at]])
    return Decimal((sign, (*digits[:at], other, *digits[at + 1 :]), -decimals(value)))


def errors_of(issues: Sequence[Issue]) -> frozenset[str]:
    return frozenset(issue.rule for issue in issues if issue.severity is Severity.ERROR)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    invoices = many_lines(LINES)
    validate(invoices[:1], context=CONTEXT)  # loads polars and pandera
    print(f"{LINES:,} lines in {len(invoices)} documents validated in {seconds_for(invoices):.3f} s of CPU time")
    if arguments.documents:
        _report(list(right_documents(arguments.documents)), random.Random(arguments.seed))


def _report(documents: Sequence[tuple[Invoice, bool]], rng: random.Random) -> None:
    right = [invoice for invoice, wrong in documents if not wrong]
    wrong = [invoice for invoice, wrong in documents if wrong]
    found = validate(right, context=CONTEXT)
    false = Counter(rule for issues in found for rule in errors_of(issues))
    flagged = sum(bool(errors_of(issues)) for issues in found)
    print(f"\nright documents with an error  {flagged} of {len(right)} ({flagged / max(len(right), 1):.1%})")
    for rule, count in false.most_common():
        print(f"  {rule:10} {count}")
    if wrong:
        caught = validate(wrong, context=CONTEXT)
        print(
            f"contradicting pages            {len(wrong)}: error on {sum(map(bool, map(errors_of, caught)))}, some issue on {sum(map(bool, caught))}"
        )
    tried: Counter[str] = Counter()
    as_error: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    for invoice, issues in zip(right, found, strict=True):
        drawn = list(changes(invoice, rng))
        for change, after in zip(drawn, validate([c.invoice for c in drawn], context=CONTEXT), strict=True):
            tried[change.field] += 1
            as_error[change.field] += bool(errors_of(after) - errors_of(issues)) or bool(errors_of(after))
            noticed[change.field] += set(after) != set(issues)
    print(f"\n{'one digit changed in':28}{'tried':>7}{'error':>9}{'any issue':>11}")
    for field, count in tried.items():
        print(f"{field:28}{count:7}{as_error[field] / count:9.1%}{noticed[field] / count:11.1%}")


if __name__ == "__main__":
    main()
