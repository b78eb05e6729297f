"""Photos: what phones sent, by its hash; and an index that finds the sign-offs that name one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123f"
down_revision: str | None = "20261123e"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("technician_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("arriving", "received", "ready", "unreadable", name="photostate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stored_sha256", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_photos_size")),
        sa.ForeignKeyConstraint(["technician_id"], ["technicians.id"], name=op.f("fk_photos_technician_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_photos_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("technician_id", "sha256", name=op.f("uq_photos_technician_id_sha256")),
    )
    op.create_index("ix_photos_device_begun", "photos", ["device_id", "begun_at"])
    op.create_index("ix_photos_waiting", "photos", ["received_at"], postgresql_where=sa.text("state = 'received'"))
    op.create_index("ix_photos_arriving", "photos", ["begun_at"], postgresql_where=sa.text("state = 'arriving'"))
    op.create_index("ix_sign_offs_photos", "sign_offs", ["photos"], postgresql_using="gin")
