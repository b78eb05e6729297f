"""Inspections that were offered before cover ended, and messages about a home."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124b3"
down_revision: str | None = "20261124b2"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "cover_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_cover_offers_home_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["item"], ["warranty_items.code"], name=op.f("fk_cover_offers_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_offers")),
        sa.UniqueConstraint("home_id", "item", "until", name=op.f("uq_cover_offers_home_id_item_until")),
    )
    op.add_column("messages", sa.Column("home_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_messages_home_id"), "messages", "homes", ["home_id"], ["id"], ondelete="CASCADE")
    op.create_index(op.f("ix_messages_home_id"), "messages", ["home_id"])
