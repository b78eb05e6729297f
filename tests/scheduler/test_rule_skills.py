from days import NINE, broken, day, job, judge, route, technician


def test_a_technician_with_every_skill_costs_nothing() -> None:
    problem = day([job(skills=("gas", "tiling"))], [technician(skills=("tiling", "gas", "paint"))])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE)))) == []


def test_each_missing_skill_counts_once() -> None:
    problem = day([job(skills=("gas", "tiling", "gas"))], [technician(skills=("paint",))])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE)))) == [("skills", "J1", "T1", 2)]


def test_a_held_certificate_costs_nothing() -> None:
    problem = day([job(skills=("cert:electrician",))], [technician(skills=("cert:electrician",))])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE)))) == []


def test_a_missing_certificate_is_not_a_missing_skill() -> None:
    problem = day([job(skills=("wiring", "cert:electrician"))], [technician(skills=("wiring",))])
    verdict = judge(problem, route(problem, "T1", ("J1", NINE)))
    assert broken(verdict) == [("certificates", "J1", "T1", 1)]
    assert verdict.violations[0].sentence == "T1 has no valid certificate (electrician) for J1."
