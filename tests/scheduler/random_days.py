"""Small problems at random, with a little of everything the format knows, feasible or not."""

from hypothesis import strategies as st

from scheduler.problem import (
    Break,
    Job,
    Location,
    Matrix,
    Objective,
    Pin,
    Problem,
    Relation,
    Technician,
)

QUARTER = 900
SKILLS = ("gas", "tiling", "cert:electrician")

quarters = st.integers(0, 40).map(lambda n: n * QUARTER)
skills = st.lists(st.sampled_from(SKILLS), max_size=2, unique=True).map(tuple)
all_skills = st.just(SKILLS)


@st.composite
def windows(draw: st.DrawFn, least: int = 0, latest: int = 40) -> tuple[int, int]:
    """Opens up to `latest` quarters of an hour into the day, for `least` to 16 more than that."""
    opens = draw(st.integers(0, latest)) * QUARTER
    return opens, opens + draw(st.integers(least, least + 16)) * QUARTER


@st.composite
def problems(draw: st.DrawFn, max_jobs: int = 7, related: bool = True) -> Problem:
    places = draw(st.integers(1, 4))
    technicians = draw(st.integers(1, 3))
    jobs = draw(st.integers(0, max_jobs))
    names = [f"T{k}" for k in range(technicians)]
    return Problem(
        locations=tuple(Location(f"L{index}") for index in range(places)),
        matrix=Matrix(_matrix(draw, places, 3000), _matrix(draw, places, 9000)),
        technicians=tuple(draw(_technicians(name, places)) for name in names),
        jobs=tuple(draw(_jobs(f"J{j}", places, names)) for j in range(jobs)),
        relations=draw(_relations(jobs)) if related and jobs > 1 else (),
        objective=draw(
            st.builds(
                Objective,
                travel_s=st.integers(0, 2),
                distance_m=st.integers(0, 1),
                technician_used=st.sampled_from([0, 500]),
                overtime_s=st.integers(0, 3),
                late_s=st.integers(0, 2),
                not_preferred=st.sampled_from([0, 400]),
                imbalance_s=st.sampled_from([0, 0, 1]),
                moved=st.sampled_from([0, 1000]),
            )
        ),
    )


def _matrix(draw: st.DrawFn, size: int, most: int) -> tuple[tuple[int, ...], ...]:
    row = st.lists(st.integers(0, most), min_size=size, max_size=size).map(tuple)
    return tuple(draw(row) for _ in range(size))


def _technicians(name: str, places: int) -> st.SearchStrategy[Technician]:
    place = st.integers(0, places - 1)
    return st.builds(
        Technician,
        id=st.just(name),
        start=place,
        end=st.none() | place,
        shift=windows(least=8, latest=12),
        skills=all_skills | all_skills | skills,
        breaks=st.lists(
            st.builds(Break, windows(latest=24), st.integers(0, 3).map(lambda n: n * QUARTER)), max_size=3
        ).map(tuple),
        capacity=st.none() | st.integers(1, 6),
        speed=st.sampled_from([1.0, 1.0, 1.2, 0.7]),
        max_overtime=st.sampled_from([0, 0, 3600]),
    )


def _jobs(name: str, places: int, technicians: list[str]) -> st.SearchStrategy[Job]:
    some = st.lists(st.sampled_from(technicians), max_size=2).map(tuple)
    return st.builds(
        Job,
        id=st.just(name),
        location=st.integers(0, places - 1),
        service=st.integers(0, 4).map(lambda n: n * QUARTER),
        setup=st.sampled_from([0, 0, 300]),
        windows=st.just(()) | st.lists(windows(latest=24), max_size=2).map(tuple),
        skills=st.just(()) | skills,
        unserved_cost=st.sampled_from([None, 0, 500, 5_000, 50_000, 50_000]),
        due=st.none() | quarters,
        late_cost_per_s=st.integers(0, 2),
        load=st.integers(0, 2),
        technicians=st.none() | st.none() | st.none() | some,
        preferred=st.just(()) | some,
        pinned=st.none()
        | st.none()
        | st.none()
        | st.builds(
            Pin,
            technician=st.sampled_from(technicians),
            start=st.none() | quarters,
            position=st.none() | st.integers(0, 1),
        ),
    )


@st.composite
def _relations(draw: st.DrawFn, jobs: int) -> tuple[Relation, ...]:
    kinds = st.sampled_from(["sequence", "same_technician", "same_time", "not_before"])
    found = []
    for _ in range(draw(st.integers(0, 2))):
        kind = draw(kinds)
        members = draw(st.lists(st.integers(0, jobs - 1), min_size=2, max_size=3, unique=True))
        gap = 0 if kind == "same_technician" else draw(st.sampled_from([0, 600]))
        found.append(Relation(kind, tuple(f"J{j}" for j in members), gap))
    return tuple(found)


@st.composite
def orders(draw: st.DrawFn, problem: Problem) -> tuple[tuple[int, ...], ...]:
    """Some of the jobs dealt out to the technicians in any order, whatever rules that breaks."""
    hands: list[list[int]] = [[] for _ in problem.technicians]
    for j in draw(st.permutations(range(len(problem.jobs)))):
        k = draw(st.integers(-1, len(hands) - 1))
        if k >= 0:
            hands[k].append(j)
    return tuple(map(tuple, hands))
