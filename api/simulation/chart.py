"""The table as a picture: a pair of bars for each share. Plain SVG, as the plan's picture is."""

from collections.abc import Iterator

from api.queries.plan_marks import escaped, text
from api.simulation.outcome import Measures
from api.simulation.tables import OURS, THEIRS, Run, rows, title
from domain.triage import Tier

WIDTH, LEFT, BAR_W, ROW_H, BAR_H, TOP = 780, 230, 400, 56, 18, 74
INKS = ("#0b57b0", "#8a93a0")


def shares(measures: Measures) -> Iterator[tuple[str, int, int]]:
    for tier in Tier:
        yield f"attended in time, {tier}", *measures.attended[tier]
    yield "promises kept", measures.kept, measures.promised
    yield "visits done", measures.served, measures.calls


def chart(run: Run) -> str:
    """Whoever can't see it hears the table's rows."""
    both = list(zip(shares(run.ours), shares(run.theirs), strict=True))
    others = [row for row in rows(run) if row[0] not in {ours[0] for ours, _ in both}]
    height = TOP + ROW_H * len(both) + 22 * len(others) + 40
    label = escaped(title(run) + ". " + "; ".join(f"{what}: {a} and {b}" for what, a, b in rows(run)))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{label}" font-size="12" font-family="system-ui, sans-serif">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        text(16, 28, title(run), size=17, weight=600),
    ]
    for x, ink, name in ((16, INKS[0], OURS), (140, INKS[1], THEIRS)):
        parts += [f'<rect x="{x}" y="42" width="12" height="12" fill="{ink}"/>', text(x + 18, 52, name)]
    for row, pair in enumerate(both):
        y = TOP + row * ROW_H
        parts.append(text(16, y + 22, pair[0][0]))
        for number, (_, good, all_) in enumerate(pair):
            share, top = good / all_ if all_ else 0.0, y + number * (BAR_H + 2)
            words = f"{100 * share:.1f} % of {all_}" if all_ else "none"
            parts.append(
                f'<rect x="{LEFT}" y="{top}" width="{BAR_W * share:.1f}" height="{BAR_H}" fill="{INKS[number]}"/>'
            )
            parts.append(text(LEFT + BAR_W * share + 6, top + 14, words))
    for number, (what, ours, theirs) in enumerate(others):
        y = TOP + ROW_H * len(both) + 22 * number + 14
        parts += [text(16, y, what), text(LEFT, y, ours), text(LEFT + 200, y, theirs)]
    return "\n".join([*parts, "</svg>"]) + "\n"
