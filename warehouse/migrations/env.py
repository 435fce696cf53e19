"""Alembic's entry: runs the migrations on the connection that `warehouse.migrations.upgrade` hands over."""

from alembic import context

import warehouse.tables_operation
import warehouse.tables_review  # noqa: F401 # pyright: ignore[reportUnusedImport] - its tables belong to the metadata
from warehouse.tables import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata, render_as_batch=True)
context.run_migrations()
