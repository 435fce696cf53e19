"""What each page shows: queries in, the templates' values out."""

from __future__ import annotations

from typing import Any

from schemas.invoice import HEADER_FIELDS
from warehouse.batches import list_batches
from warehouse.database import Database
from warehouse.documents import decisions, load, sources
from warehouse.queries import DocumentSummary, count_by_status, list_documents

DOCUMENTS_PER_PAGE = 50
LAST_PAGE = 200  # beyond 10,000 documents a list is no way to find one
STATES = ("accepted", "review", "rejected", "leased", "received")
ALWAYS_SHOWN = ("accepted", "review", "rejected")
FINISHED = frozenset(ALWAYS_SHOWN)
FLAGGED = FINISHED - {"accepted"}


def start_page(database: Database, *, status: str, page: str) -> dict[str, Any]:
    """Counts by status and one page of documents, newest first. A ``status`` or ``page`` that makes no sense is taken as not given."""
    chosen = status if status in STATES else None
    number = min(int(page), LAST_PAGE) if page.isascii() and page.isdecimal() and len(page) < 6 and int(page) else 1
    counted = count_by_status(database)
    found = list_documents(database, status=chosen, limit=number * DOCUMENTS_PER_PAGE + 1)
    shown = found[(number - 1) * DOCUMENTS_PER_PAGE : number * DOCUMENTS_PER_PAGE]
    return {
        "counts": {state: counted.get(state, 0) for state in STATES if state in ALWAYS_SHOWN or counted.get(state)},
        "documents": [(document, _reasons(database, document)) for document in shown],
        "earlier": len(found) > number * DOCUMENTS_PER_PAGE and number < LAST_PAGE,
        "page": number,
        "status": chosen,
        "batch": next(iter(list_batches(database, limit=1)), None),
    }


def _reasons(database: Database, document: DocumentSummary) -> tuple[str, ...]:
    """Why a person should look: what the last decision says, which knows of more than broken rules. Nothing for accepted documents."""
    if document.state not in FLAGGED:
        return ()
    made = decisions(database, document.id)
    return made[-1][2].reasons if made else document.reasons


def document_page(database: Database, document_id: str) -> dict[str, Any] | None:
    """One finished document with everything known of it, or None when there is none of that id."""
    if not (document_id.isascii() and document_id.isdecimal() and len(document_id) <= 9):
        return None
    row = int(document_id)
    found = list_documents(database, ids=[row])
    if not found or found[0].state not in FINISHED:
        return None
    invoice = load(database, row)
    return {
        "invoice": invoice,
        "header": [(name, getattr(invoice.header, name)) for name in HEADER_FIELDS],
        "sources": sources(database, row),
        "decisions": decisions(database, row),
    }
