"""Counts a warranty period to its last day, inclusive.

民法典 arts. 200–204: the start day is not counted; a period of months or years ends with the corresponding
day, or the month's last day where there is none. Seasons are whole seasons that begin on or after the start
day: a handover inside a season does not use that season up.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.calendars import Season, SeasonKind, WorkingCalendar, season_for
from domain.errors import Invalid
from domain.warranty_rules import PeriodUnit, WarrantyRule

SEASONS = {
    PeriodUnit.HEATING_SEASONS: SeasonKind.HEATING,
    PeriodUnit.COOLING_SEASONS: SeasonKind.COOLING,
}


@dataclass(frozen=True)
class Cover:
    """A promise with its dates."""

    rule: WarrantyRule
    period: int
    start: date
    last_day: date


def months_after(start: date, months: int) -> date:
    """The corresponding day; Invalid beyond year 9999."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        raise Invalid(f"{months} months after {start} is beyond year {date.max.year}.")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def cover(
    rule: WarrantyRule,
    start: date,
    city: str | None,
    seasons: Iterable[Season],
    design_life_years: int | None = None,
    last_day_moves: WorkingCalendar | None = None,
) -> Cover | None:
    """None where the rule counts seasons and the city's season is unknown.

    With `last_day_moves`, a last day that is no working day there moves to the next one (民法典 art. 203).
    """
    period = rule.period
    if rule.unit is PeriodUnit.DESIGN_LIFE:
        period = design_life_years or period
    if rule.unit in SEASONS:
        season = season_for(SEASONS[rule.unit], city, seasons)
        if season is None:
            return None
        last_day = season.end_of_whole(period, since=start)
    else:
        last_day = months_after(start, period if rule.unit is PeriodUnit.MONTHS else 12 * period)
    if last_day_moves:
        last_day = last_day_moves.working_day_from(last_day)
    return Cover(rule, period, start, last_day)
