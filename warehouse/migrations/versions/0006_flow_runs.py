"""Which Prefect flow run reported a batch, and whether all documents are of one version of the pipeline."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batches", sa.Column("flow_run_id", sa.String(length=36), nullable=True))
    op.create_index("ix_documents_pipeline_version", "documents", ["pipeline_version"])
