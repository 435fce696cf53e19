"""Indexes that answer the dashboard's questions alone, and the sums that its tax page reads."""

import sqlalchemy as sa
from alembic import op

from warehouse.tax_sums import rebuild

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tax_sums",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("rate", sa.String(length=64), nullable=False),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("taxed", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "issue_date", "currency", "name", "rate", name=op.f("pk_tax_sums")),
    )
    op.drop_index(op.f("ix_documents_finished_at_state_route"), table_name="documents")
    op.drop_index(op.f("ix_documents_state"), table_name="documents")
    op.drop_index(op.f("ix_reviews_at"), table_name="reviews")
    op.create_index("ix_documents_period", "documents", ["finished_at", "state", "route", "confidence", "pages", "received_at"])
    op.create_index("ix_documents_waiting", "documents", ["state", "finished_at", "sha256"])
    op.create_index(
        "ix_reviews_period",
        "reviews",
        ["at", "undone", "action", "critical_changed", "confidence", "before_status", "seconds", "document_id"],
    )
    op.create_index("ix_decisions_model", "decisions", ["model_version", "id"])
    rebuild(op.get_bind())
