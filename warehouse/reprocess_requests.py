"""Requests to process documents again: written by the dashboard or the command line, taken by the reprocessing flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from schemas.errors import ConfigurationError, WarehouseError
from schemas.invoice import Route
from warehouse.database import Database
from warehouse.leases import is_dead_owner
from warehouse.selections import Selection
from warehouse.tables import DecisionRow
from warehouse.tables_operation import ReprocessRequestRow
from warehouse.tables_review import ReviewRow

REQUESTS_SEARCHED = 200

# The ways that can be asked for; a person's edit is no way of processing.
ROUTES: tuple[str, ...] = (Route.EINVOICE_XML.value, Route.TASK_MODEL.value, Route.FOUNDATION_MODEL.value)


@dataclass(frozen=True, slots=True)
class ReprocessRequest:
    """``state`` is waiting, running, done or failed. ``route`` None lets the strategy choose. ``outcome`` counts, once done, what changed."""

    id: int
    requested_by: str
    requested_at: datetime
    selection: Selection
    route: str | None
    replace_corrections: bool
    state: str
    started_at: datetime | None
    finished_at: datetime | None
    batch_id: int | None
    outcome: Mapping[str, Any]


def request_reprocessing(
    session: Session, selection: Selection, *, requested_by: str, route: str | None = None, replace_corrections: bool = False
) -> int:
    """Leave a request in the caller's transaction (with its audit entry, say); the reprocessing flow takes it up. Returns its id.

    Raises `ConfigurationError` for a selection without condition or an unknown route.
    """
    if selection.is_empty:
        raise ConfigurationError("Nothing is selected for reprocessing: name ids, flagged, a rule, a seller or a model version.")
    if route is not None and route not in ROUTES:
        raise ConfigurationError(f"Unknown route {route!r}: expected one of {', '.join(ROUTES)}.")
    row = ReprocessRequestRow(
        requested_by=requested_by,
        requested_at=datetime.now(UTC),
        selection=selection.to_json(),
        route=route,
        replace_corrections=replace_corrections,
        state="waiting",
        outcome={},
    )
    session.add(row)
    session.flush()
    return row.id


def take_request(database: Database, *, owner: str, lease_s: float, request_id: int | None = None) -> ReprocessRequest | None:
    """The oldest request that waits, or ``request_id``, now running and ``owner``'s; None when there is none.

    A request whose owner died, or fell silent for ``lease_s`` seconds, counts as waiting: what it had finished is not lost, and processing
    the rest again does no harm.
    """
    now = datetime.now(UTC)
    with database.write() as session:
        running = session.scalars(select(ReprocessRequestRow.owner).where(ReprocessRequestRow.state == "running").distinct())
        dead = [name for name in running if name is not None and is_dead_owner(name)]
        left = or_(ReprocessRequestRow.owned_until < now, ReprocessRequestRow.owner.in_(dead))
        free = or_(ReprocessRequestRow.state == "waiting", and_(ReprocessRequestRow.state == "running", left))
        query = select(ReprocessRequestRow).where(free).order_by(ReprocessRequestRow.id).limit(1).with_for_update(skip_locked=True)
        if request_id is not None:
            query = query.where(ReprocessRequestRow.id == request_id)
        row = session.scalars(query).one_or_none()
        if row is None:
            return None
        row.state, row.owner, row.owned_until = "running", owner, now + timedelta(seconds=lease_s)
        row.started_at = now
        session.flush()
        return _request(row)


def keep_request(database: Database, request_id: int, *, owner: str, lease_s: float) -> None:
    """Move the end of ``owner``'s hold on a running request to ``lease_s`` seconds from now."""
    with database.write() as session:
        row = session.get(ReprocessRequestRow, request_id)
        if row is not None and row.owner == owner and row.state == "running":
            row.owned_until = datetime.now(UTC) + timedelta(seconds=lease_s)


def end_request(database: Database, request_id: int, *, state: str, outcome: Mapping[str, Any], batch_id: int | None = None) -> None:
    """Record how a request ended: ``state`` done or failed, and in ``outcome`` what came of it.

    Documents that a reviewer sent and that were not decided anew are back in the queue.
    """
    with database.write() as session:
        row = session.get(ReprocessRequestRow, request_id)
        if row is None:
            raise WarehouseError(f"Reprocess request {request_id} is not in {database.url}.")
        row.state, row.outcome, row.batch_id = state, dict(outcome), batch_id
        row.finished_at, row.owner, row.owned_until = datetime.now(UTC), None, None
        # What was not decided anew, because it could not be read or the request failed, waits for a person as before.
        newest = select(func.max(DecisionRow.id)).where(DecisionRow.document_id == ReviewRow.document_id).scalar_subquery()
        left = (
            ReviewRow.action == "reprocess",
            ReviewRow.document_id.in_(Selection.from_json(row.selection).ids),
            ReviewRow.decision_id == newest,
        )
        session.execute(update(ReviewRow).where(*left).values(undone=True), execution_options={"synchronize_session": False})


def newest_request_for(database: Database, document_id: int) -> ReprocessRequest | None:
    """The newest of the last `REQUESTS_SEARCHED` requests that names the document by its id."""
    return next((each for each in list_requests(database, limit=REQUESTS_SEARCHED) if document_id in each.selection.ids), None)


def list_requests(database: Database, *, limit: int = 50) -> list[ReprocessRequest]:
    """The newest requests first."""
    with database.read() as session:
        query = select(ReprocessRequestRow).order_by(ReprocessRequestRow.id.desc()).limit(limit)
        return [_request(row) for row in session.scalars(query)]


def _request(row: ReprocessRequestRow) -> ReprocessRequest:
    return ReprocessRequest(
        row.id,
        row.requested_by,
        row.requested_at,
        Selection.from_json(row.selection),
        row.route,
        row.replace_corrections,
        row.state,
        row.started_at,
        row.finished_at,
        row.batch_id,
        row.outcome,
    )
