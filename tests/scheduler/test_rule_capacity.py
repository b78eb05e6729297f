from days import NINE, TEN, broken, day, job, judge, route, technician

LOADS = [job("J1", load=30), job("J2", load=12)]


def test_a_full_vehicle_costs_nothing() -> None:
    problem = day(LOADS, [technician(capacity=42)])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE), ("J2", TEN)))) == []


def test_a_technician_without_capacity_carries_anything() -> None:
    problem = day(LOADS, [technician(capacity=None)])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE), ("J2", TEN)))) == []


def test_too_much_counts_the_load_above_capacity() -> None:
    problem = day(LOADS, [technician(capacity=40)])
    plan = route(problem, "T1", ("J1", NINE), ("J2", TEN))
    assert broken(judge(problem, plan)) == [("capacity", None, "T1", 2)]
