"""The money of the foundation model: reserve before a call, settle after it, and never exceed a budget, whoever asks at the same time or dies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from schemas.fallback_calls import Budgets, Call, Settlement, over_budget
from warehouse.database import FALLBACK_LOCK, Database, one_at_a_time
from warehouse.tables_fallback import FallbackAnswerRow, FallbackCallRow, FallbackOutcomeRow

NANO = Decimal(1_000_000_000)


def reserve(database: Database, call: Call, cost_usd: Decimal, *, batch_id: int | None, budgets: Budgets) -> int:
    """Set ``cost_usd`` aside for one call and return the call's id.

    Everything that is settled or reserved counts; the check and the reservation are one transaction that no other one overlaps.
    Raises `BudgetError` when document, batch or day (UTC) would exceed their limit.
    """
    now = datetime.now(UTC)
    with database.write() as session:
        one_at_a_time(session.connection(), FALLBACK_LOCK)
        for name, limit, used in _used(session, call, batch_id, budgets, now):
            if limit is not None and used + cost_usd > limit:
                raise over_budget(name, limit=limit, used=used, cost=cost_usd)
        row = _row(call, batch_id, now)
        row.reserved_nano_usd = _nano(cost_usd)
        session.add(row)
        session.flush()
        return row.id


def settle(database: Database, call_id: int, end: Settlement, *, answer: tuple[str, str, int, int] | None) -> None:
    """Record how call ``call_id`` ended. ``answer`` = (question, text, input tokens, output tokens) is kept for the next time."""
    now = datetime.now(UTC)
    with database.write() as session:
        row = session.get_one(FallbackCallRow, call_id)
        row.outcome, row.settled_at, row.cost_nano_usd = end.outcome, now, _nano(end.cost)
        row.seconds, row.input_tokens, row.output_tokens, row.detail = end.seconds, end.input_tokens, end.output_tokens, end.detail
        if answer is not None and session.get(FallbackAnswerRow, answer[0]) is None:
            question, text, input_tokens, output_tokens = answer
            session.add(
                FallbackAnswerRow(question=question, text=text, input_tokens=input_tokens, output_tokens=output_tokens, answered_at=now)
            )


def cached_answer(database: Database, call: Call, *, batch_id: int | None) -> tuple[str, int, int] | None:
    """(text, input tokens, output tokens) of the answer to the same question, if there is one; its use is recorded as a call without cost."""
    with database.read() as session:
        answer = session.get(FallbackAnswerRow, call.question)
        if answer is None:
            return None
        found = answer.text, answer.input_tokens, answer.output_tokens
    now = datetime.now(UTC)
    with database.write() as session:
        row = _row(call, batch_id, now)
        row.reserved_nano_usd = row.cost_nano_usd = 0
        row.outcome, row.settled_at, row.seconds = "cached", now, 0.0
        session.add(row)
    return found


def budget_left(database: Database, call: Call, *, batch_id: int | None, budgets: Budgets) -> Decimal | None:
    """USD that a call for this document may cost at most now; None = no limit."""
    with database.read() as session:
        left = [limit - used for _, limit, used in _used(session, call, batch_id, budgets, datetime.now(UTC)) if limit is not None]
    return max(min(left), Decimal(0)) if left else None


def outcomes(database: Database, endpoint: str) -> dict[str, tuple[int, int]]:
    """(asked, differed) by kind of value, as recorded of an endpoint."""
    with database.read() as session:
        rows = session.scalars(select(FallbackOutcomeRow).where(FallbackOutcomeRow.endpoint == endpoint[:200]))
        return {row.kind: (row.asked, row.differed) for row in rows}


def add_outcomes(database: Database, endpoint: str, found: Mapping[str, tuple[int, int]]) -> None:
    """Add (asked, differed) to what is recorded of an endpoint."""
    with database.write() as session:
        one_at_a_time(session.connection(), FALLBACK_LOCK)
        for kind, (asked, differed) in found.items():
            row = session.get(FallbackOutcomeRow, (endpoint[:200], kind))
            if row is None:
                session.add(FallbackOutcomeRow(endpoint=endpoint[:200], kind=kind, asked=asked, differed=differed))
            else:
                row.asked, row.differed = row.asked + asked, row.differed + differed


def calls_for(database: Database, sha256: str) -> list[FallbackCallRow]:
    """The calls that were made for a document, oldest first."""
    with database.read() as session:
        return list(session.scalars(select(FallbackCallRow).where(FallbackCallRow.sha256 == sha256).order_by(FallbackCallRow.id)))


def spent_usd(database: Database, *, batch_id: int | None = None) -> Decimal:
    """USD that are spent or reserved, of one batch or of all."""
    with database.read() as session:
        return usd_where(session, FallbackCallRow.batch_id == batch_id if batch_id is not None else FallbackCallRow.id > 0)


def calls_by_outcome(database: Database, *, batch_id: int) -> dict[str, int]:
    """How many calls a batch made, by how they ended."""
    query = select(FallbackCallRow.outcome, func.count()).where(FallbackCallRow.batch_id == batch_id).group_by(FallbackCallRow.outcome)
    with database.read() as session:
        return {outcome: int(count) for outcome, count in session.execute(query)}


def cost_between(database: Database, since: date, until: date) -> Decimal | None:
    """USD that are spent or reserved on the days (UTC) from ``since`` to ``until``, both included; None where no call was made."""
    in_period = FallbackCallRow.day.between(since, until)
    with database.read() as session:
        if not session.scalar(select(func.count()).select_from(FallbackCallRow).where(in_period)):
            return None
        return usd_where(session, in_period)


def usd_where(session: Session, where: ColumnElement[bool]) -> Decimal:
    """USD of the calls that fit ``where``: what they cost, or, as long as they are open, what is reserved for them."""
    counted = func.coalesce(FallbackCallRow.cost_nano_usd, FallbackCallRow.reserved_nano_usd)
    return Decimal(int(session.scalar(select(func.coalesce(func.sum(counted), 0)).where(where)) or 0)) / NANO


def _used(session: Session, call: Call, batch_id: int | None, budgets: Budgets, now: datetime) -> list[tuple[str, Decimal | None, Decimal]]:
    scopes: tuple[tuple[str, Decimal | None, ColumnElement[bool]], ...] = (
        ("document", budgets.document, FallbackCallRow.sha256 == call.sha256),
        ("batch", budgets.batch, FallbackCallRow.batch_id == batch_id),
        ("day", budgets.day, FallbackCallRow.day == now.date()),
    )
    return [(name, limit, usd_where(session, where)) for name, limit, where in scopes if limit is not None]


def _row(call: Call, batch_id: int | None, now: datetime) -> FallbackCallRow:
    """The fields of a call are columns of its row, by the same names."""
    return FallbackCallRow(
        batch_id=batch_id, day=now.date(), asked_at=now, outcome="open", detail="", **{f.name: getattr(call, f.name) for f in fields(call)}
    )


def _nano(usd: Decimal) -> int:
    return int((usd * NANO).to_integral_value(ROUND_CEILING))
