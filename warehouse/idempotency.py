"""Requests with a key: sent twice, done once, answered alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from warehouse.database import Database
from warehouse.tables_review import IdempotencyKeyRow

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of a key: ``status`` None = that request is at work; ``same`` = it was the same request."""

    same: bool
    status: int | None
    answer: Mapping[str, Any] | None


def begin_request(database: Database, key_hash: str, request_hash: str) -> Earlier | None:
    """Take a key for a request. None: it is new, do the work; else what is known of it."""
    now = datetime.now(UTC)
    try:
        with database.write() as session:
            session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.created_at < now - KEPT_FOR))
            row = session.get(IdempotencyKeyRow, key_hash)
            if row is None:
                session.add(IdempotencyKeyRow(key_hash=key_hash, request_hash=request_hash, created_at=now, status=None, answer=None))
                session.flush()
                return None
            return Earlier(row.request_hash == request_hash, row.status, row.answer)
    except IntegrityError:  # another request took the key at the same moment
        return Earlier(True, None, None)


def end_request(database: Database, key_hash: str, *, status: int, answer: Mapping[str, Any]) -> None:
    with database.write() as session:
        row = session.get(IdempotencyKeyRow, key_hash)
        if row is not None:
            row.status, row.answer = status, dict(answer)


def drop_request(database: Database, key_hash: str) -> None:
    """The request failed in a way that may pass: the key is free for another try."""
    with database.write() as session:
        session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.key_hash == key_hash))
