"""Alembic's entry: runs the migrations on the connection that `warehouse.migrations.upgrade` hands over."""

from alembic import context

from warehouse import tables_fallback, tables_operation, tables_review, tables_totals
from warehouse.tables import Table

# Every module of tables adds its own to the one metadata.
assert all(module.Table is Table for module in (tables_fallback, tables_operation, tables_review, tables_totals))

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata, render_as_batch=True)
context.run_migrations()
