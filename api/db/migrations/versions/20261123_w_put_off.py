"""A job that waits for a later day: no plan of an earlier one takes it."""

import sqlalchemy as sa
from alembic import op

revision = "20261123w"
down_revision = "20261123p"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("put_off_to", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "put_off_to")
