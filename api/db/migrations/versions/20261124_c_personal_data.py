"""Personal data ends: files that are to be deleted, which original a follower's picture came from, and words of
technicians that an erasure may take away."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124c"
down_revision: str | None = "20261124b3"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WORDS = {
    "visit_steps": ("note",),
    "visit_notes": ("text",),
    "unfinished_work": ("done", "needed"),
    "visit_photos": ("caption",),
    "found_defects": ("place", "description"),
}


def upgrade() -> None:
    op.create_table(
        "doomed_files",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_doomed_files")),
    )
    op.add_column("intake_messages", sa.Column("media_original_sha256", sa.Text(), nullable=True))
    op.execute(
        """
        CREATE FUNCTION refuse_words() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'What a technician told is only added to; its words may be taken away, not changed.';
        END $$
        """
    )
    for table, columns in WORDS.items():
        words = " OR ".join(f"NEW.{column} <> ''" for column in columns)
        op.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO doorstep_app")
        op.execute(
            f"CREATE TRIGGER {table}_words_go BEFORE UPDATE ON {table} "
            f"FOR EACH ROW WHEN ({words}) EXECUTE FUNCTION refuse_words()"
        )
