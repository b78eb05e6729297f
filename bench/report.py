"""What a comparison came to: a table on the screen, every run in a file, and a picture."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.box import SIMPLE
from rich.table import Table

from bench import machine
from bench.rounds import Run

GAPS = (0, 1, 10, 100, 1000)  # percent, on the picture; where one is wider, up to the next power of ten
PANELS_WIDE = 4


@dataclass(frozen=True)
class Line:
    """The runs of one planner on one instance with one budget; costs are of the valid plans among them."""

    instance: str
    engine: str
    seconds: float
    costs: list[int]
    unserved: float | None
    took_s: float
    failures: list[str]
    gap: float | None

    @property
    def valid(self) -> bool:
        """A median is only given when every seed led to a plan: leaving bad seeds out would flatter."""
        return bool(self.costs) and not self.failures

    @property
    def overran(self) -> bool:
        """Twice what Doorstep allows itself: peers look at the clock less often, some not before a first plan."""
        return self.took_s > self.seconds + 1.0 + 0.04 * self.seconds


def lines(runs: Iterable[Run], best_known: Mapping[str, int]) -> list[Line]:
    """In the order measured. `gap` is in percent of the least cost known, this run's included."""
    grouped: dict[tuple[str, str, float], list[Run]] = {}
    best = dict(best_known)
    for run in runs:
        grouped.setdefault((run.instance, run.engine, run.seconds), []).append(run)
        if run.cost is not None:
            best[run.instance] = min(run.cost, best.get(run.instance, run.cost))
    return [_line(*key, group, best.get(key[0])) for key, group in grouped.items()]


def _line(instance: str, engine: str, seconds: float, runs: Sequence[Run], best: int | None) -> Line:
    costs = sorted(run.cost for run in runs if run.cost is not None)
    unserved = [run.unserved for run in runs if run.cost is not None and run.unserved is not None]
    failures = [run.failure for run in runs if run.failure is not None]
    gap = 100 * (median(costs) - best) / best if costs and best and not failures else None
    return Line(
        instance,
        engine,
        seconds,
        costs,
        median(unserved) if unserved else None,
        median(run.took_s for run in runs),
        failures,
        gap,
    )


def table(measured: Sequence[Line]) -> Table:
    drawn = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    drawn.add_column("instance, budget", no_wrap=True)
    drawn.add_column("planner", no_wrap=True)
    for heading in ("took s", "cost (unserved)", "gap %", "min – max"):
        drawn.add_column(heading, justify="right", no_wrap=True)
    instances = list(dict.fromkeys(line.instance for line in measured))
    earlier = ""
    for line in sorted(measured, key=lambda line: (instances.index(line.instance), line.seconds)):
        label = f"{line.instance}, {line.seconds:g} s"
        took = f"{line.took_s:.1f}{'!' if line.overran else ''}"
        drawn.add_row("" if label == earlier else label, line.engine, took, *_figures(line))
        earlier = label
    return drawn


def remarks(measured: Sequence[Line]) -> list[str]:
    """A sentence for each line of the table that has no plan, or not every seed's, or overran its time."""
    late = [f"{line.instance}, {line.seconds:g} s, {line.engine}: overran (!)" for line in measured if line.overran]
    return late + [
        f"{line.instance}, {line.seconds:g} s, {line.engine}: {len(line.failures)} of "
        f"{len(line.costs) + len(line.failures)} without a valid plan ({line.failures[0]})"
        for line in measured
        if line.failures
    ]


def _figures(line: Line) -> tuple[str, str, str]:
    if not line.valid:
        return "no valid plan", "–", _span(line.costs)
    unserved = f" ({line.unserved:g})" if line.unserved else ""
    gap = "–" if line.gap is None else f"{line.gap:.2f}"
    return f"{median(line.costs):,.0f}{unserved}", gap, _span(line.costs)


def _span(costs: Sequence[int]) -> str:
    """Nothing for a single run: its cost stands beside it."""
    return f"{costs[0]:,} – {costs[-1]:,}" if len(costs) > 1 else "–"


def write_json(path: Path, runs: Sequence[Run], versions: Mapping[str, str], notes: Sequence[str]) -> None:
    found = {"machine": machine.facts(), "versions": versions, "notes": notes, "runs": [asdict(run) for run in runs]}
    path.write_text(json.dumps(found, indent=1) + "\n")


def write_plot(path: Path, measured: Sequence[Line]) -> None:
    """Gap against budget, a panel an instance, a line a planner; the file's ending chooses the format."""
    from matplotlib.figure import Figure

    instances = list(dict.fromkeys(line.instance for line in measured))
    planners = list(dict.fromkeys(line.engine for line in measured))
    budgets = sorted({line.seconds for line in measured})
    wide = min(PANELS_WIDE, len(instances))
    high = -(-len(instances) // wide)
    widest = max((line.gap for line in measured if line.gap is not None), default=0)
    gaps = [*GAPS]
    while gaps[-1] < widest:
        gaps.append(10 * gaps[-1])
    figure = Figure(figsize=(3.6 * wide, 3 * high + 0.4), layout="constrained")
    panels = list(figure.subplots(high, wide, squeeze=False).flat)
    for panel, instance in zip(panels, instances, strict=False):
        for number, engine in enumerate(planners):
            points = sorted(
                (one.seconds, one.gap)
                for one in measured
                if (one.instance, one.engine) == (instance, engine) and one.gap is not None
            )
            if not points:  # a line without points takes up room in the layout
                continue
            style = f"C{number}o-"
            panel.plot(
                [x for x, _ in points], [y for _, y in points], style, clip_on=False, zorder=9 - number, label=engine
            )
        panel.set_title(instance, fontsize=9)
        panel.set_xscale("log")
        panel.set_xticks(budgets, [f"{seconds:g} s" for seconds in budgets])
        panel.set_xticks([], minor=True)
        panel.set_yscale("symlog", linthresh=1)
        panel.set_yticks(gaps, [f"{gap} %" for gap in gaps])
        panel.set_ylim(bottom=0, top=gaps[-1])
        panel.grid(alpha=0.3)
    for panel in panels[len(instances) :]:
        panel.remove()
    figure.supylabel("cost above the best known", fontsize=9)
    drawn = {line.get_label(): line for panel in panels[: len(instances)] for line in panel.get_lines()}
    figure.legend(drawn.values(), drawn.keys(), loc="outside lower center", ncols=len(planners), fontsize=9)
    figure.savefig(path)
