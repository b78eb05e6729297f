"""A visit and its job move together or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import IllegalMove
from domain.jobs import Job, JobState, Visit, VisitState
from domain.tickets import Ticket

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def visit(state: VisitState, job: JobState) -> Visit:
    return Visit(state=state, job=Job(state=job, ticket=Ticket()))


@pytest.mark.parametrize("job", [JobState.CANCELLED, JobState.DONE, JobState.WAITING])
def test_a_visit_whose_job_can_not_begin_does_not_begin_either(job: JobState) -> None:
    for begin in (Visit.depart, Visit.arrive, Visit.start):
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


def test_a_visit_goes_from_the_road_to_a_pause_and_on() -> None:
    on_the_way = visit(VisitState.PLANNED, JobState.PLANNED)
    on_the_way.accept(NOW)
    assert (on_the_way.state, on_the_way.accepted_at) == (VisitState.PLANNED, NOW)
    on_the_way.depart(NOW)
    assert (on_the_way.state, on_the_way.departed_at, on_the_way.arrived_at) == (VisitState.TRAVELLING, NOW, None)
    assert on_the_way.job.state is JobState.IN_PROGRESS
    on_the_way.start(NOW)
    on_the_way.pause()
    assert on_the_way.state is VisitState.PAUSED
    on_the_way.start(NOW + timedelta(hours=1))
    assert (on_the_way.state, on_the_way.started_at) == (VisitState.STARTED, NOW)


@pytest.mark.parametrize("state", [VisitState.PLANNED, VisitState.TRAVELLING, VisitState.PAUSED])
def test_only_somebody_who_is_there_pauses(state: VisitState) -> None:
    with pytest.raises(IllegalMove):
        visit(state, JobState.IN_PROGRESS).pause()


@pytest.mark.parametrize("state", [VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.STARTED, VisitState.DONE])
def test_nobody_sets_out_twice_or_back(state: VisitState) -> None:
    with pytest.raises(IllegalMove):
        visit(state, JobState.IN_PROGRESS).depart(NOW)


@pytest.mark.parametrize(
    "state", [VisitState.DONE, VisitState.NO_ACCESS, VisitState.NEEDS_ANOTHER, VisitState.CANCELLED]
)
def test_a_visit_that_is_over_can_not_be_taken(state: VisitState) -> None:
    over = visit(state, JobState.WAITING)
    with pytest.raises(IllegalMove):
        over.accept(NOW)
    assert over.accepted_at is None


@pytest.mark.parametrize(
    ("state", "job"),
    [
        (VisitState.PLANNED, JobState.PLANNED),
        (VisitState.TRAVELLING, JobState.IN_PROGRESS),
        (VisitState.ARRIVED, JobState.IN_PROGRESS),
        (VisitState.PAUSED, JobState.IN_PROGRESS),
    ],
)
def test_a_door_that_stays_shut_ends_the_visit_stops_the_attend_clock_and_lets_the_job_wait(
    state: VisitState, job: JobState
) -> None:
    shut_out = visit(state, job)
    shut_out.no_access(NOW)
    assert (shut_out.state, shut_out.job.state) == (VisitState.NO_ACCESS, JobState.WAITING)
    assert (shut_out.arrived_at, shut_out.finished_at, shut_out.job.ticket.attended_at) == (NOW, NOW, NOW)
    with pytest.raises(IllegalMove):
        shut_out.start(NOW)
