"""Sealed sign-offs, and the audit trail's head: entries are numbered without gaps, and the end is known."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123e"
down_revision: str | None = "20261123d"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("ALTER TABLE audit_entries ALTER COLUMN seq DROP IDENTITY")
    # A sequence skips numbers when a server is killed. Hashes hold no numbers, so they stay as they are; by way of
    # negative ones, since every single row must be unique on the way.
    op.execute("ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_stay")
    op.execute(
        """
        UPDATE audit_entries SET seq = -counted.number
        FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS number FROM audit_entries) AS counted
        WHERE audit_entries.seq = counted.seq
        """
    )
    op.execute("UPDATE audit_entries SET seq = -seq")
    op.execute("ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_stay")
    op.create_table(
        "audit_head",
        sa.Column("one", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_audit_head")),
    )
    op.execute(
        """
        INSERT INTO audit_head (one, seq, hash)
        SELECT true, coalesce(max(seq), 0),
               coalesce((SELECT hash FROM audit_entries ORDER BY seq DESC LIMIT 1), repeat('0', 64))
        FROM audit_entries
        """
    )
    op.execute("REVOKE INSERT, DELETE, TRUNCATE ON audit_head FROM doorstep_app")
    op.create_table(
        "sealed_sign_offs",
        sa.Column("sign_off_id", sa.Uuid(), nullable=False),
        sa.Column("audit_seq", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["audit_seq"], ["audit_entries.seq"], name=op.f("fk_sealed_sign_offs_audit_seq")),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_offs.id"], name=op.f("fk_sealed_sign_offs_sign_off_id")),
        sa.PrimaryKeyConstraint("sign_off_id", name=op.f("pk_sealed_sign_offs")),
        sa.UniqueConstraint("audit_seq", name=op.f("uq_sealed_sign_offs_audit_seq")),
    )
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON sealed_sign_offs FROM doorstep_app")
    op.execute(
        """
        CREATE TRIGGER sealed_sign_offs_stay BEFORE UPDATE OR DELETE ON sealed_sign_offs
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
