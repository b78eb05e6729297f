"""The owners of a file's homes: one with the same number, or the number as exports show it, is the same owner."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.imports.cells import is_mask_of
from api.actions.imports.columns import BadValues, Values
from domain.people import Owner
from domain.places import Building, Home


class Owners:
    def __init__(self, session: AsyncSession, known: dict[UUID, list[Owner]]) -> None:
        self.session, self.by_home = session, known
        self.added: dict[tuple[int, str], Owner] = {}
        """Not flushed yet, so without ids: by the home object and the number."""

    @classmethod
    async def load(cls, session: AsyncSession, communities: Collection[UUID]) -> "Owners":
        known: dict[UUID, list[Owner]] = defaultdict(list)
        query = select(Owner).join(Owner.home).join(Home.building).where(Building.community_id.in_(communities))
        for owner in await session.scalars(query.order_by(Owner.id)):
            known[owner.home_id].append(owner)
        return cls(session, known)

    def named(self, values: Values, home: Home | None) -> tuple[str, str] | None:
        """The name and real number of a row's owner. Raises BadValues."""
        name, phone = values.get("owner_name", ""), values.get("owner_phone", "")
        if not name and not phone:
            return None
        if not name:
            raise BadValues({"owner_name": "is empty, though the owner_phone is given"})
        if "*" not in phone:
            return name, phone
        meant = [owner for owner in self._of(home) if is_mask_of(phone, owner.phone)]
        if len(meant) > 1:
            meant = [owner for owner in meant if owner.name == name]
        if len(meant) != 1:
            raise BadValues({"owner_phone": f'"{phone}" is masked, and not how one known owner\'s number is shown'})
        return name, meant[0].phone

    def bring(self, home: Home, name: str, phone: str) -> bool:
        """Whether anything had to change."""
        owner = next((one for one in self._of(home) if one.phone == phone), self.added.get((id(home), phone)))
        if owner is None:
            self.added[id(home), phone] = Owner(home=home, name=name, phone=phone)
            self.session.add(self.added[id(home), phone])
            return True
        changed = owner.name != name
        owner.name = name
        return changed

    def _of(self, home: Home | None) -> list[Owner]:
        return self.by_home.get(home.id, []) if home is not None and home.id is not None else []
