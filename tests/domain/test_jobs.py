"""A visit and its job move together or not at all."""

from datetime import UTC, datetime

import pytest

from domain.errors import IllegalMove
from domain.jobs import Job, JobState, Visit, VisitState
from domain.tickets import Ticket

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def visit(state: VisitState, job: JobState) -> Visit:
    return Visit(state=state, job=Job(state=job, ticket=Ticket()))


@pytest.mark.parametrize("job", [JobState.CANCELLED, JobState.DONE, JobState.WAITING])
def test_a_visit_whose_job_can_not_begin_does_not_begin_either(job: JobState) -> None:
    for begin in (Visit.arrive, Visit.start):
        planned = visit(VisitState.PLANNED, job)
        with pytest.raises(IllegalMove):
            begin(planned, NOW)
        assert (planned.state, planned.job.state) == (VisitState.PLANNED, job)
        assert (planned.arrived_at, planned.started_at, planned.job.ticket.attended_at) == (None, None, None)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_sign_off_for_a_cancelled_job_changes_neither(accepted: bool) -> None:
    begun = visit(VisitState.STARTED, JobState.CANCELLED)
    with pytest.raises(IllegalMove):
        begun.sign_off(NOW, accepted=accepted)
    assert (begun.state, begun.finished_at, begun.job.state) == (VisitState.STARTED, None, JobState.CANCELLED)


def test_a_job_moves_through_several_states_or_through_none() -> None:
    job = Job(state=JobState.PLANNED)
    with pytest.raises(IllegalMove, match="in_progress can't become planned"):
        job.move(JobState.IN_PROGRESS, JobState.PLANNED)
    assert job.state is JobState.PLANNED
    job.move(JobState.IN_PROGRESS, JobState.DONE)
    assert job.state is JobState.DONE


@pytest.mark.parametrize(
    ("accepted", "visit_state", "job_state"),
    [(True, VisitState.DONE, JobState.DONE), (False, VisitState.NEEDS_ANOTHER, JobState.WAITING)],
)
def test_a_sign_off_ends_visit_and_job_or_makes_the_job_wait_again(
    accepted: bool, visit_state: VisitState, job_state: JobState
) -> None:
    begun = visit(VisitState.PLANNED, JobState.PLANNED)
    begun.sign_off(NOW, accepted=accepted)
    assert (begun.state, begun.job.state) == (visit_state, job_state)
    assert (begun.started_at, begun.finished_at, begun.job.ticket.attended_at) == (NOW, NOW, NOW)
