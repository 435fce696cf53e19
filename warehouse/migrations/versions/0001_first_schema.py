"""The first schema: batches, documents and everything that is known of them."""

import sqlalchemy as sa
from alembic import op

from warehouse.columns import CleanText, ExactDecimal, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", CleanText(), nullable=False),
        sa.Column("owner", CleanText(), nullable=False),
        sa.Column("pipeline_version", sa.String(length=128), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("ignored", sa.Integer(), nullable=False),
        sa.Column("processed", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("stage_seconds", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pipeline_version", sa.String(length=128), nullable=False),
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("source", CleanText(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_owner", CleanText(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("route", sa.String(length=32), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.CheckConstraint("state IN ('received', 'leased', 'accepted', 'review', 'rejected')", name=op.f("ck_documents_state")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_documents_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("sha256", "pipeline_version", name=op.f("uq_documents_sha256_pipeline_version")),
    )
    op.create_index(op.f("ix_documents_name"), "documents", ["name"], unique=False)
    op.create_index(op.f("ix_documents_state"), "documents", ["state"], unique=False)
    op.create_table(
        "adjustments",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", ExactDecimal(), nullable=False),
        sa.Column("description", CleanText(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_adjustments_document_id_documents"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "row", name=op.f("pk_adjustments")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", CleanText(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("strategy", sa.String(length=32), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("rules_version", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_decisions_document_id_documents"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_document_id"), "decisions", ["document_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", CleanText(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("x0_pt", sa.Double(), nullable=False),
        sa.Column("y0_pt", sa.Double(), nullable=False),
        sa.Column("x1_pt", sa.Double(), nullable=False),
        sa.Column("y1_pt", sa.Double(), nullable=False),
        sa.Column("words", CleanText(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("set_by", CleanText(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_evidence_document_id_documents"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "row", name=op.f("pk_evidence")),
        sa.UniqueConstraint("document_id", "field", name=op.f("uq_evidence_document_id_field")),
    )
    op.create_table(
        "invoices",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("document_type", sa.String(length=16), nullable=False),
        sa.Column("language", CleanText(), nullable=True),
        sa.Column("seller_country", CleanText(), nullable=True),
        sa.Column("buyer_country", CleanText(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("invoice_number", CleanText(), nullable=True),
        sa.Column("issue_date", sa.Date(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("purchase_order", CleanText(), nullable=True),
        sa.Column("currency", CleanText(), nullable=True),
        sa.Column("seller_name", CleanText(), nullable=True),
        sa.Column("seller_vat_id", CleanText(), nullable=True),
        sa.Column("buyer_name", CleanText(), nullable=True),
        sa.Column("buyer_vat_id", CleanText(), nullable=True),
        sa.Column("iban", CleanText(), nullable=True),
        sa.Column("net_total", ExactDecimal(), nullable=True),
        sa.Column("tax_total", ExactDecimal(), nullable=True),
        sa.Column("gross_total", ExactDecimal(), nullable=True),
        sa.Column("amount_due", ExactDecimal(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_invoices_document_id_documents"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_invoices")),
    )
    op.create_table(
        "issues",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("field", CleanText(), nullable=True),
        sa.Column("expected", CleanText(), nullable=True),
        sa.Column("found", CleanText(), nullable=True),
        sa.Column("message", CleanText(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_issues_document_id_documents"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "row", name=op.f("pk_issues")),
    )
    op.create_index(op.f("ix_issues_rule"), "issues", ["rule"], unique=False)
    op.create_table(
        "line_items",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("position", CleanText(), nullable=True),
        sa.Column("item_code", CleanText(), nullable=True),
        sa.Column("description", CleanText(), nullable=True),
        sa.Column("quantity", ExactDecimal(), nullable=True),
        sa.Column("unit", CleanText(), nullable=True),
        sa.Column("unit_price", ExactDecimal(), nullable=True),
        sa.Column("discount", ExactDecimal(), nullable=True),
        sa.Column("discount_percent", ExactDecimal(), nullable=True),
        sa.Column("net_amount", ExactDecimal(), nullable=True),
        sa.Column("gross_amount", ExactDecimal(), nullable=True),
        sa.Column("tax_rate", ExactDecimal(), nullable=True),
        sa.Column("tax_category", CleanText(), nullable=True),
        sa.Column("spend_category", CleanText(), nullable=True),
        sa.Column("spend_category_probability", sa.Double(), nullable=True),
        sa.Column("tax_codes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_line_items_document_id_documents"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "row", name=op.f("pk_line_items")),
    )
    op.create_table(
        "seller_keys",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("key", CleanText(), nullable=False),
        sa.Column("number_key", CleanText(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_seller_keys_document_id_documents"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "row", name=op.f("pk_seller_keys")),
    )
    op.create_index(op.f("ix_seller_keys_key"), "seller_keys", ["key"], unique=False)
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("path", CleanText(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_sources_batch_id_batches")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_sources_document_id_documents"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("document_id", "path", name=op.f("uq_sources_document_id_path")),
    )
    op.create_table(
        "tax_lines",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("category", CleanText(), nullable=True),
        sa.Column("rate", ExactDecimal(), nullable=True),
        sa.Column("taxable_amount", ExactDecimal(), nullable=True),
        sa.Column("tax_amount", ExactDecimal(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_tax_lines_document_id_documents"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "row", name=op.f("pk_tax_lines")),
    )
