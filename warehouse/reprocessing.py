"""A finished document gets another result: leased while its present one stays readable, replaced in one transaction that keeps the old one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from schemas.corrected_values import corrected_fields, is_set_by_person, with_corrections
from schemas.invoice import Invoice
from schemas.rules_types import RuleContext
from warehouse.database import FINISH_LOCK, Database, one_at_a_time
from warehouse.documents import Judgement, load_in, replace_result
from warehouse.history import known_before
from warehouse.leases import dead_owners_in
from warehouse.tables import FINAL_STATES, DecisionRow, DocumentRow
from warehouse.tables_review import CorrectionRow, ReviewRow
from warehouse.versions import keep_version

Rejudge = Callable[["Standing", Invoice, RuleContext], Judgement]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a document has before it is replaced: its result, the paths that a person corrected, and who decided last."""

    invoice: Invoice
    corrected: frozenset[str]
    decided_by: str

    @property
    def decided_by_person(self) -> bool:
        return is_set_by_person(self.decided_by)


@dataclass(frozen=True, slots=True)
class Replacement:
    """What became of one document. ``version`` is the number under which the earlier result is kept; None where it stays as it is."""

    before: Standing
    after: Invoice
    version: int | None


def claim_again(database: Database, ids: Sequence[int], *, owner: str, lease_s: float) -> set[int]:
    """Lease those of the finished ``ids`` that nobody else is processing again. Their state and results stay as they are."""
    now = datetime.now(UTC)
    with database.write() as session:
        dead = dead_owners_in(session)
        free = or_(DocumentRow.lease_owner.is_(None), DocumentRow.lease_until < now, DocumentRow.lease_owner.in_([*dead, owner]))
        candidates = select(DocumentRow.id).where(DocumentRow.id.in_(ids), DocumentRow.state.in_(FINAL_STATES), free)
        lease = (
            update(DocumentRow)
            .where(DocumentRow.id.in_(candidates.with_for_update(skip_locked=True).scalar_subquery()))
            .values(lease_owner=owner, lease_until=now + timedelta(seconds=lease_s))
            .returning(DocumentRow.id)
            .execution_options(synchronize_session=False)
        )
        return set(session.scalars(lease))


def let_go(database: Database, ids: Collection[int], *, owner: str, until: datetime | None = None) -> None:
    """End ``owner``'s leases on finished documents; with ``until``, move their end there instead."""
    values = {"lease_until": until} if until is not None else {"lease_owner": None, "lease_until": None}
    held = update(DocumentRow).where(DocumentRow.id.in_(ids), DocumentRow.state.in_(FINAL_STATES), DocumentRow.lease_owner == owner)
    with database.write() as session:
        session.execute(held.values(**values).execution_options(synchronize_session=False))


def finish_again(
    database: Database,
    document_id: int,
    fresh: Invoice,
    *,
    owner: str,
    pipeline_version: str,
    reason: str,
    replace_corrections: bool,
    today: date,
    judge: Rejudge,
) -> Replacement | None:
    """Keep the present result as a version and put ``fresh`` in its place, with what people corrected: all of it or nothing.

    A result that is the same under the same pipeline version stays as it is. Returns None, and writes nothing, when ``owner`` does not hold
    the lease any more.
    """
    with database.write() as session:
        document = session.get(DocumentRow, document_id, with_for_update=True)
        if document is None or document.lease_owner != owner or document.state not in FINAL_STATES:
            return None
        one_at_a_time(session.connection(), FINISH_LOCK)
        standing, judgement = _judged(session, document_id, fresh, replace_corrections=replace_corrections, today=today, judge=judge)
        version = None
        same = judgement.invoice.to_json() == standing.invoice.to_json()
        if not (same and document.pipeline_version == pipeline_version):
            version = keep_version(session, document_id, reason=reason)
            replace_result(session, document, judgement)
            if not _is_taken(session, document, pipeline_version):
                document.pipeline_version = pipeline_version
        document.lease_owner = document.lease_until = None
        return Replacement(standing, judgement.invoice, version)


def try_again(
    database: Database, document_id: int, fresh: Invoice, *, replace_corrections: bool, today: date, judge: Rejudge
) -> Replacement:
    """What `finish_again` would do, without doing it."""
    with database.read() as session:
        standing, judgement = _judged(session, document_id, fresh, replace_corrections=replace_corrections, today=today, judge=judge)
        return Replacement(standing, judgement.invoice, None)


def _judged(
    session: Session, document_id: int, fresh: Invoice, *, replace_corrections: bool, today: date, judge: Rejudge
) -> tuple[Standing, Judgement]:
    standing = _standing(session, document_id)
    if replace_corrections:
        standing = Standing(standing.invoice, frozenset(), "")
    merged = with_corrections(fresh, stored=standing.invoice, corrected=standing.corrected)
    return standing, judge(standing, merged, known_before(session, merged, today=today))


def _standing(session: Session, document_id: int) -> Standing:
    invoice = load_in(session, [document_id])[0]
    decided = select(DecisionRow.decided_by).where(DecisionRow.document_id == document_id).order_by(DecisionRow.id.desc()).limit(1)
    return Standing(invoice, corrected_fields(invoice) | _corrections(session, document_id), session.scalar(decided) or "")


def _corrections(session: Session, document_id: int) -> frozenset[str]:
    """Paths that a person corrected and did not take back; values that were typed in without a place on the page have no evidence."""
    query = (
        select(CorrectionRow.field)
        .join(ReviewRow, ReviewRow.id == CorrectionRow.review_id)
        .where(CorrectionRow.document_id == document_id, ~ReviewRow.undone)
    )
    return frozenset(session.scalars(query))


def _is_taken(session: Session, document: DocumentRow, pipeline_version: str) -> bool:
    """Whether another row has these bytes under that version already."""
    same = select(DocumentRow.id).where(DocumentRow.sha256 == document.sha256, DocumentRow.pipeline_version == pipeline_version)
    return session.scalar(same.where(DocumentRow.id != document.id)) is not None
