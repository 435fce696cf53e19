"""Alembic's entry: runs the migrations on the connection that `warehouse.migrations.upgrade` hands over."""

from alembic import context

from warehouse import tables_fallback, tables_operation
from warehouse.tables import Table

assert tables_operation.Table is Table and tables_fallback.Table is Table  # every module of tables adds its own to the one metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata, render_as_batch=True)
context.run_migrations()
