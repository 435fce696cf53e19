"""Who works on which document: registration, leases, and taking over from a run that died.

A lease has an owner and an end. It is taken by one UPDATE, so two runs never hold the same document; it is free again when its end
has passed, or at once when its owner was a process of this machine that no longer runs.
"""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Update, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from warehouse.columns import clean
from warehouse.database import Database
from warehouse.tables import FINAL_STATES, DocumentRow, SourceRow, Table


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document as it came in: its content hash and the path it was found under."""

    sha256: str
    name: str
    source: str
    size_bytes: int | None = None
    stored: bool = False  # its bytes are in the document store


@dataclass(frozen=True, slots=True)
class Registered:
    """A document's row. ``state`` as it is now; several arrivals of the same bytes share one ``id``."""

    id: int
    sha256: str
    state: str

    @property
    def done(self) -> bool:
        return self.state in FINAL_STATES


def register(database: Database, arrivals: Sequence[Arrival], *, pipeline_version: str, batch_id: int) -> list[Registered]:
    """Make sure that each arrival has a row (state ``received``) and that its path is remembered. Same order as ``arrivals``."""
    if not arrivals:
        return []
    now = datetime.now(UTC)
    with database.write() as session:
        documents = [
            {
                "sha256": arrival.sha256,
                "pipeline_version": pipeline_version,
                "name": arrival.name,
                "source": arrival.source,
                "state": "received",
                "received_at": now,
                "batch_id": batch_id,
                "size_bytes": arrival.size_bytes,
                "stored_at": now if arrival.stored else None,
            }
            for arrival in arrivals
        ]
        _insert_new(session.connection(), DocumentRow, documents)
        found = select(DocumentRow.sha256, DocumentRow.id, DocumentRow.state).where(
            DocumentRow.pipeline_version == pipeline_version, DocumentRow.sha256.in_({a.sha256 for a in arrivals})
        )
        rows = {sha256: Registered(id, sha256, state) for sha256, id, state in session.execute(found)}
        stored = {arrival.sha256 for arrival in arrivals if arrival.stored}
        earlier = update(DocumentRow).where(DocumentRow.sha256.in_(stored), DocumentRow.stored_at.is_(None)).values(stored_at=now)
        session.execute(earlier.execution_options(synchronize_session=False))
        sources = [
            {"document_id": rows[arrival.sha256].id, "path": clean(arrival.source), "batch_id": batch_id, "seen_at": now}
            for arrival in arrivals
        ]
        _insert_new(session.connection(), SourceRow, sources)
    return [rows[a.sha256] for a in arrivals]


def unfinished(database: Database, *, pipeline_version: str, inside: str) -> list[tuple[Registered, str, str]]:
    """Documents of this version that are not done and whose source has ``inside`` in it, each with its name and source."""
    query = select(DocumentRow.id, DocumentRow.sha256, DocumentRow.state, DocumentRow.name, DocumentRow.source).where(
        DocumentRow.pipeline_version == pipeline_version,
        DocumentRow.state.not_in(FINAL_STATES),
        DocumentRow.source.contains(inside, autoescape=True),
    )
    with database.read() as session:
        return [(Registered(id, sha256, state), name, source) for id, sha256, state, name, source in session.execute(query)]


def _insert_new(connection: Connection, table: type[Table], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert those of ``rows`` whose unique key no row has yet. All in one statement: one by one, their SQL costs more than their storage."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def claim(database: Database, ids: Sequence[int], *, owner: str, lease_s: float) -> set[int]:
    """Lease those of ``ids`` that nobody is working on and that are not done. Returns the ids that are now ``owner``'s."""
    now = datetime.now(UTC)
    dead = dead_owners(database)
    free = or_(
        DocumentRow.state == "received",
        # Its own too: when the connection broke at the commit, the owner does not know that the lease is its own.
        and_(DocumentRow.state == "leased", or_(DocumentRow.lease_until < now, DocumentRow.lease_owner.in_([*dead, owner]))),
    )
    # SQLite has one writer at a time; PostgreSQL skips rows that another run is claiming at this moment.
    candidates = select(DocumentRow.id).where(DocumentRow.id.in_(ids), free).with_for_update(skip_locked=True)
    lease = (
        update(DocumentRow)
        .where(DocumentRow.id.in_(candidates.scalar_subquery()))
        .values(state="leased", lease_owner=owner, lease_until=now + timedelta(seconds=lease_s))
        .returning(DocumentRow.id)
        .execution_options(synchronize_session=False)
    )
    with database.write() as session:
        return set(session.scalars(lease))


def renew(database: Database, ids: Sequence[int], *, owner: str, lease_s: float) -> None:
    """Move the end of ``owner``'s leases to ``lease_s`` seconds from now."""
    until = datetime.now(UTC) + timedelta(seconds=lease_s)
    with database.write() as session:
        session.execute(_held(ids, owner).values(lease_until=until))


def release(database: Database, ids: Sequence[int], *, owner: str) -> None:
    """Give back what ``owner`` did not finish; the next run takes it."""
    with database.write() as session:
        session.execute(_held(ids, owner).values(state="received", lease_owner=None, lease_until=None))


def _held(ids: Sequence[int], owner: str) -> Update:
    held = update(DocumentRow).where(DocumentRow.id.in_(ids), DocumentRow.state == "leased", DocumentRow.lease_owner == owner)
    return held.execution_options(synchronize_session=False)


def states(database: Database, ids: Sequence[int]) -> dict[int, str]:
    """The present state of each of ``ids``."""
    found: dict[int, str] = {}
    with database.read() as session:
        for start in range(0, len(ids), 500):
            query = select(DocumentRow.id, DocumentRow.state).where(DocumentRow.id.in_(ids[start : start + 500]))
            found.update(session.execute(query).all())
    return found


def new_owner() -> str:
    """A name for this run that tells other runs on this machine whether it is still alive: place|pid|start of the process|random."""
    pid = os.getpid()
    return f"{_place()}|{pid}|{_process_start(pid) or 0}|{secrets.token_hex(4)}"


def dead_owners(database: Database) -> list[str]:
    """Owners of leases that were processes of this machine and run no more."""
    with database.read() as session:
        return dead_owners_in(session)


def dead_owners_in(session: Session) -> list[str]:
    """The same inside a transaction of the caller's."""
    owners = session.scalars(select(DocumentRow.lease_owner).where(DocumentRow.lease_owner.is_not(None)).distinct())
    return [owner for owner in owners if owner is not None and is_dead_owner(owner)]


def is_dead_owner(owner: str) -> bool:
    """True when ``owner`` was a process of this machine and runs no more; False also where that cannot be told."""
    parts = owner.rsplit("|", 3)
    if len(parts) != 4 or parts[0] != _place() or not (parts[1].isdigit() and parts[2].isdigit()):
        return False  # another machine, or not ours to judge: its lease ends by itself
    pid, started = int(parts[1]), int(parts[2])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    # A zombie, or the number was given to another process since.
    return bool(started) and _process_start(pid) != started


def _place() -> str:
    """Host and process-id space: the same number in another container is another process."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = "-"
    return f"{platform.node()}:{space}"


def _process_start(pid: int) -> int | None:
    """When the process began, in clock ticks since boot (Linux); None for a zombie and where it cannot be told."""
    try:
        state, *numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if state == "Z" else int(numbers[18])
