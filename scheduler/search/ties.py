"""What relations ask of the order jobs are served in and of who serves them; `coupling` asks about time."""

from collections.abc import Collection, Mapping

from scheduler.search.model import Model, Order, Tie


def may_come(
    model: Model,
    technician_of: Mapping[int, int],
    order: Order,
    j: int,
    k: int,
    position: int,
    coming: Collection[int] = (),
) -> bool:
    """Whether job j, unserved so far, may come into technician k's `order` at `position`.

    `coming` are the jobs that will be served before the plan is judged, so j needn't wait for them.
    """
    return all(_allows(tie, technician_of, order, j, k, position, coming) for tie in model.ties_of[j])


def _allows(
    tie: Tie,
    technician_of: Mapping[int, int],
    order: Order,
    j: int,
    k: int,
    position: int,
    coming: Collection[int],
) -> bool:
    if tie.type == "same_time":
        return all(other in technician_of or other in coming or other == j for other in tie.tasks)
    if tie.type == "same_technician":
        return all(technician_of.get(other, k) == k for other in tie.tasks)
    place = tie.tasks.index(j)
    before, after = tie.tasks[:place], tie.tasks[place + 1 :]
    if any(other not in technician_of for other in before):
        return False
    if tie.type == "not_before":
        return True
    if any(technician_of.get(other, k) != k for other in tie.tasks):
        return False
    return all(order.index(other) < position for other in before) and all(
        order.index(other) >= position for other in after if other in technician_of
    )


def companions(model: Model, j: int) -> list[int]:
    """The jobs that are served all or none, j among them, in the problem's order."""
    found, waiting = {j}, [j]
    while waiting:
        for tie in model.ties_of[waiting.pop()]:
            new = set(tie.tasks) - found if tie.type == "same_time" else set()
            found |= new
            waiting += new
    return sorted(found)


def dependents(model: Model, j: int) -> list[int]:
    """The jobs that can't be served without j, and j itself, in the problem's order."""
    found, waiting = {j}, [j]
    while waiting:
        one = waiting.pop()
        for tie in model.ties_of[one]:
            if tie.type == "same_technician":
                continue
            place = 0 if tie.type == "same_time" else tie.tasks.index(one)
            new = set(tie.tasks[place:]) - found
            found |= new
            waiting += new
    return sorted(found)


def awaited(model: Model, technician_of: Mapping[int, int], j: int) -> list[int]:
    """The unserved jobs that must be served before j may be, by a sequence or a `not_before`."""
    return sorted(
        {
            other
            for tie in model.ties_of[j]
            if tie.type in ("sequence", "not_before")
            for other in tie.tasks[: tie.tasks.index(j)]
            if other not in technician_of
        }
    )
