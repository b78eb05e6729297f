"""The running day: visits say their version, events stay for those who missed them, repairs wait for a decision."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123k"
down_revision: str | None = "20261123j"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("visits", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("outbox", sa.Column("territory_id", sa.Uuid(), nullable=True))
    op.add_column("outbox", sa.Column("sent", sa.BigInteger(), nullable=True))
    op.create_index("uq_outbox_sent", "outbox", ["sent"], unique=True)
    op.create_index("ix_outbox_unsent", "outbox", ["seq"], postgresql_where=sa.text("sent IS NULL"))
    op.create_table(
        "repairs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Enum("open", "settled", "expired", name="repairstate", native_enum=False, length=32),
                  nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("now", sa.Integer(), nullable=False),
        sa.Column("status", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problem", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("moves", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unavoidable", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name=op.f("fk_repairs_territory_id")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_repairs_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs")),
    )  # fmt: skip
    op.create_index("ix_repairs_open", "repairs", ["territory_id", "day"], postgresql_where=sa.text("state = 'open'"))
