"""Calls after the repair, rainy days, and what is done once a night."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124b2"
down_revision: str | None = "20261124b"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

OCCASIONS = sa.Enum("watch_end", "first_rain", "low_rating", name="occasion", native_enum=False, length=32)
STATES = sa.Enum(
    "planned", "held", "came_back", "not_reached", "cancelled", name="followupstate", native_enum=False, length=32
)


def upgrade() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", OCCASIONS, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", STATES, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name=op.f("fk_follow_ups_territory_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_follow_ups_ticket_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_follow_ups_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("visit_id", "occasion", name=op.f("uq_follow_ups_visit_id_occasion")),
    )
    op.create_index(op.f("ix_follow_ups_ticket_id"), "follow_ups", ["ticket_id"])
    op.create_index(
        "ix_follow_ups_due",
        "follow_ups",
        ["territory_id", "due_on"],
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_table(
        "rainy_days",
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("marked_by", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name=op.f("fk_rainy_days_territory_id")),
        sa.PrimaryKeyConstraint("territory_id", "day", name=op.f("pk_rainy_days")),
    )
    op.create_table(
        "nightly_runs",
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name=op.f("fk_nightly_runs_territory_id")),
        sa.PrimaryKeyConstraint("territory_id", "day", name=op.f("pk_nightly_runs")),
    )
