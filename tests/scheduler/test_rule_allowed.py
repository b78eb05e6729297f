from days import NINE, broken, day, job, judge, route, technician

BOTH = [technician("T1"), technician("T2")]


def test_an_allowed_technician_costs_nothing() -> None:
    problem = day([job(technicians=("T2",))], BOTH)
    assert broken(judge(problem, route(problem, "T2", ("J1", NINE)))) == []


def test_any_technician_may_serve_a_job_that_names_none() -> None:
    problem = day([job(technicians=None)], BOTH)
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE)))) == []


def test_another_technician_breaks_the_rule_once_a_job() -> None:
    problem = day([job(technicians=("T2",)), job("J2", technicians=())], BOTH)
    verdict = judge(problem, route(problem, "T1", ("J1", NINE), ("J2", NINE + 1800)))
    assert broken(verdict) == [("allowed", "J1", "T1", 1), ("allowed", "J2", "T1", 1)]
