"""What the desk asks a worker for: reports and imports, with their files."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261124e"
down_revision: str | None = "20261124c"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KINDS = sa.Enum("report", "import", name="errandkind", native_enum=False, length=32)
STATES = sa.Enum("requested", "running", "ready", "failed", "dropped", name="errandstate", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "errands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", KINDS, nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempts_left", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("given", sa.LargeBinary(), nullable=True),
        sa.Column("made", sa.LargeBinary(), nullable=True),
        sa.Column("made_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_errands_asked_by"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errands")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_errands_fingerprint")),
    )
    op.create_index("ix_errands_asked_at", "errands", ["asked_at"], unique=False)
