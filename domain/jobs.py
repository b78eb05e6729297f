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
    QUOTED = "quoted"
    """The owner has been told a price and has not said yes: nobody plans it."""
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


class Job(Identified, Base):
    """`version` moves with every change that a plan must notice. `due` bounds the start of the visit."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("ticket_id", "round", "step"),
        CheckConstraint("(promised_from IS NULL) = (promised_to IS NULL)", name="promise"),
        CheckConstraint("promised_from <= promised_to", name="promise_order"),
        Index("ix_jobs_waiting", "territory_id", postgresql_where=text("state = 'waiting'")),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    step: Mapped[int] = mapped_column(default=1)
    """Which visit of the defect's recipe this is, from 1."""
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    """Which repair of the ticket it belongs to: one more for each time that the fault came back."""
    tier: Mapped[Tier]
    duration: Mapped[timedelta]
    skills: Mapped[list[str]]
    due: Mapped[datetime]
    not_before: Mapped[datetime | None]
    """A later step of a recipe waits: a flood test stands for 24 hours."""
    promised_from: Mapped[datetime | None]
    promised_to: Mapped[datetime | None]
    """The owner's confirmed slot: the visit starts inside it, whatever is re-planned. Both ends inclusive."""
    put_off_to: Mapped[date | None]
    """A dispatcher wants it to wait for this day: no plan of an earlier one takes it. None once it has a visit."""
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING)
    version: Mapped[int] = mapped_column(default=1)

    ticket: Mapped[Ticket] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it as a plain attribute)

    def promised_at(self, now: datetime) -> tuple[datetime, datetime] | None:
        """The slot that the owner was promised, while it can still be kept."""
        if self.promised_from is None or self.promised_to is None or self.promised_to < now:
            return None
        return self.promised_from, self.promised_to

    def move(self, *states: JobState) -> None:
        """Through each state in turn, or, raising IllegalMove, not at all. To stay as it is is no move."""
        reached = self.state
        for state in states:
            if state is not reached and state not in JOB_MOVES[reached]:
                raise IllegalMove(f"A job that is {reached} can't become {state}.")
            reached = state
        if reached is JobState.PLANNED:
            self.put_off_to = None
        self.state = reached


JOB_MOVES: dict[JobState, set[JobState]] = {
    JobState.WAITING: {JobState.PLANNED, JobState.QUOTED, JobState.CANCELLED},
    JobState.QUOTED: {JobState.WAITING, JobState.CANCELLED},
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
    VisitState.ARRIVED: {VisitState.STARTED, VisitState.PAUSED},
    VisitState.STARTED: {VisitState.PAUSED},
    VisitState.PAUSED: {VisitState.STARTED},
    VisitState.DONE: set(),
    VisitState.NO_ACCESS: set(),
    VisitState.NEEDS_ANOTHER: set(),
    VisitState.CANCELLED: set(),
}
for under_way in (VisitState.PLANNED, VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED):
    # a visit that ended has ended, whichever steps nobody pressed on the way
    VISIT_MOVES[under_way] |= {VisitState.DONE, VisitState.NEEDS_ANOTHER, VisitState.NO_ACCESS}

GONE = frozenset({VisitState.CANCELLED, VisitState.NO_ACCESS, VisitState.NEEDS_ANOTHER})
"""States of visits that leave the job to be done by another one; of the rest a job has at most one."""
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
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Moves with every change: a dispatcher says which one she saw."""

    accepted_at: Mapped[datetime | None]
    """When its technician said to take it; no state of its own, since plans treat it as any other."""
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    job: Mapped[Job] = relationship()
    technician: Mapped[Technician] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it as a plain attribute)

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

    def accept(self, at: datetime) -> None:
        if self.state in ENDED or self.state is VisitState.CANCELLED:
            raise IllegalMove(f"A visit that is {self.state} can't be taken any more.")
        self.accepted_at = self.accepted_at or at

    def depart(self, at: datetime) -> None:
        self.move(VisitState.TRAVELLING, JobState.IN_PROGRESS)
        self.departed_at = at

    def arrive(self, at: datetime) -> None:
        self.move(VisitState.ARRIVED, JobState.IN_PROGRESS)
        self._there(at)

    def start(self, at: datetime) -> None:
        """Work begins, or goes on after a pause."""
        self.move(VisitState.STARTED, JobState.IN_PROGRESS)
        self._there(at)
        self.started_at = self.started_at or at

    def pause(self) -> None:
        self.move(VisitState.PAUSED, JobState.IN_PROGRESS)

    def no_access(self, at: datetime) -> None:
        """Somebody came in time, which is what the attend clock asks, and could not get in: the job waits again."""
        self.move(VisitState.NO_ACCESS, JobState.IN_PROGRESS, JobState.WAITING)
        self._there(at)
        self.finished_at = at

    def sign_off(self, at: datetime, *, accepted: bool) -> None:
        """The owner accepted: visit and job are done. Or refused: the job waits for another visit."""
        self.finish(at, done=accepted)

    def finish(self, at: datetime, *, done: bool) -> None:
        """The work of this visit is over, and the job is done with it or waits for another visit."""
        visit, job = (VisitState.DONE, JobState.DONE) if done else (VisitState.NEEDS_ANOTHER, JobState.WAITING)
        self.move(visit, JobState.IN_PROGRESS, job)
        self.started_at = self.started_at or at
        self.finished_at = at
        self.job.ticket.attended(at)

    def _there(self, at: datetime) -> None:
        self.arrived_at = self.arrived_at or at
        self.job.ticket.attended(at)
