"""Visit facts: what technicians did and saw, which the app adds to and can't change; and where they were on shift."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

revision: str = "20261123d"
down_revision: str | None = "20261123c"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("visits", sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visits", sa.Column("departed_at", sa.DateTime(timezone=True), nullable=True))
    create_fact(
        "visit_steps",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
    )
    create_fact(
        "unfinished_work",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("needed", sa.Text(), nullable=False),
        sa.Column("work", sa.Interval(), nullable=False),
    )
    create_fact("visit_notes", sa.Column("text", sa.Text(), nullable=False))
    create_fact(
        "part_uses",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_part_uses_quantity")),
    )
    create_fact(
        "visit_photos",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
    )
    op.create_index(op.f("ix_visit_photos_sha256"), "visit_photos", ["sha256"])
    create_fact(
        "found_defects",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("defect_code", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "suggested_tier",
            sa.Enum("emergency", "general", "minor", name="tier", native_enum=False, length=32),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_found_defects_ticket_id")),
        sa.ForeignKeyConstraint(["defect_code"], ["defect_kinds.code"], name=op.f("fk_found_defects_defect_code")),
    )
    op.create_index(op.f("ix_found_defects_ticket_id"), "found_defects", ["ticket_id"])
    create_fact(
        "refusals",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("witness_name", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=False),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("photos", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("work", sa.Interval(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("watch_until", sa.Date(), nullable=True),
    )
    op.create_table(
        "locations",
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("technician_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("accuracy_m", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name=op.f("ck_locations_wgs84")
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technicians.id"], name=op.f("fk_locations_technician_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_locations_visit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_locations")),
    )
    op.create_index("ix_locations_technician_at", "locations", ["technician_id", "at"])


def create_fact(table: str, *own: SchemaItem) -> None:
    """A table of facts about visits, one an operation, that the app's own role can only add to."""
    op.create_table(
        table,
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("technician_id", sa.Uuid(), nullable=False),
        *own,
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["op_id"], ["operations.op_id"], name=op.f(f"fk_{table}_op_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f(f"fk_{table}_visit_id")),
        sa.ForeignKeyConstraint(["technician_id"], ["technicians.id"], name=op.f(f"fk_{table}_technician_id")),
        sa.PrimaryKeyConstraint("op_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_visit_id"), table, ["visit_id"])
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM doorstep_app")
