from __future__ import annotations

from datetime import date
from decimal import Decimal

from records import TODAY, accept_as_is, invoice_of, record

from schemas.invoice import Invoice, Status
from schemas.rules_types import RuleContext
from warehouse.database import Database


def context_for(database: Database, invoice: Invoice) -> RuleContext:
    seen: list[RuleContext] = []

    def look(invoice: Invoice, context: RuleContext):
        seen.append(context)
        return accept_as_is(invoice, context)

    record(database, invoice, judge=look)
    return seen[0]


def test_nothing_is_known_of_a_first_document(database: Database) -> None:
    assert context_for(database, invoice_of("a")) == RuleContext(today=TODAY)


def test_same_seller_and_number_is_found_however_it_is_spelled(database: Database) -> None:
    record(database, invoice_of("a", invoice_number="RE-0012", seller_name="Muster GmbH", gross_total=Decimal("1")))
    known = context_for(database, invoice_of("b", invoice_number="re 0012", seller_name="MUSTER  GmbH.", gross_total=Decimal("2")))
    assert known.known_invoices == {("name:muster gmbh", "re0012")}
    assert known.known_amounts == frozenset()


def test_another_sellers_number_is_not_a_duplicate(database: Database) -> None:
    record(database, invoice_of("a", seller_name="Muster GmbH"))
    assert context_for(database, invoice_of("b", seller_name="Beispiel AG")) == RuleContext(today=TODAY)


def test_same_seller_amount_and_date_is_found(database: Database) -> None:
    record(database, invoice_of("a", invoice_number="1", gross_total=Decimal("119.0")))
    known = context_for(database, invoice_of("b", invoice_number="2", gross_total=Decimal("119.00")))
    assert known.known_amounts == {("name:muster gmbh", Decimal("119.00"), date(2026, 5, 4))}
    later = context_for(database, invoice_of("c", invoice_number="3", issue_date=date(2026, 5, 5)))
    assert later.known_amounts == frozenset()


def test_a_seller_is_known_by_vat_id_under_a_new_name(database: Database) -> None:
    record(database, invoice_of("a", seller_name="Muster GmbH", seller_vat_id="DE 123 456 789"))
    known = context_for(database, invoice_of("b", seller_name="Muster Holding SE", seller_vat_id="DE123456789"))
    assert known.known_invoices == {("vat:DE123456789", "r1")}


def test_bank_accounts_count_from_accepted_documents_only(database: Database) -> None:
    record(database, invoice_of("a", invoice_number="1", iban="DE02 1203 0000 0000 2020 51"))
    record(database, invoice_of("b", invoice_number="2", iban="DE99", status=Status.REVIEW))
    known = context_for(database, invoice_of("c", invoice_number="3", iban="DE77"))
    assert known.known_bank_accounts == {"name:muster gmbh": {"DE02120300000000202051"}}


def test_rejected_documents_and_the_same_bytes_are_no_duplicates(database: Database) -> None:
    record(database, invoice_of("a", status=Status.REJECTED))
    record(database, invoice_of("b"), version="older")
    assert context_for(database, invoice_of("b")).known_invoices == frozenset()


def test_what_an_older_pipeline_read_counts_until_it_is_read_again(database: Database) -> None:
    record(database, invoice_of("a", invoice_number="old reading"), version="older")
    record(database, invoice_of("a", invoice_number="new reading"))
    assert context_for(database, invoice_of("b", invoice_number="old reading")).known_invoices == frozenset()
    assert context_for(database, invoice_of("c", invoice_number="new reading")).known_invoices == {("name:muster gmbh", "newreading")}


def test_very_long_names_are_no_obstacle(database: Database) -> None:
    name = "x" * 5000
    record(database, invoice_of("a", seller_name=name))
    assert context_for(database, invoice_of("b", seller_name=name)).known_invoices == {("name:" + name, "r1")}
