"""Opening the database: connection rules, migration at first use, and errors in the words of the person who runs the command."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from schemas.errors import WarehouseError, WarehouseUnavailableError

DEFAULT_URL = "sqlite:///lineitem.db"
BUSY_TIMEOUT_S = 30.0

# Numbers of PostgreSQL advisory locks; arbitrary, but the same in every version of the program.
MIGRATION_LOCK = 728_346_001
FINISH_LOCK = 728_346_002
FALLBACK_LOCK = 728_346_003

# The revision that these tables have. A test compares it with the newest file in migrations/versions,
# so that an up-to-date database is opened without importing Alembic (0.2 s).
SCHEMA_REVISION = "0006"


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. `read` and `write` hand out a session in one transaction; a write transaction commits at its end or not at all."""

    engine: Engine
    url: str  # without password

    @contextmanager
    def read(self) -> Generator[Session]:
        with translated_errors(self.url), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Generator[Session]:
        engine = self.engine.execution_options(write=True)
        with translated_errors(self.url), Session(engine) as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def open_database(url: str = DEFAULT_URL, *, create: bool = True) -> Database:
    """Connect, and bring the tables to this version's schema.

    ``url`` is a SQLAlchemy URL (``sqlite:///lineitem.db``, ``postgresql+psycopg://user@host/name``) or the path of a SQLite file.
    With ``create=False`` a SQLite file that does not exist is an error instead of a new, empty database.
    Raises `WarehouseError` when the database cannot be opened, written, migrated, or is newer than this program.
    """
    parsed = _parsed(url)
    shown = parsed.render_as_string(hide_password=True)
    _check_sqlite_file(parsed, create=create)
    try:
        engine = create_engine(parsed, **_engine_options(parsed))
    except ImportError as exc:
        raise WarehouseError(f"The driver for {shown} is not installed: {exc}. Install it, or use {DEFAULT_URL}.") from exc
    if _is_sqlite(parsed):
        event.listen(engine, "connect", _prepare_sqlite_connection)
        event.listen(engine, "begin", _begin_sqlite_transaction)
    database = Database(engine, shown)
    try:
        with translated_errors(shown):
            _migrate(database)
    except BaseException:
        engine.dispose()
        raise
    return database


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as exc:
        raise WarehouseError(f"Not a database URL: {url!r}. Expected for example {DEFAULT_URL} or postgresql+psycopg://host/name.") from exc
    except ImportError as exc:
        raise WarehouseError(f"The driver for {url.split('://')[0]} databases is not installed: {exc}.") from exc
    return parsed


def _engine_options(url: URL) -> dict[str, Any]:
    """Connections that notice when the server is gone: asked before use, and given up after half a minute without an answer."""
    if _is_sqlite(url):
        return {"connect_args": {"timeout": BUSY_TIMEOUT_S}}
    options: dict[str, Any] = {"pool_pre_ping": True, "max_overflow": -1}
    if url.get_driver_name() in ("psycopg", "psycopg2"):
        options["connect_args"] = {
            "connect_timeout": 10,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 4,
            "tcp_user_timeout": 30_000,
        }
    return options


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _check_sqlite_file(url: URL, *, create: bool) -> None:
    """Say what is wrong with the path before SQLite says only "unable to open database file"."""
    if not _is_sqlite(url) or url.database in (None, "", ":memory:") or str(url.database).startswith("file:"):
        return
    path = Path(str(url.database))
    if path.is_dir():
        raise WarehouseError(f"The database {path} is a folder; expected a file, for example {path / 'lineitem.db'}.")
    if not path.exists():
        if not create:
            raise WarehouseError(f"There is no database {path}. `lineitem run SOURCE --database {path}` creates it.")
        if not path.parent.is_dir():
            raise WarehouseError(f"The database {path} cannot be created: the folder {path.parent} does not exist.")


def _prepare_sqlite_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin in `_begin_sqlite_transaction`, data definition included
    for pragma in (f"busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}", "foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite_transaction(connection: Connection) -> None:
    # A transaction that will write takes the lock at once: upgrading a read lock later fails at once when another run wrote meanwhile.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")


def _migrate(database: Database) -> None:
    if _revision(database) == SCHEMA_REVISION:
        return
    from warehouse.migrations import is_known, upgrade

    with database.engine.execution_options(write=True).begin() as connection:
        one_at_a_time(connection, MIGRATION_LOCK)
        revision = _revision_on(connection)  # again, now that no other run can be migrating
        if revision is not None and not is_known(revision):
            raise WarehouseError(
                f"The database {database.url} has schema {revision}, this program knows {SCHEMA_REVISION}: "
                "it was written by a newer version. Update Lineitem, or use another database."
            )
        if revision != SCHEMA_REVISION:
            upgrade(connection)


def one_at_a_time(connection: Connection, lock: int) -> None:
    """Make other transactions that take the same lock wait for the end of this one. SQLite's write transactions do so by themselves."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return _revision_on(connection)


def _revision_on(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def translated_errors(url: str) -> Generator[None]:
    """Turn the database's own errors into a `WarehouseError` that says what to do. Values it cannot hold stay what they are: defects."""
    try:
        yield
    except (DataError, IntegrityError):
        raise
    except (DBAPIError, PoolTimeoutError) as exc:
        reason = str(getattr(exc, "orig", None) or exc).strip().splitlines()[0]
        kind = WarehouseUnavailableError if _may_pass(exc, reason.lower()) else WarehouseError
        raise kind(f"The database {url} {_advice(reason)} ({reason}).") from exc


def _may_pass(error: Exception, reason: str) -> bool:
    """Whether the same transaction may succeed a little later: locked, restarting, out of reach, out of connections, or a deadlock's victim."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if type(error.orig).__module__.startswith("sqlite3"):
        return any(sign in reason for sign in ("locked", "unable to open", "disk i/o error"))
    # SQLSTATE: 08 connection, 57P shutdown and start-up, 40 serialization and deadlock, 53300 too many connections; none: no answer at all.
    state = getattr(error.orig, "sqlstate", None) or ""
    return not state or state.startswith(("08", "57P", "40")) or state == "53300"


def _advice(reason: str) -> str:
    lowered = reason.lower()
    if "locked" in lowered:
        return f"stayed locked by another program for more than {BUSY_TIMEOUT_S:.0f} s: close it and run again"
    if "readonly" in lowered or "read-only" in lowered or "permission" in lowered:
        return "cannot be written: check the permissions of the file and its folder, or name another with --database"
    if "not a database" in lowered or "malformed" in lowered:
        return "is not a usable SQLite file: name another with --database"
    if "full" in lowered or "no space" in lowered:
        return "cannot be written: the disk is full. Make room and run again; nothing is half-written"
    if "unable to open" in lowered or "connect" in lowered:
        return "cannot be opened: check that it exists and that you may read and write it"
    return "refused the operation"
