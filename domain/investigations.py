"""Several tickets that are looked into together, because a person holds one cause for likely."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified


class Investigation(Identified, Base):
    """Its tickets name it; `cause` is a code of `domain/data/causes.toml`."""

    __tablename__ = "investigations"

    cause: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column()
    """As the audit trail names them."""
