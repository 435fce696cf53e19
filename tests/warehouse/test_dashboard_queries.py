"""What the dashboard asks for, on both databases: searches, the queue, days, what reviewers found over time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from records import invoice_of, record
from sqlalchemy import select

from schemas.invoice import Status
from schemas.observed import KNOWN_WORDS, spreads
from warehouse.batches import list_batches, record_flow_run
from warehouse.database import Database
from warehouse.document_lists import Conditions, counts, page_of_documents
from warehouse.model_health import confidence_histogram, observations, outcomes_by
from warehouse.monitoring import days, slowest
from warehouse.review_queue import Order, next_in_queue, queue, queue_length
from warehouse.tables import DecisionRow
from warehouse.tables_review import ReviewRow

DAY = timedelta(days=1)


def span() -> dict[str, date]:
    today = datetime.now(UTC).date()
    return {"since": today - DAY, "until": today + DAY}


def names(database: Database, **conditions: object) -> set[str]:
    return {found.name for found in page_of_documents(database, Conditions(**conditions)).documents}  # type: ignore[arg-type]


def reviewed(database: Database, document_id: int, *, wrong: bool, before: str = "review") -> None:
    with database.write() as session:
        decision = session.scalars(select(DecisionRow.id).where(DecisionRow.document_id == document_id)).first()
        session.add(
            ReviewRow(
                document_id=document_id, at=datetime.now(UTC), reviewer="ann", action="approve", before={}, before_status=before, after_status="accepted",
                confidence=0.97, critical_changed=wrong, decision_id=decision, seconds=4.0, undone=False,
            )
        )  # fmt: skip


def test_a_search_finds_parts_in_any_case_and_takes_signs_as_they_are(database: Database) -> None:
    record(database, invoice_of("one", name="Bill_A", invoice_number="R-100%"))
    record(database, invoice_of("two", name="BillXA", invoice_number="R-1000", issue_date=date(2026, 5, 5)))
    assert names(database, words="bill_") == {"Bill_A"}
    assert names(database, words="100%") == {"Bill_A"}
    assert names(database, words="MUSTER g") == {"Bill_A", "BillXA"}
    assert dict(counts(database, Conditions(words="r-100"))) == {"accepted": 2}


def test_only_the_newest_result_of_a_content_waits_in_the_queue(database: Database) -> None:
    first = record(database, invoice_of("one", status=Status.REVIEW))
    assert queue_length(database)[0] == 1
    newer = record(database, invoice_of("one", status=Status.REVIEW), version="test-2")
    other = record(database, invoice_of("two", status=Status.REVIEW, invoice_number="R-2", issue_date=date(2026, 5, 5)))
    assert queue_length(database)[0] == 2
    assert [each.id for each in queue(database, order=Order.AGE)] == [newer, other]
    assert next_in_queue(database, order=Order.AGE, reviewer="ann", after=other) == newer
    assert first not in {each.id for each in queue(database)}


def test_a_large_credit_note_stands_with_the_large_invoices(database: Database) -> None:
    totals = ("119.00", "-5000.00", "250.00", None)
    made = [
        record(
            database,
            invoice_of(
                f"n{number}",
                status=Status.REVIEW,
                invoice_number=f"R-{number}",
                issue_date=date(2026, 5, 1 + number),
                gross_total=None if total is None else Decimal(total),
            ),
        )
        for number, total in enumerate(totals)
    ]
    assert [each.id for each in queue(database, order=Order.VALUE)] == [made[1], made[2], made[0], made[3]]


def test_days_confidences_and_observations_count_every_document_once(database: Database) -> None:
    record(database, invoice_of("one"))
    record(database, invoice_of("two", status=Status.REVIEW, invoice_number="R-2", issue_date=date(2026, 5, 5)))
    found = days(database, **span())
    assert [day.all for day in found] == [0, 2, 0]
    assert confidence_histogram(database, **span(), model_only=True)[9] == 2
    seen = observations(database, **span())
    assert [(each.lines, each.description, each.currency) for each in seen] == [(1, "Ware", "EUR")] * 2
    assert spreads(seen, known_words={"ware"})[KNOWN_WORDS] == {"5": 2}
    assert len(slowest(database, **span())) == 2


def test_what_reviewers_found_by_seller_and_month_and_the_documents_behind_it(database: Database) -> None:
    right = record(database, invoice_of("right"))
    wrong = record(database, invoice_of("wrong", invoice_number="R-2", issue_date=date(2026, 5, 5)))
    record(database, invoice_of("other", invoice_number="R-3", issue_date=date(2026, 5, 6)))
    reviewed(database, right, wrong=False)
    reviewed(database, wrong, wrong=True, before="accepted")
    found = outcomes_by(database, **span())
    months = {f"{datetime.now(UTC):%Y-%m}": (2, 1)}
    assert [(each.group, each.reviewed, each.right, each.months) for each in found["seller"]] == [("Muster GmbH", 2, 1, months)]
    assert [(each.reviewed, each.right) for each in found["language"]] == [(2, 1)]
    assert names(database, reviewed="any", **span()) == {"right", "wrong"}
    assert names(database, reviewed="wrong_accepted", **span()) == {"wrong"}
    assert names(database, confidence=9) == {"right", "wrong", "other"}
    assert names(database, confidence=8) == set()


def test_a_run_remembers_its_flow_run(database: Database) -> None:
    record(database, invoice_of("one"))
    (batch,) = list_batches(database)
    assert batch.flow_run_id is None
    record_flow_run(database, batch.id, "0b8f2c3e-1111-4222-8333-444455556666")
    assert list_batches(database)[0].flow_run_id == "0b8f2c3e-1111-4222-8333-444455556666"
