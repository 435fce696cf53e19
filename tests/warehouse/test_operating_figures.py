from __future__ import annotations

from datetime import UTC, datetime, timedelta

from records import invoice_of, new_batch, record, registered
from sqlalchemy import select

from schemas.invoice import Route, Status
from warehouse.database import Database
from warehouse.documents import Decision, Judgement, replace_result
from warehouse.operating_figures import figures, prometheus_text, record_figures
from warehouse.reprocess_requests import request_reprocessing
from warehouse.selections import Selection
from warehouse.tables import DocumentRow
from warehouse.tables_operation import MetricRow

DAY = timedelta(days=1)


def test_an_empty_warehouse_has_nothing_to_measure(database: Database) -> None:
    found = figures(database, window=DAY)
    assert (found.documents, found.queue_length, found.touchless_rate, found.oldest_flagged_s, found.cost) == (0, 0, None, None, None)
    assert "lineitem_touchless_rate NaN\n" in prometheus_text(found)


def test_rates_queue_and_the_oldest_flagged_document(database: Database) -> None:
    record(database, invoice_of("a", invoice_number="1"))
    by_person = record(database, invoice_of("b", invoice_number="2"))
    record(database, invoice_of("c", invoice_number="3", status=Status.REVIEW))
    record(database, invoice_of("d", invoice_number="4", status=Status.REJECTED).replace(route=Route.FOUNDATION_MODEL))
    registered(database, "waiting")
    with database.write() as session:
        request_reprocessing(session, Selection(flagged=True), requested_by="anna")
        document = session.get(DocumentRow, by_person)
        assert document is not None
        replace_result(session, document, Judgement(invoice_of("b", invoice_number="2"), Decision("person", (), "", "", "user:anna")))
    found = figures(database, window=DAY, now=datetime.now(UTC) + timedelta(hours=1))
    assert (found.documents, found.accepted, found.review, found.rejected, found.pages) == (4, 2, 1, 1, 4)
    assert (found.touchless_rate, found.fallback_rate) == (0.25, 0.25)
    assert (found.queue_length, found.flagged, found.requests_waiting) == (1, 1, 1)
    assert found.oldest_flagged_s is not None
    assert 3600 <= found.oldest_flagged_s < 3700
    assert found.latency_p50_s is not None
    assert found.latency_p50_s <= (found.latency_p99_s or 0)
    assert figures(database, window=DAY, now=datetime.now(UTC) + 3 * DAY).documents == 0


def test_prometheus_text_has_help_type_and_value(database: Database) -> None:
    record(database, invoice_of("a"))
    lines = prometheus_text(figures(database, window=DAY)).splitlines()
    assert "# TYPE lineitem_documents gauge" in lines
    assert "lineitem_documents 1" in lines
    assert sum(line.startswith("# HELP") for line in lines) * 3 == len(lines)
    assert any(line.startswith("lineitem_latency_p95_seconds ") for line in lines)


def test_figures_of_runs_are_kept_once(database: Database) -> None:
    first, second = new_batch(database), new_batch(database)
    record_figures(database, first, {"pages_per_s": 2.5, "cost": None})
    record_figures(database, first, {"pages_per_s": 9.9})
    record_figures(database, second, {"pages_per_s": 3.0})
    with database.read() as session:
        kept = [(row.batch_id, row.name, row.value) for row in session.scalars(select(MetricRow).order_by(MetricRow.id))]
    assert kept == [(first, "pages_per_s", 2.5), (second, "pages_per_s", 3.0)]
