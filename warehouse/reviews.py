"""What people do with documents: leases, stored actions with every changed value, and undo.

A document's version is the id of its newest decision: every action and every reprocessing adds one, so whoever saw an older version is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from schemas.errors import ReviewConflictError
from schemas.invoice import Invoice, Status
from schemas.rules_types import RuleContext
from warehouse.audit import record
from warehouse.database import FINISH_LOCK, Database, one_at_a_time
from warehouse.documents import Decision, Judgement, load_in, replace_result
from warehouse.history import known_before
from warehouse.reprocess_requests import request_reprocessing
from warehouse.selections import Selection
from warehouse.tables import FINAL_STATES, DecisionRow, DocumentRow
from warehouse.tables_review import CorrectionRow, ReviewLeaseRow, ReviewRow
from warehouse.versions import keep_version

LEASE = timedelta(minutes=5)  # renewed every minute by an open page


@dataclass(frozen=True, slots=True)
class Correction:
    """One value a person changed. ``field`` is a path such as ``line_items.2.quantity``; values as in the JSON."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """What a person does: ``name`` is approve, correct, reject or reprocess. ``seconds`` from opening the page to acting, where it is known."""

    name: str
    reviewer: str
    corrections: tuple[Correction, ...] = ()
    critical_changed: bool = False
    reason: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A stored action."""

    id: int
    document_id: int
    at: datetime
    reviewer: str
    action: str
    reason: str | None
    before_status: str
    after_status: str
    seconds: float | None
    undone: bool
    corrections: tuple[Correction, ...]


def lease(database: Database, document_id: int, *, reviewer: str) -> str | None:
    """Take or renew the right to change a document. Returns the name of whoever else holds it, None when it is ``reviewer``'s now."""
    now = datetime.now(UTC)
    with database.write() as session:
        row = session.get(ReviewLeaseRow, document_id, with_for_update=True)
        if row is not None and row.until > now and row.reviewer != reviewer:
            return row.reviewer
        if row is None:
            row = ReviewLeaseRow(document_id=document_id, reviewer=reviewer, until=now + LEASE)
            session.add(row)
        row.reviewer, row.until = reviewer, now + LEASE
    return None


def release_lease(database: Database, document_id: int, *, reviewer: str) -> None:
    mine = delete(ReviewLeaseRow).where(ReviewLeaseRow.document_id == document_id, ReviewLeaseRow.reviewer == reviewer)
    with database.write() as session:
        session.execute(mine)


def version_of(database: Database, document_id: int) -> int:
    """The document's version; 0 for one that is not finished."""
    with database.read() as session:
        return _version(session, document_id)


def history_of(database: Database, invoice: Invoice, *, today: date) -> RuleContext:
    """What is on record that could contradict ``invoice``, for checking it while it is edited."""
    with database.read() as session:
        return known_before(session, invoice, today=today)


def store_action(
    database: Database,
    document_id: int,
    invoice: Invoice,
    *,
    version: int,
    action: Action,
    today: date,
    judge: Callable[[Invoice, RuleContext], Judgement],
) -> int:
    """Store what a person made of a document, with every changed value, in one transaction. Returns the new version.

    ``judge`` sees what is on record at this moment and returns the invoice as it shall be stored; what it raises leaves everything as it was.
    Raises `ReviewConflictError` when the document is not at ``version`` any more or somebody else holds its lease.
    """
    with database.write() as session:
        document = _held(session, document_id, version=version, reviewer=action.reviewer)
        one_at_a_time(session.connection(), FINISH_LOCK)
        before = load_in(session, [document_id])[0]
        judgement = judge(invoice, known_before(session, invoice, today=today))
        before_status = document.state
        keep_version(session, document_id, reason=f"{action.reviewer}: {action.name}")
        replace_result(session, document, judgement)
        session.flush()
        after = _version(session, document_id)
        status = judgement.invoice.status.value
        row = _review_row(document_id, action, before, before_status=before_status, after_status=status, decision_id=after)
        session.add(row)
        session.flush()
        session.add_all(_correction_rows(row, action.corrections))
        record(
            session,
            actor=action.reviewer,
            event=f"document.{action.name}",
            subject=f"document {document_id}",
            status=status,
            changed=[correction.field for correction in action.corrections],
            reason=action.reason,
        )
        if action.name != "correct":
            session.execute(delete(ReviewLeaseRow).where(ReviewLeaseRow.document_id == document_id))
        return after


def send_back(database: Database, document_id: int, *, route: str | None, version: int, reviewer: str) -> int:
    """Ask for the document to be processed again, on ``route`` or as the strategy chooses; until then it is off the queue. Returns the request's id.

    Raises `ReviewConflictError` like every action.
    """
    with database.write() as session:
        document = _held(session, document_id, version=version, reviewer=reviewer)
        invoice = load_in(session, [document_id])[0]
        request_id = request_reprocessing(session, Selection(ids=(document_id,)), requested_by=f"user:{reviewer}", route=route)
        action = Action("reprocess", reviewer, reason=route)
        session.add(
            _review_row(document_id, action, invoice, before_status=document.state, after_status=document.state, decision_id=version)
        )
        session.execute(delete(ReviewLeaseRow).where(ReviewLeaseRow.document_id == document_id))
        record(session, actor=reviewer, event="document.reprocess", subject=f"document {document_id}", route=route, request=request_id)
        return request_id


def undo(database: Database, document_id: int, *, reviewer: str) -> int:
    """Take back ``reviewer``'s last action on a document. Returns the new version.

    Raises `ReviewConflictError` when nothing of theirs is the last thing that happened to it.
    """
    with database.write() as session:
        last = session.scalars(
            select(ReviewRow).where(ReviewRow.document_id == document_id, ~ReviewRow.undone).order_by(ReviewRow.id.desc()).limit(1)
        ).one_or_none()
        if last is None or last.reviewer != reviewer or last.decision_id != _version(session, document_id):
            raise ReviewConflictError(
                "There is nothing of yours to undo here: the document was not changed by you, or was changed again since."
            )
        document = _held(session, document_id, version=last.decision_id, reviewer=reviewer)
        if last.action == "reprocess":
            raise ReviewConflictError("Processing again was asked for and cannot be taken back.")
        now = load_in(session, [document_id])[0]
        invoice = Invoice.from_json(last.before).replace(status=Status(last.before_status), confidence=last.confidence)
        decision = Decision("person", (f"{reviewer} took back: {last.action}.",), "", "", decided_by=f"user:{reviewer}")
        one_at_a_time(session.connection(), FINISH_LOCK)  # like every change of results: sums are locked in one order
        keep_version(session, document_id, reason=f"{reviewer} took back: {last.action}")
        replace_result(session, document, Judgement(invoice, decision))
        last.undone = True
        record(
            session, actor=reviewer, event="document.undo", subject=f"document {document_id}", action=last.action, status=now.status.value
        )
        session.flush()
        return _version(session, document_id)


def last_action_of(database: Database, reviewer: str) -> Review | None:
    """The newest action of a person that was not taken back."""
    mine = (ReviewRow.reviewer == reviewer, ReviewRow.action != "reprocess", ~ReviewRow.undone)
    query = select(ReviewRow).where(*mine).order_by(ReviewRow.id.desc()).limit(1)
    with database.read() as session:
        row = session.scalars(query).one_or_none()
        return _review(row, ()) if row else None


def reviews_of(database: Database, document_id: int) -> list[Review]:
    """Everything that people did with a document, oldest first."""
    with database.read() as session:
        rows = list(session.scalars(select(ReviewRow).where(ReviewRow.document_id == document_id).order_by(ReviewRow.id)))
        changed: dict[int, list[Correction]] = {}
        for row in session.scalars(select(CorrectionRow).where(CorrectionRow.document_id == document_id).order_by(CorrectionRow.id)):
            changed.setdefault(row.review_id, []).append(Correction(row.field, row.before, row.after))
        return [_review(row, changed.get(row.id, ())) for row in rows]


def _held(session: Session, document_id: int, *, version: int, reviewer: str) -> DocumentRow:
    """The document's row, locked, if it is at ``version`` and nobody else is at work on it."""
    document = session.scalars(select(DocumentRow).where(DocumentRow.id == document_id).with_for_update()).one_or_none()
    if document is None or document.state not in FINAL_STATES:
        raise ReviewConflictError(f"Document {document_id} is not there, or is being processed at this moment. Load the page again.")
    if _version(session, document_id) != version:
        last = session.scalars(
            select(DecisionRow).where(DecisionRow.document_id == document_id).order_by(DecisionRow.id.desc()).limit(1)
        ).one()
        who = last.decided_by.removeprefix("user:")
        raise ReviewConflictError(
            f"{who} changed this document at {last.decided_at.astimezone():%H:%M}, after you opened it. Nothing of yours was stored: "
            "load the page again to see it as it is now."
        )
    holder = session.get(ReviewLeaseRow, document_id)
    if holder is not None and holder.reviewer != reviewer and holder.until > datetime.now(UTC):
        raise ReviewConflictError(f"{holder.reviewer} is reviewing this document at this moment. Take the next one.")
    return document


def _version(session: Session, document_id: int) -> int:
    return session.scalar(select(func.max(DecisionRow.id)).where(DecisionRow.document_id == document_id)) or 0


def _review_row(document_id: int, action: Action, before: Invoice, *, before_status: str, after_status: str, decision_id: int) -> ReviewRow:
    return ReviewRow(
        document_id=document_id,
        at=datetime.now(UTC),
        reviewer=action.reviewer,
        action=action.name,
        reason=action.reason,
        before=before.to_json(),
        before_status=before_status,
        after_status=after_status,
        confidence=before.confidence,
        critical_changed=action.critical_changed,
        decision_id=decision_id,
        seconds=action.seconds,
        undone=False,
    )


def _correction_rows(review: ReviewRow, corrections: Sequence[Correction]) -> list[CorrectionRow]:
    return [
        CorrectionRow(
            review_id=review.id,
            document_id=review.document_id,
            at=review.at,
            reviewer=review.reviewer,
            field=correction.field,
            before=correction.before,
            after=correction.after,
        )
        for correction in corrections
    ]


def _review(row: ReviewRow, corrections: Sequence[Correction]) -> Review:
    return Review(
        row.id,
        row.document_id,
        row.at,
        row.reviewer,
        row.action,
        row.reason,
        row.before_status,
        row.after_status,
        row.seconds,
        row.undone,
        tuple(corrections),
    )
