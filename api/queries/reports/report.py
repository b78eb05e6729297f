"""The after-sales report over a period and territories, as the tables of a workbook in one language."""

from collections.abc import Callable, Collection
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.adapters.sheets import Share, Table, Value
from api.queries.reports.cases import Case, Counts, Period, counted, value_of
from api.queries.reports.owners import owner_cases
from api.queries.reports.tickets import ticket_cases
from api.queries.reports.visits import visit_cases
from domain.defects import DefectKind, Skill
from domain.measures import Measure, Unit, measures
from domain.people import Technician
from domain.places import Territory
from domain.triage import Tier

Language = Literal["zh", "en"]

WORDS = {
    "numbers": ("Numbers", "指标"),
    "territories": ("By territory", "按片区"),
    "communities": ("By community", "按小区"),
    "groups": ("By technician group", "按技师组"),
    "people": ("By technician", "按技师"),
    "defects": ("By defect", "按缺陷"),
    "measure": ("Measure", "指标"),
    "all": ("All", "合计"),
    "emergency": ("Emergency", "紧急"),
    "general": ("General", "一般"),
    "minor": ("Minor", "轻微"),
    "part": ("Of these", "分子"),
    "whole": ("Cases", "分母"),
    "means": ("What it means", "定义"),
    "source": ("Source", "来源"),
    "territory": ("Territory", "片区"),
    "community": ("Community", "小区"),
    "trades": ("Trades", "工种"),
    "technician": ("Technician", "技师"),
    "trade": ("Trade", "工种"),
    "defect": ("Defect", "缺陷"),
    "period": ("From {since} to {until}, counted {now}", "{since} 至 {until}，统计于 {now}"),
}


async def count_cases(session: AsyncSession, territory_ids: Collection[UUID] | None, period: Period) -> list[Case]:
    """None: of all territories."""
    query = select(Territory).order_by(Territory.name)
    if territory_ids is not None:
        query = query.where(Territory.id.in_(territory_ids))
    cases: list[Case] = []
    for territory in (await session.scalars(query)).all():
        for part in (ticket_cases, visit_cases, owner_cases):
            cases += await part(session, territory, period)
    return cases


async def report_tables(
    session: AsyncSession,
    territory_ids: Collection[UUID] | None,
    period: Period,
    language: Language,
    *,
    people: bool,
) -> list[Table]:
    """With `people` a sheet of single technicians, in order of their names; it is for managers."""
    cases = await count_cases(session, territory_ids, period)
    write = Writer(language)
    skills = {one.code: write.name(one) for one in await session.scalars(select(Skill))}
    defects = {one.code: one for one in await session.scalars(select(DefectKind))}
    team = {one.id: one for one in await session.scalars(select(Technician))}

    def trades(technician: Technician) -> str:
        return " · ".join(skills.get(code, code) for code in sorted(technician.skills))

    def group(case: Case) -> tuple[str, str] | None:
        return (case.territory, trades(team[case.technician])) if case.technician else None

    def person(case: Case) -> tuple[str, str] | None:
        return (case.territory, team[case.technician].name) if case.technician else None

    def community(case: Case) -> tuple[str, str] | None:
        return (case.territory, case.community) if case.community else None

    def defect(case: Case) -> tuple[str, str] | None:
        if case.defect is None:
            return None
        kind = defects[case.defect]
        return skills.get(kind.trade, kind.trade), write.name(kind)

    tables = [
        write.numbers(cases, period),
        write.by("territories", ("territory",), cases, lambda case: (case.territory,)),
        write.by("communities", ("territory", "community"), cases, community),
        write.by("groups", ("territory", "trades"), cases, group),
    ]
    if people:
        tables.append(write.by("people", ("territory", "technician"), cases, person))
    return [*tables, write.by("defects", ("trade", "defect"), cases, defect)]


class Writer:
    """Numbers as tables, in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, word: str) -> str:
        return WORDS[word][self.language == "zh"]

    def name(self, one: "Measure | Skill | DefectKind") -> str:
        return one.name_zh if self.language == "zh" else one.name_en

    def numbers(self, cases: list[Case], period: Period) -> Table:
        """All, and by tier where a measure has one, with what each means."""
        total = counted(cases, lambda _: "all").get("all", {})
        tiers = counted(cases, lambda case: case.tier)
        columns = ("measure", "all", *map(str, Tier), "part", "whole", "means", "source")
        rows: list[list[Value]] = []
        for code, measure in measures().items():
            part, whole = total.get(code, (0.0, 0.0))
            by_tier = [shown(measure, tiers[tier]) if code in tiers.get(tier, {}) else None for tier in Tier]
            means = measure.means_zh if self.language == "zh" else measure.means_en
            rows.append(
                [
                    self.name(measure),
                    shown(measure, total),
                    *by_tier,
                    rounded(part),
                    rounded(whole),
                    means,
                    measure.source,
                ]
            )
        told = self.say("period").format(
            since=period.since, until=period.until, now=period.now.isoformat(sep=" ", timespec="minutes")
        )
        rows += [[], [told]]
        return Table(self.say("numbers"), tuple(map(self.say, columns)), rows)

    def by(
        self,
        title: str,
        heads: tuple[str, ...],
        cases: list[Case],
        key: Callable[[Case], tuple[str, ...] | None],
    ) -> Table:
        """A row for each key, in the keys' order; only measures that have any such case."""
        found = counted(cases, key)
        told = [one for one in measures().values() if any(one.code in counts for counts in found.values())]
        columns = (*map(self.say, heads), *map(self.name, told))
        rows = [[*names, *(shown(one, counts) for one in told)] for names, counts in sorted(found.items())]
        return Table(self.say(title), columns, rows)


def shown(measure: Measure, counts: Counts) -> Value:
    value = value_of(measure.code, counts)
    if value is None:
        return None
    return Share(value) if measure.unit is Unit.SHARE else rounded(value)


def rounded(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 2)
