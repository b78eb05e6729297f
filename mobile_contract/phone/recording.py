"""What a technician records: each is on disk before it returns, with or without a network.

Every method gives the operation's id. Raises NotRecorded for what breaks the contract's bounds, StorageError.
`at` is the device's clock, now unless it is said.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from mobile_contract.phone.errors import NotRecorded
from mobile_contract.phone.outbox import Outbox
from mobile_contract.phone.sheet import Sheet
from mobile_contract.v1 import (
    Accept,
    AddNote,
    AnotherVisit,
    AnotherVisitReason,
    Arrive,
    AttachPhoto,
    ChecklistAnswer,
    Complete,
    Depart,
    FoundDefect,
    Language,
    NoAccess,
    NoAccessReason,
    Operation,
    PartUsed,
    Pause,
    PauseReason,
    PhotoShows,
    Ping,
    RefusalReason,
    Refuse,
    Relationship,
    ShownDocument,
    SignOff,
    Start,
    Stroke,
    Tier,
    UsePart,
    document_hash,
)


class Recording:
    def __init__(self, outbox: Outbox, sheet: Sheet, clock: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self._sheet = sheet
        self._clock = clock

    def accept(self, visit_id: UUID, *, at: datetime | None = None) -> UUID:
        return self._record(Accept, at, visit_id=visit_id)

    def depart(self, visit_id: UUID, *, at: datetime | None = None) -> UUID:
        return self._record(Depart, at, visit_id=visit_id)

    def arrive(self, visit_id: UUID, *, at: datetime | None = None) -> UUID:
        return self._record(Arrive, at, visit_id=visit_id)

    def start(self, visit_id: UUID, *, at: datetime | None = None) -> UUID:
        return self._record(Start, at, visit_id=visit_id)

    def pause(self, visit_id: UUID, reason: PauseReason, *, note: str = "", at: datetime | None = None) -> UUID:
        """`start` goes on."""
        return self._record(Pause, at, visit_id=visit_id, reason=reason, note=note)

    def no_access(self, visit_id: UUID, reason: NoAccessReason, *, note: str = "", at: datetime | None = None) -> UUID:
        return self._record(NoAccess, at, visit_id=visit_id, reason=reason, note=note)

    def another_visit(
        self,
        visit_id: UUID,
        reason: AnotherVisitReason,
        *,
        done: str,
        needed: str,
        minutes: int = 0,
        at: datetime | None = None,
    ) -> UUID:
        return self._record(
            AnotherVisit, at, visit_id=visit_id, reason=reason, done=done, needed=needed, minutes=minutes
        )

    def complete(
        self,
        visit_id: UUID,
        *,
        minutes: int,
        signer_name: str,
        strokes: Sequence[Stroke],
        checklist: Sequence[ChecklistAnswer] = (),
        parts: Sequence[PartUsed] = (),
        note: str = "",
        accepted: bool = True,
        photos: Sequence[str] = (),
        relationship: Relationship | None = None,
        consent: tuple[str, Language] | None = None,
        at: datetime | None = None,
    ) -> UUID:
        """Seals what `shown` gives for the same work; that is what the owner must have read.

        `consent` is the version and the language of the route sheet's consent that was read with it.
        """
        consent_version, consent_language = consent or (None, None)
        document = self.shown(visit_id, minutes=minutes, checklist=checklist, parts=parts, note=note)

        def make(seq: int) -> Operation:
            sign_off = SignOff(
                signer_name=signer_name,
                strokes=list(strokes),
                document_hash=document_hash(document),
                accepted=accepted,
                photos=list(photos),
                relationship=relationship,
                consent_version=consent_version,
                consent_language=consent_language,
            )
            return Complete(**common(seq, at or self._clock()), **work_in(document), sign_off=sign_off)

        return self._outbox.record(make)

    def refuse(
        self,
        visit_id: UUID,
        reason: RefusalReason,
        *,
        minutes: int,
        witness_name: str,
        checklist: Sequence[ChecklistAnswer] = (),
        parts: Sequence[PartUsed] = (),
        note: str = "",
        photos: Sequence[str] = (),
        remark: str = "",
        at: datetime | None = None,
    ) -> UUID:
        """The owner read what `shown` gives, and signs nothing."""
        document = self.shown(visit_id, minutes=minutes, checklist=checklist, parts=parts, note=note)

        def make(seq: int) -> Operation:
            return Refuse(
                **common(seq, at or self._clock()),
                **work_in(document),
                reason=reason,
                witness_name=witness_name,
                document_hash=document_hash(document),
                photos=list(photos),
                remark=remark,
            )

        return self._outbox.record(make)

    def attach_photo(
        self, visit_id: UUID, photo: str, shows: PhotoShows, *, caption: str = "", at: datetime | None = None
    ) -> UUID:
        """`photo` is the file's SHA-256 in hex; the file itself goes up apart."""
        return self._record(AttachPhoto, at, visit_id=visit_id, photo=photo, shows=shows, caption=caption)

    def add_note(self, visit_id: UUID, text: str, *, at: datetime | None = None) -> UUID:
        return self._record(AddNote, at, visit_id=visit_id, text=text)

    def use_part(self, visit_id: UUID, code: str, name: str, quantity: int, *, at: datetime | None = None) -> UUID:
        return self._record(UsePart, at, visit_id=visit_id, code=code, name=name, quantity=quantity)

    def found_defect(
        self,
        visit_id: UUID,
        defect: str,
        description: str,
        *,
        place: str = "",
        tier: Tier | None = None,
        at: datetime | None = None,
    ) -> UUID:
        """`defect` is a code of the sheet's `defects`."""
        return self._record(
            FoundDefect, at, visit_id=visit_id, defect=defect, description=description, place=place, tier=tier
        )

    def ping(
        self,
        latitude: float,
        longitude: float,
        *,
        accuracy_m: int | None = None,
        visit_id: UUID | None = None,
        at: datetime | None = None,
    ) -> UUID:
        return self._record(Ping, at, latitude=latitude, longitude=longitude, accuracy_m=accuracy_m, visit_id=visit_id)

    def shown(
        self,
        visit_id: UUID,
        *,
        minutes: int,
        checklist: Sequence[ChecklistAnswer] = (),
        parts: Sequence[PartUsed] = (),
        note: str = "",
    ) -> ShownDocument:
        """The document for the owner to read. Raises NotRecorded for a visit that this phone doesn't hold."""
        stop = next((stop for stop in self._sheet.stops() if stop.visit_id == visit_id), None)
        if stop is None:
            raise NotRecorded(f"Visit {visit_id} is not on this phone.")
        return ShownDocument.of(stop, list(checklist), list(parts), minutes, note)

    def _record(self, kind: Callable[..., Operation], at: datetime | None, **fields: Any) -> UUID:
        return self._outbox.record(lambda seq: kind(**common(seq, at or self._clock()), **fields))


def utc_now() -> datetime:
    return datetime.now(UTC)


def common(seq: int, at: datetime) -> dict[str, Any]:
    return {"op_id": uuid7(), "device_seq": seq, "at": at}


def work_in(document: ShownDocument) -> dict[str, Any]:
    """What an ending repeats of the document that was shown."""
    return {name: getattr(document, name) for name in ("visit_id", "checklist", "parts", "minutes", "note")}
