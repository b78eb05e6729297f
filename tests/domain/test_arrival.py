"""The span in which an owner may expect the technician."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.arrival import EARLY, LATE, STEP, Span, expected
from domain.jobs import Job, Visit, VisitState

TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)


def visit(state: VisitState, **values: object) -> Visit:
    job = Job(promised_from=TEN, promised_to=TEN + timedelta(hours=2))
    return Visit(job=job, state=state, travel=timedelta(minutes=30), **values)


def test_before_the_technician_leaves_it_is_the_booked_time() -> None:
    assert expected(visit(VisitState.PLANNED), TEN) == Span(TEN, TEN + timedelta(hours=2))


def test_without_a_booked_time_nothing_is_promised() -> None:
    assert expected(Visit(job=Job(), state=VisitState.PLANNED), TEN) is None


def test_on_the_way_it_is_half_an_hour_around_the_end_of_the_drive() -> None:
    coming = visit(VisitState.TRAVELLING, departed_at=TEN)
    assert expected(coming, TEN) == Span(TEN + timedelta(minutes=20), TEN + timedelta(minutes=50))


def test_once_somebody_is_there_nothing_is_expected() -> None:
    for state in (VisitState.ARRIVED, VisitState.STARTED, VisitState.DONE):
        assert expected(visit(state, departed_at=TEN), TEN) is None


@given(st.timedeltas(timedelta(), timedelta(hours=5)))
def test_the_span_moves_with_the_clock_and_is_never_over(later: timedelta) -> None:
    now = TEN + later
    span = expected(visit(VisitState.TRAVELLING, departed_at=TEN), now)
    assert span is not None
    assert now <= span.begins < span.ends
    assert span.ends - span.begins <= EARLY + LATE
    assert span.ends >= max(TEN + timedelta(minutes=30), now) + LATE
    assert span.begins.minute % 5 == 0
    assert span.begins - now <= max(timedelta(minutes=20) - later, timedelta()) + STEP
