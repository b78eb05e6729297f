"""Skills and certificates as a roster names them, checked against those the catalogue knows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.actions.imports.cells import day, plain, several
from api.adapters.sheets import Cell
from api.adapters.sheets.names import key, near
from domain.defects import Skill
from domain.people import Certificate

PREFIX = "cert:"


@dataclass(frozen=True, order=True)
class Licence:
    """A row of `certificates` without its technician."""

    kind: str
    number: str
    valid_from: date
    valid_to: date

    @classmethod
    def of(cls, one: Certificate) -> "Licence":
        return cls(one.kind, one.number, one.valid_from, one.valid_to)

    def certificate(self) -> Certificate:
        return Certificate(**vars(self))


class Abilities:
    """Codes by any of the names the catalogue gives them, English or Chinese."""

    def __init__(self, known: Sequence[Skill]) -> None:
        self.skills = _by_name([skill for skill in known if not skill.is_certificate])
        self.certificates = _by_name([skill for skill in known if skill.is_certificate])
        self.certificates |= {_short(name): code for name, code in self.certificates.items()}

    def skills_of(self, cell: Cell) -> list[str]:
        """Codes in order, each once. Raises ValueError for an unknown one."""
        return sorted(set(several(self._skill)(cell)))

    def _skill(self, cell: Cell) -> str:
        name = plain(cell)
        if key(name) in self.skills:
            return self.skills[key(name)]
        if key(name) in self.certificates:
            raise ValueError(f'"{name}" is a certificate: it goes into the column certificates, with its dates')
        raise ValueError(f'there is no skill "{name}".{near(name, self.skills) or _list(self.skills)}')

    def licences(self, cell: Cell) -> list[Licence]:
        """Raises ValueError for an unknown kind or a bad date."""
        return sorted(several(self._licence)(cell))

    def _licence(self, cell: Cell) -> Licence:
        parts = [part.strip() for part in plain(cell).replace("：", ":").rsplit(":", 3)]
        if len(parts) < 4:
            raise ValueError(
                f'"{plain(cell)}" is not kind:number:from:to, such as electrician:T3101:2024-03-01:2030-02-28'
            )
        name, number, first, last = parts
        if key(name) not in self.certificates:
            raise ValueError(
                f'there is no certificate "{name}".{near(name, self.certificates) or _list(self.certificates)}'
            )
        licence = Licence(self.certificates[key(name)], number, day(first), day(last))
        if licence.valid_from > licence.valid_to:
            raise ValueError(f"the certificate {name} ends on {last}, before it begins on {first}")
        return licence


def _by_name(skills: Sequence[Skill]) -> dict[str, str]:
    return {key(name): skill.code for skill in skills for name in (skill.name_zh, skill.name_en, skill.code)}


def _short(name: str) -> str:
    """height of cert:height, 高处作业 of 特种作业操作证（高处作业）."""
    inside = re.search(r"\((.+)\)", name)
    return inside[1] if inside else name.removeprefix(PREFIX)


def _list(names: dict[str, str]) -> str:
    return f" There are: {', '.join(sorted(set(names.values())))}."
