"""On small days, the fixes told are those that trying everything finds: none asks for less, and none is cheaper."""

from collections import Counter

from brute_force_fixes import FixWitness, Found
from overfull_days import first_come_first_served, overfull

from scheduler.fixes import FIXES, JobFixes, find_fixes
from scheduler.solve import Stop


def told(found: JobFixes) -> Found:
    """The cheapest of each kind and person."""
    who = ("overtime", "allowed", "skill", "certificate")
    fixes: Found = {}
    for fix in found.fixes:
        if fix.price is not None:
            fixes.setdefault(
                (fix.kind, fix.technician if fix.kind in who else None), (fix.price.seconds, fix.price.cost)
            )
    return fixes


def test_no_fix_is_missed_none_asks_for_more_than_it_must_and_none_is_dearer() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(120):
        problem = overfull(seed, 3 + seed % 3, 2, related=False)
        solution = first_come_first_served(problem)
        for found in find_fixes(problem, solution, Stop(30), search_s=0):
            expected = FixWitness(problem, solution, found.job).fixes()
            assert told(found) == expected, f"seed {seed}, {found.job}"
            kinds.update(kind for kind, _ in expected)
    assert kinds.keys() == FIXES.keys()
