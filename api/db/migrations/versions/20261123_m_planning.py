"""Planning at the board: days asked for together, what-ifs, the falling cost, and tasks that did not work."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123m"
down_revision: str | None = "20261123k"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("plans", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column("plans", sa.Column("variant", postgresql.JSONB(astext_type=sa.Text())))
    op.add_column("plans", sa.Column("curve", postgresql.JSONB(astext_type=sa.Text()), server_default="[]",
                                     nullable=False))  # fmt: skip
    op.alter_column("plans", "curve", server_default=None)
    op.create_index("ix_plans_batch", "plans", ["batch_id", "territory_id", "day"],
                    postgresql_where=sa.text("batch_id IS NOT NULL"))  # fmt: skip
    op.create_check_constraint(
        op.f("ck_plans_variant_stays_a_draft"), "plans", "variant IS NULL OR state NOT IN ('published', 'superseded')"
    )
    op.add_column("routes", sa.Column("extra", sa.Boolean(), server_default="false", nullable=False))
    op.alter_column("routes", "extra", server_default=None)
    op.drop_constraint("uq_routes_plan_id_technician_id", "routes")
    op.create_unique_constraint(
        op.f("uq_routes_plan_id_technician_id_extra"), "routes", ["plan_id", "technician_id", "extra"]
    )
    op.create_table(
        "task_troubles",
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("task", "subject", name=op.f("pk_task_troubles")),
    )
