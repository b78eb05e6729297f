"""A Plan is one territory's one day, in versions: requested, solved, looked at, published. Published ones stay."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.errors import IllegalMove, PlanStale
from domain.jobs import Job
from domain.people import Technician
from domain.places import Territory


class PlanState(StrEnum):
    REQUESTED = "requested"
    SOLVING = "solving"
    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    STALE = "stale"
    FAILED = "failed"
    DROPPED = "dropped"
    """Nobody wants it any more: it was waiting, running or had failed."""


PLAN_MOVES: dict[PlanState, set[PlanState]] = {
    PlanState.REQUESTED: {PlanState.SOLVING, PlanState.FAILED, PlanState.DROPPED},
    PlanState.SOLVING: {
        PlanState.SOLVING,
        PlanState.DRAFT,
        PlanState.STALE,
        PlanState.FAILED,
        PlanState.DROPPED,
    },
    PlanState.DRAFT: {PlanState.PUBLISHED, PlanState.STALE},
    PlanState.PUBLISHED: {PlanState.SUPERSEDED},
    PlanState.SUPERSEDED: set(),
    PlanState.STALE: {PlanState.DROPPED},
    PlanState.FAILED: {PlanState.DROPPED},
    PlanState.DROPPED: set(),
}


class Plan(Identified, Base):
    """`attempt` fences late workers: only the attempt that claimed the plan last may save it."""

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("territory_id", "day", "version"),
        Index("uq_plans_published", "territory_id", "day", unique=True, postgresql_where=text("state = 'published'")),
        Index("ix_plans_batch", "batch_id", "territory_id", "day", postgresql_where=text("batch_id IS NOT NULL")),
        CheckConstraint("variant IS NULL OR state NOT IN ('published', 'superseded')", name="variant_stays_a_draft"),
    )

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    day: Mapped[date]
    version: Mapped[int]
    state: Mapped[PlanState] = mapped_column(default=PlanState.REQUESTED)
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    seconds: Mapped[float]
    """Time the search may take, wall clock."""
    seed: Mapped[int] = mapped_column(default=1)
    batch_id: Mapped[UUID | None]
    """Of the plans that were asked for together. Of one territory's days each waits for the one before it, and leaves
    alone what that one serves."""
    variant: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """A "what if": how the day was made different for this plan. It can never be published."""
    attempt: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    stop_asked: Mapped[bool] = mapped_column(default=False)
    failure: Mapped[str | None]
    """Why the plan is stale or failed, for a person to read."""

    cost: Mapped[int | None] = mapped_column(BigInteger)
    terms: Mapped[dict[str, Any] | None]
    curve: Mapped[list[list[float]]] = mapped_column(default=list)
    """How the cost fell: [seconds since the search began, cost]."""
    warnings: Mapped[list[str]] = mapped_column(default=list)
    snapshot: Mapped[dict[str, Any] | None]
    """Versions of the jobs, technicians and visits that the plan was made from."""
    problem: Mapped[bytes | None] = mapped_column(deferred=True)
    solution: Mapped[bytes | None] = mapped_column(deferred=True)
    """What the planner was given and answered: its own file formats, gzipped."""
    published_at: Mapped[datetime | None]

    territory: Mapped[Territory] = relationship()
    routes: Mapped[list["Route"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="Route.technician_id"
    )
    unassigned: Mapped[list["Unassigned"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    def move(self, state: PlanState) -> None:
        if state not in PLAN_MOVES[self.state]:
            raise IllegalMove(f"A plan that is {self.state} can't become {state}.")
        self.state = state

    def waits_for_a_worker(self, now: datetime) -> bool:
        """Whether nobody has taken it, or whoever did has not come back."""
        left = self.state is PlanState.SOLVING and self.claimed_until is not None and self.claimed_until < now
        return self.state is PlanState.REQUESTED or left

    def publish(self, at: datetime, snapshot: dict[str, Any]) -> None:
        """Makes the draft the plan of the day, if what it was made from still stands.

        `snapshot` holds today's versions; anything that the draft was not made from may have come since.
        """
        if self.variant is not None:
            raise IllegalMove("This plan answers a what-if: its day is not the real one, so it can't be published.")
        if self.state is not PlanState.DRAFT:
            raise IllegalMove(f"Only a draft can be published; this plan is {self.state}.")
        if moved := self.moved_since(snapshot):
            raise PlanStale(f"{moved} changed since this plan was made. Plan the day again.")
        self.move(PlanState.PUBLISHED)
        self.published_at = at

    def moved_since(self, snapshot: dict[str, Any]) -> str:
        """Names what changed between the plan's snapshot and the one given; empty when nothing did."""
        made_from = self.snapshot or {}
        moved = [what for what, version in made_from.items() if snapshot.get(what) != version]
        return f"{len(moved)} jobs, visits or technicians ({', '.join(sorted(moved)[:3])})" if moved else ""


class Route(Identified, Base):
    """A technician's day in a plan; an `extra` one is that of a second technician like this one, in a variant."""

    __tablename__ = "routes"
    __table_args__ = (UniqueConstraint("plan_id", "technician_id", "extra"),)

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id"))
    extra: Mapped[bool] = mapped_column(default=False)
    leaves_at: Mapped[datetime]
    returns_at: Mapped[datetime]
    breaks: Mapped[list[dict[str, Any]]]
    """[{"start": ISO 8601, "end": ISO 8601}]"""

    technician: Mapped[Technician] = relationship()
    stops: Mapped[list["Stop"]] = relationship(lazy="raise", cascade="all, delete-orphan", order_by="Stop.position")


class Stop(Identified, Base):
    """`travel` and `travel_m` are those of the drive to it."""

    __tablename__ = "stops"
    __table_args__ = (UniqueConstraint("route_id", "position"),)

    route_id: Mapped[UUID] = mapped_column(ForeignKey("routes.id", ondelete="CASCADE"))
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    position: Mapped[int]
    arrives_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    travel: Mapped[timedelta]
    travel_m: Mapped[int]

    job: Mapped[Job] = relationship()


class Unassigned(Identified, Base):
    """A job that the plan leaves out, and the true reason."""

    __tablename__ = "unassigned"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    reason: Mapped[str]
    detail: Mapped[dict[str, Any]]

    job: Mapped[Job] = relationship()
