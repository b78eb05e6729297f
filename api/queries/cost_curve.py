"""How a plan's cost falls while it is searched for: few enough points for a chart, however many plans there were."""

MOST_POINTS = 240


class Curve:
    """Filled by the search's thread and read by others. `latest` is seconds gone, cost and jobs served."""

    def __init__(self) -> None:
        self.latest: tuple[float, int, int] | None = None
        self._points: list[list[float]] = []

    @property
    def points(self) -> list[list[float]]:
        """[seconds, cost], the first and the last among them."""
        return list(self._points)

    def add(self, elapsed: float, cost: int, served: int) -> None:
        point = [round(elapsed, 2), float(cost)]
        points = [*self._points, point]
        if len(points) > MOST_POINTS:
            points = [*points[0:-1:2], point]
        self._points, self.latest = points, (elapsed, cost, served)

    def ended(self, seconds: float, cost: int) -> list[list[float]]:
        """With the last polish, after which nothing is told any more."""
        return [*self._points, [round(seconds, 2), float(cost)]]
