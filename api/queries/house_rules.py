"""All rows of law and policy that a report is judged by, as they stand in the database today."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendars import Season, WorkingCalendar
from domain.defects import DefectKind
from domain.errors import Invalid
from domain.triage import ClockPolicy, TriageQuestion
from domain.warranty_rules import RuleBook, WarrantyExclusion, WarrantyItem, WarrantyRule


@dataclass(frozen=True)
class HouseRules:
    defects: dict[str, DefectKind]
    questions: Sequence[TriageQuestion]
    policies: Sequence[ClockPolicy]
    calendars: Sequence[WorkingCalendar]
    warranty: RuleBook

    def defect(self, code: str) -> DefectKind:
        if code not in self.defects:
            raise Invalid(f"There is no defect {code!r} in the catalogue. GET /api/v1/defects lists them.")
        return self.defects[code]


async def load_house_rules(session: AsyncSession) -> HouseRules:
    defects = (await session.scalars(select(DefectKind).order_by(DefectKind.code))).all()
    return HouseRules(
        defects={kind.code: kind for kind in defects},
        questions=(await session.scalars(select(TriageQuestion))).all(),
        policies=(await session.scalars(select(ClockPolicy))).all(),
        calendars=(await session.scalars(select(WorkingCalendar))).all(),
        warranty=RuleBook(
            items=(await session.scalars(select(WarrantyItem))).all(),
            rules=(await session.scalars(select(WarrantyRule))).all(),
            exclusions=(await session.scalars(select(WarrantyExclusion))).all(),
            seasons=(await session.scalars(select(Season))).all(),
        ),
    )
