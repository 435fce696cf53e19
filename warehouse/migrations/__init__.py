"""Schema migrations (Alembic), shipped with the package and applied when a database is opened.

A new migration: change `warehouse.tables`, add ``versions/NNNN_what.py`` with `upgrade`, raise `warehouse.database.SCHEMA_REVISION`.
A test compares the migrated schema with the tables.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection, *, revision: str = "head") -> None:
    """Bring the database behind ``connection`` to ``revision``, by default the newest schema, inside the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def head() -> str:
    """The newest revision that this version of the program ships."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def revisions() -> list[str]:
    """Every revision that this version of the program ships, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def is_known(revision: str) -> bool:
    return revision in revisions()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
