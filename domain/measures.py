"""What the numbers of a report mean: rows with a definition in both languages and its source."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from domain.data import read_seed


class Unit(StrEnum):
    SHARE = "share"
    """`part` of `whole`, from 0 to 1."""
    MEAN = "mean"
    """The sum `part` over `whole` cases."""
    SUM = "sum"


@dataclass(frozen=True)
class Measure:
    code: str
    unit: Unit
    name_en: str
    name_zh: str
    means_en: str
    means_zh: str
    source: str

    def value(self, part: float, whole: float) -> float | None:
        """None where there was no case: no number is not a bad one."""
        if self.unit is Unit.SUM:
            return part
        return part / whole if whole else None


@cache
def measures() -> dict[str, Measure]:
    """By code, in the order in which they are told."""
    rows = [Measure(**row | {"unit": Unit(row["unit"])}) for row in read_seed("measures")["measure"]]
    return {row.code: row for row in rows}
