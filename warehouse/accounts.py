"""Accounts: who may come in, in which role, and how often a login may fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from schemas.errors import WarehouseError
from warehouse.audit import record
from warehouse.database import Database
from warehouse.tables_review import ROLES, ApiTokenRow, LoginThrottleRow, SessionRow, UserRow

# NIST SP 800-63B allows at most 100 failures in a row; five and then a doubling pause keeps guessing at a few dozen passwords a day.
FREE_FAILURES = 5
FREE_FAILURES_OF_ADDRESS = 20  # an office may share one
ADDRESS_KEY = "from:"
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 3600.0


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    role: str
    must_change: bool
    disabled: bool
    created_at: datetime
    last_login_at: datetime | None


def add_user(database: Database, name: str, *, password_hash: str, role: str, must_change: bool, actor: str) -> User:
    """Make an account. Raises `WarehouseError` when the name is taken."""
    if role not in ROLES:
        raise ValueError(f"role: expected one of {ROLES}, found {role!r}")
    with database.write() as session:
        if session.scalar(select(UserRow.id).where(UserRow.name == name.lower())) is not None:
            raise WarehouseError(f"There is already an account {name.lower()}.")
        row = UserRow(
            name=name.lower(),
            password_hash=password_hash,
            role=role,
            must_change=must_change,
            disabled=False,
            created_at=datetime.now(UTC),
            last_login_at=None,
        )
        session.add(row)
        record(session, actor=actor, event="account.add", subject=row.name, role=role)
        session.flush()
        return _user(row)


def list_users(database: Database) -> list[User]:
    with database.read() as session:
        return [_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]


def has_users(database: Database) -> bool:
    with database.read() as session:
        return session.scalar(select(UserRow.id).limit(1)) is not None


def credentials(database: Database, name: str) -> tuple[User, str] | None:
    """The account of that name and its password's hash, or None."""
    with database.read() as session:
        row = session.scalars(select(UserRow).where(UserRow.name == name.lower()[:64])).one_or_none()
        return (_user(row), row.password_hash) if row else None


def set_password(database: Database, user_id: int, password_hash: str, *, must_change: bool, actor: str) -> None:
    """Replace a password. Every session of the account ends; whoever changed their own logs in again."""
    with database.write() as session:
        row = _row(session.get(UserRow, user_id))
        row.password_hash, row.must_change = password_hash, must_change
        session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
        record(session, actor=actor, event="account.password", subject=row.name, one_time=must_change)


def renew_hash(database: Database, user_id: int, password_hash: str) -> None:
    """Store the same password under newer parameters."""
    with database.write() as session:
        _row(session.get(UserRow, user_id)).password_hash = password_hash


def change_user(database: Database, user_id: int, *, role: str, disabled: bool, actor: str) -> None:
    """Set role and access; a disabled account loses its sessions and tokens at once. Raises `WarehouseError` for the last admin."""
    if role not in ROLES:
        raise ValueError(f"role: expected one of {ROLES}, found {role!r}")
    with database.write() as session:
        row = _row(session.get(UserRow, user_id))
        others = select(func.count()).where(UserRow.role == "admin", ~UserRow.disabled, UserRow.id != user_id)
        if row.role == "admin" and (role != "admin" or disabled) and not session.scalar(others):
            raise WarehouseError(f"{row.name} is the only admin left: give another account that role first.")
        row.role, row.disabled = role, disabled
        if disabled:
            session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
            for token in session.scalars(select(ApiTokenRow).where(ApiTokenRow.user_id == user_id, ApiTokenRow.revoked_at.is_(None))):
                token.revoked_at = datetime.now(UTC)
        record(session, actor=actor, event="account.change", subject=row.name, role=role, disabled=disabled)


def blocked_for_s(database: Database, keys: Sequence[str]) -> float:
    """Seconds until a login under any of these keys may be tried; 0 = now."""
    query = select(func.max(LoginThrottleRow.blocked_until)).where(LoginThrottleRow.key.in_(keys))
    with database.read() as session:
        until = session.scalar(query)
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until else 0.0


def count_failure(database: Database, keys: Sequence[str], *, actor: str) -> None:
    """Remember a failed login; from the fifth on each doubles the pause before the next."""
    now = datetime.now(UTC)
    with database.write() as session:
        for key in keys:
            row = session.get(LoginThrottleRow, key)
            if row is None:
                row = LoginThrottleRow(key=key, failures=0, last_failure_at=now, blocked_until=None)
                session.add(row)
            elif now - row.last_failure_at > timedelta(days=1):
                row.failures = 0
            row.failures += 1
            row.last_failure_at = now
            free = FREE_FAILURES_OF_ADDRESS if key.startswith(ADDRESS_KEY) else FREE_FAILURES
            if row.failures >= free:
                pause_s = min(FIRST_PAUSE_S * 2 ** min(row.failures - free, 20), LONGEST_PAUSE_S)
                row.blocked_until = now + timedelta(seconds=pause_s)
        record(session, actor=actor, event="login.refused", subject=keys[0])


def forget_failures(database: Database, keys: Sequence[str]) -> None:
    with database.write() as session:
        session.execute(delete(LoginThrottleRow).where(LoginThrottleRow.key.in_(keys)))


def _row(row: UserRow | None) -> UserRow:
    if row is None:
        raise WarehouseError("There is no such account any more.")
    return row


def _user(row: UserRow) -> User:
    return User(row.id, row.name, row.role, row.must_change, row.disabled, row.created_at, row.last_login_at)
