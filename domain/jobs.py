"""Work and appointments: a Job is the repair that a ticket needs, a Visit is a technician's time for it."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.errors import IllegalMove
from domain.people import Technician
from domain.tickets import Ticket
from domain.triage import Tier


class JobState(StrEnum):
    WAITING = "waiting"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


class Job(Identified, Base):
    """`version` moves with every change that a plan must notice. `due` bounds the start of the visit."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("ticket_id", "step"),
        CheckConstraint("(promised_from IS NULL) = (promised_to IS NULL)", name="promise"),
        CheckConstraint("promised_from <= promised_to", name="promise_order"),
        Index("ix_jobs_waiting", "territory_id", postgresql_where=text("state = 'waiting'")),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    step: Mapped[int] = mapped_column(default=1)
    """Which visit of the defect's recipe this is, from 1."""
    tier: Mapped[Tier]
    duration: Mapped[timedelta]
    skills: Mapped[list[str]]
    due: Mapped[datetime]
    not_before: Mapped[datetime | None]
    """A later step of a recipe waits: a flood test stands for 24 hours."""
    promised_from: Mapped[datetime | None]
    promised_to: Mapped[datetime | None]
    """The owner's confirmed slot: the visit starts inside it, whatever is re-planned. Both ends inclusive."""
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING)
    version: Mapped[int] = mapped_column(default=1)

    ticket: Mapped[Ticket] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it as a plain attribute)

    def move(self, *states: JobState) -> None:
        """Through each state in turn, or, raising IllegalMove, not at all. To stay as it is is no move."""
        reached = self.state
        for state in states:
            if state is not reached and state not in JOB_MOVES[reached]:
                raise IllegalMove(f"A job that is {reached} can't become {state}.")
            reached = state
        self.state = reached


JOB_MOVES: dict[JobState, set[JobState]] = {
    JobState.WAITING: {JobState.PLANNED, JobState.CANCELLED},
    JobState.PLANNED: {JobState.WAITING, JobState.IN_PROGRESS, JobState.DONE, JobState.CANCELLED},
    JobState.IN_PROGRESS: {JobState.DONE, JobState.WAITING, JobState.CANCELLED},
    JobState.DONE: set(),
    JobState.CANCELLED: set(),
}


class VisitState(StrEnum):
    PLANNED = "planned"
    TRAVELLING = "travelling"
    ARRIVED = "arrived"
    STARTED = "started"
    PAUSED = "paused"
    DONE = "done"
    NO_ACCESS = "no_access"
    NEEDS_ANOTHER = "needs_another"
    CANCELLED = "cancelled"


VISIT_MOVES: dict[VisitState, set[VisitState]] = {
    VisitState.PLANNED: {VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.STARTED, VisitState.CANCELLED},
    VisitState.TRAVELLING: {VisitState.ARRIVED, VisitState.STARTED, VisitState.CANCELLED},
    VisitState.ARRIVED: {VisitState.STARTED, VisitState.NO_ACCESS},
    VisitState.STARTED: {VisitState.PAUSED},
    VisitState.PAUSED: {VisitState.STARTED},
    VisitState.DONE: set(),
    VisitState.NO_ACCESS: set(),
    VisitState.NEEDS_ANOTHER: set(),
    VisitState.CANCELLED: set(),
}
for under_way in (VisitState.PLANNED, VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED):
    # work that was finished stays finished, whichever steps nobody pressed on the way
    VISIT_MOVES[under_way] |= {VisitState.DONE, VisitState.NEEDS_ANOTHER}

UNDER_WAY = frozenset({VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED})
ENDED = frozenset({VisitState.DONE, VisitState.NO_ACCESS, VisitState.NEEDS_ANOTHER})


class Visit(Identified, Base):
    """`during` is the planned service, [start, end): the database forbids two of them for one technician.

    Actual times stand in columns of their own, so that a fact is never refused for overlapping a plan.
    """

    __tablename__ = "visits"
    __table_args__ = (
        ExcludeConstraint(
            ("technician_id", "="),
            ("during", "&&"),
            where=text("state IN ('planned', 'travelling', 'arrived', 'started', 'paused')"),
            using="gist",
            name="no_double_booking",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index(
            "uq_visits_one_a_job",
            "job_id",
            unique=True,
            postgresql_where=text("state NOT IN ('cancelled', 'no_access', 'needs_another')"),
        ),
        Index("ix_visits_planned", "day", postgresql_where=text("state = 'planned'")),
    )

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), index=True)
    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id"))
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("plans.id"))
    day: Mapped[date] = mapped_column(index=True)
    position: Mapped[int]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    arrives_at: Mapped[datetime]
    travel: Mapped[timedelta]
    travel_m: Mapped[int]
    locked: Mapped[bool] = mapped_column(default=False)
    """A dispatcher said: this technician, this time. No plan moves it."""
    state: Mapped[VisitState] = mapped_column(default=VisitState.PLANNED)

    arrived_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    job: Mapped[Job] = relationship()
    technician: Mapped[Technician] = relationship()

    @property
    def starts(self) -> datetime:
        assert self.during.lower is not None
        return self.during.lower

    @property
    def ends(self) -> datetime:
        assert self.during.upper is not None
        return self.during.upper

    @property
    def fixed(self) -> bool:
        """Whether no plan may move it: locked, under way or done."""
        locked = self.locked and self.state is VisitState.PLANNED
        return locked or self.state in UNDER_WAY or self.state is VisitState.DONE

    def move(self, state: VisitState, *job_states: JobState) -> None:
        """The visit and, through `job_states`, its job: both or, raising IllegalMove, neither."""
        if state not in VISIT_MOVES[self.state]:
            raise IllegalMove(f"A visit that is {self.state} can't become {state}.")
        if job_states:
            self.job.move(*job_states)
        self.state = state

    def arrive(self, at: datetime) -> None:
        self.move(VisitState.ARRIVED, JobState.IN_PROGRESS)
        self.arrived_at = at
        self.job.ticket.attended(at)

    def start(self, at: datetime) -> None:
        self.move(VisitState.STARTED, JobState.IN_PROGRESS)
        self.arrived_at = self.arrived_at or at
        self.started_at = self.started_at or at
        self.job.ticket.attended(at)

    def sign_off(self, at: datetime, *, accepted: bool) -> None:
        """The owner accepted: visit and job are done. Or refused: the job waits for another visit."""
        visit, job = (VisitState.DONE, JobState.DONE) if accepted else (VisitState.NEEDS_ANOTHER, JobState.WAITING)
        self.move(visit, JobState.IN_PROGRESS, job)
        self.started_at = self.started_at or at
        self.finished_at = at
        self.job.ticket.attended(at)
