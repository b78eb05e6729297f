"""After the repair: tickets that come back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261124b"
down_revision: str | None = "20261124a"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

CHANNELS = sa.Enum("phone", "web", "wechat", "on_site", "import", "api", name="channel", native_enum=False, length=32)


def upgrade() -> None:
    op.add_column("tickets", sa.Column("watched_until", sa.Date(), nullable=True))
    op.add_column("tickets", sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE tickets SET watched_until = signed.until"
        " FROM (SELECT jobs.ticket_id, max(sign_offs.watch_until) AS until FROM sign_offs"
        " JOIN visits ON visits.id = sign_offs.visit_id JOIN jobs ON jobs.id = visits.job_id"
        " WHERE sign_offs.accepted GROUP BY jobs.ticket_id) AS signed"
        " WHERE tickets.id = signed.ticket_id AND tickets.state = 'closed'"
    )
    op.add_column("jobs", sa.Column("round", sa.Integer(), server_default="1", nullable=False))
    op.drop_constraint(op.f("uq_jobs_ticket_id_step"), "jobs", type_="unique")
    op.create_unique_constraint(op.f("uq_jobs_ticket_id_round_step"), "jobs", ["ticket_id", "round", "step"])
    op.create_table(
        "comebacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("channel", CHANNELS, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("defect_code", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["defect_code"], ["defect_kinds.code"], name=op.f("fk_comebacks_defect_code")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_comebacks_ticket_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_comebacks_visit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comebacks")),
        sa.UniqueConstraint("ticket_id", "number", name=op.f("uq_comebacks_ticket_id_number")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_comebacks_source_reference")),
    )
    op.create_index(op.f("ix_comebacks_visit_id"), "comebacks", ["visit_id"])
