"""How urgent a defect is, and the three clocks that start when it is reported: contact, attend, repair."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from domain.base import Base, Identified
from domain.calendars import WorkingCalendar
from domain.cities import city_name
from domain.data import read_seed
from domain.errors import Invalid

if TYPE_CHECKING:
    from domain.defects import DefectKind


class Tier(StrEnum):
    """Most urgent first."""

    EMERGENCY = "emergency"
    GENERAL = "general"
    MINOR = "minor"


URGENCY = {tier: rank for rank, tier in enumerate(reversed(Tier))}

LENGTH = re.compile(r"([1-9]\d{0,3}) (min|h|days?|working hours?|working days?)")


@dataclass(frozen=True)
class ClockLength:
    """How long a clock runs: minutes, hours or days around the clock, or hours or days of working time."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, written: str) -> "ClockLength":
        if not (match := LENGTH.fullmatch(written)):
            raise Invalid(
                f'A clock is written "15 min", "24 h", "30 days", "4 working hours" or "3 working days", '
                f"not {written!r}."
            )
        return cls(int(match[1]), match[2].removesuffix("s"))

    def after(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """When the clock runs out, on the calendar's zone. A day around the clock is 24 hours."""
        match self.unit:
            case "working hour":
                return calendar.add_working_time(start, timedelta(hours=self.amount))
            case "working day":
                return calendar.add_working_days(start, self.amount)
            case unit:
                one = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "day": timedelta(days=1)}[unit]
                return (start.astimezone(UTC) + self.amount * one).astimezone(calendar.zone)


class ClockPolicy(Identified, Base):
    """One tier's three clock lengths, everywhere or in one city, in every contract or in one."""

    __tablename__ = "clock_policies"
    __table_args__ = (UniqueConstraint("city", "contract", "tier", postgresql_nulls_not_distinct=True),)

    name: Mapped[str]
    city: Mapped[str | None]
    contract: Mapped[str | None]
    tier: Mapped[Tier]
    contact: Mapped[str]
    attend: Mapped[str]
    repair: Mapped[str]
    source: Mapped[str]

    @validates("contact", "attend", "repair")
    def _length(self, _: str, written: str) -> str:
        ClockLength.parse(written)
        return written


@dataclass(frozen=True)
class Clocks:
    """The aware moments by which the owner is called, a technician has come, and the repair is done."""

    contact: datetime
    attend: datetime
    repair: datetime
    policy: str
    source: str


def clocks(
    tier: Tier,
    reported_at: datetime,
    policies: Iterable[ClockPolicy],
    calendar: WorkingCalendar,
    city: str | None = None,
    contract: str | None = None,
) -> Clocks:
    """By the most specific policy: contract and city, contract, city, default."""
    if reported_at.tzinfo is None:
        raise Invalid(f"The time of report, {reported_at}, has no zone.")
    policy = policy_for(tier, policies, city, contract)
    try:
        contact, attend, repair = (
            ClockLength.parse(length).after(reported_at, calendar)
            for length in (policy.contact, policy.attend, policy.repair)
        )
    except OverflowError:
        raise Invalid(f"The time of report, {reported_at}, is too far away to count from.") from None
    return Clocks(contact, attend, repair, policy.name, policy.source)


def policy_for(
    tier: Tier, policies: Iterable[ClockPolicy], city: str | None = None, contract: str | None = None
) -> ClockPolicy:
    """The most specific: contract and city, contract, city, default."""
    here = city_name(city)
    candidates = {
        (p.contract, city_name(p.city)): p
        for p in policies
        if p.tier == tier and p.contract in (None, contract) and city_name(p.city) in (None, here)
    }
    wanted = ((contract, here), (contract, None), (None, here), (None, None))
    policy = next((candidates[key] for key in wanted if key in candidates), None)
    if policy is None:
        raise Invalid(f"No clock policy covers tier {tier} in {here or 'any city'}: add a default row.")
    return policy


class TriageQuestion(Base):
    """A plain question to the owner: yes raises the tier to `yes_tier`, no lowers it to `no_tier`."""

    __tablename__ = "triage_questions"

    code: Mapped[str] = mapped_column(primary_key=True)
    text_en: Mapped[str]
    text_zh: Mapped[str]
    yes_tier: Mapped[Tier | None]
    no_tier: Mapped[Tier | None]
    source: Mapped[str]


def tier_for(kind: "DefectKind", answers: Mapping[str, bool], questions: Iterable[TriageQuestion]) -> Tier:
    """The kind's own tier, lowered by what the owner denies, then raised by what the owner affirms.

    `answers` are by question code; one that the kind doesn't ask still counts, for danger is danger anywhere.
    """
    asked = {question.code: question for question in questions}
    if unknown := sorted(answers.keys() - asked.keys()):
        raise Invalid(f"Unknown triage questions: {', '.join(unknown)}. Known: {', '.join(sorted(asked))}.")
    denied = [tier for code, yes in answers.items() if not yes and (tier := asked[code].no_tier)]
    affirmed = [tier for code, yes in answers.items() if yes and (tier := asked[code].yes_tier)]
    lowered = min([kind.tier, *denied], key=URGENCY.__getitem__)
    return max([lowered, *affirmed], key=URGENCY.__getitem__)


def tier_names() -> dict[Tier, dict[str, str]]:
    """{"name_en", "name_zh"} by tier."""
    return {
        Tier(row["code"]): {"name_en": row["name_en"], "name_zh": row["name_zh"]} for row in read_seed("tiers")["tier"]
    }


def load_policies() -> tuple[ClockPolicy, ...]:
    return tuple(ClockPolicy(**{**row, "tier": Tier(row["tier"])}) for row in read_seed("tiers")["policy"])


def load_questions() -> tuple[TriageQuestion, ...]:
    rows = read_seed("tiers")["question"]
    return tuple(
        TriageQuestion(**row | {key: Tier(row[key]) for key in ("yes_tier", "no_tier") if key in row}) for row in rows
    )
