"""Sessions of people and tokens of programs. Both are stored as SHA-256 of a random value of 256 bits, which needs no slower hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, or_, select

from warehouse.accounts import User
from warehouse.audit import record
from warehouse.database import Database
from warehouse.tables_review import ApiTokenRow, SessionRow, UserRow

# A working day at most, and two hours without a request (ASVS 5, V7.3).
SESSION_LIFE = timedelta(hours=12)
IDLE_LIFE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=1)  # a page load need not write
TOKEN_PREFIX = "lineitem_"


@dataclass(frozen=True, slots=True)
class ApiToken:
    id: int
    name: str
    owner: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(database: Database, user: User) -> str:
    """Log in: a new session, whose token is returned and not kept."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with database.write() as session:
        session.execute(delete(SessionRow).where(or_(SessionRow.created_at < now - SESSION_LIFE, SessionRow.seen_at < now - IDLE_LIFE)))
        session.add(SessionRow(token_hash=digest(token), user_id=user.id, created_at=now, seen_at=now))
        row = session.get(UserRow, user.id)
        if row is not None:
            row.last_login_at = now
        record(session, actor=user.name, event="login", subject=user.name)
    return token


def user_of_session(database: Database, token: str) -> User | None:
    """Whose session it is; None when it does not exist, has ended or its account is disabled."""
    now = datetime.now(UTC)
    with database.read() as session:
        found = session.execute(select(SessionRow, UserRow).join(UserRow).where(SessionRow.token_hash == digest(token))).one_or_none()
        if found is None:
            return None
        row, account = found
        if account.disabled or row.created_at < now - SESSION_LIFE or row.seen_at < now - IDLE_LIFE:
            return None
        user = User(
            account.id, account.name, account.role, account.must_change, account.disabled, account.created_at, account.last_login_at
        )
        stale = row.seen_at < now - SEEN_EVERY
    if stale:
        with database.write() as session:
            if kept := session.get(SessionRow, digest(token)):
                kept.seen_at = now
    return user


def close_session(database: Database, token: str, *, actor: str) -> None:
    with database.write() as session:
        session.execute(delete(SessionRow).where(SessionRow.token_hash == digest(token)))
        record(session, actor=actor, event="logout", subject=actor)


def add_token(database: Database, user: User, *, name: str, scopes: Sequence[str], days: int) -> str:
    """A token for programs that act for ``user``. Returned once, stored as a digest."""
    token, now = TOKEN_PREFIX + secrets.token_urlsafe(32), datetime.now(UTC)
    with database.write() as session:
        session.add(
            ApiTokenRow(
                user_id=user.id,
                name=name[:100],
                token_hash=digest(token),
                scopes=list(scopes),
                created_at=now,
                expires_at=now + timedelta(days=days),
                last_used_at=None,
                revoked_at=None,
            )
        )
        record(session, actor=user.name, event="token.add", subject=name[:100], scopes=list(scopes), days=days)
    return token


def user_of_token(database: Database, token: str) -> tuple[User, tuple[str, ...], int] | None:
    """Whose token it is, what it may do and its id; None when it is unknown, revoked, expired or its account is disabled."""
    now = datetime.now(UTC)
    with database.read() as session:
        found = session.execute(select(ApiTokenRow, UserRow).join(UserRow).where(ApiTokenRow.token_hash == digest(token))).one_or_none()
        if found is None:
            return None
        row, account = found
        if account.disabled or account.must_change or row.revoked_at is not None or row.expires_at < now:
            return None
        user = User(account.id, account.name, account.role, False, False, account.created_at, account.last_login_at)
        answer = user, tuple(row.scopes), row.id
        stale = row.last_used_at is None or row.last_used_at < now - SEEN_EVERY
    if stale:
        with database.write() as session:
            if kept := session.get(ApiTokenRow, answer[2]):
                kept.last_used_at = now
    return answer


def list_tokens(database: Database, *, user_id: int | None = None) -> list[ApiToken]:
    """Tokens of one account, or all."""
    query = select(ApiTokenRow, UserRow.name).join(UserRow).order_by(ApiTokenRow.id.desc())
    if user_id is not None:
        query = query.where(ApiTokenRow.user_id == user_id)
    with database.read() as session:
        return [
            ApiToken(row.id, row.name, owner, tuple(row.scopes), row.created_at, row.expires_at, row.last_used_at, row.revoked_at)
            for row, owner in session.execute(query)
        ]


def revoke_token(database: Database, token_id: int, *, actor: User) -> bool:
    """End a token: one's own, or any as admin. False when there is none such."""
    with database.write() as session:
        row = session.get(ApiTokenRow, token_id)
        if row is None or (row.user_id != actor.id and actor.role != "admin"):
            return False
        row.revoked_at = row.revoked_at or datetime.now(UTC)
        record(session, actor=actor.name, event="token.revoke", subject=row.name)
        return True
