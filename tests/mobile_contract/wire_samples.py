"""Values of any wire type: one of each by hand for reading, and any number from its own declaration."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import msgspec
from hypothesis import reject
from hypothesis import strategies as st
from msgspec import Raw, inspect
from uuid_utils.compat import uuid7

from mobile_contract.client import Phone
from mobile_contract.v1 import (
    AnotherVisitReason,
    ChecklistAnswer,
    ChecklistItem,
    Complete,
    Named,
    NoAccessReason,
    PartUsed,
    PastVisit,
    PauseReason,
    PhotoShows,
    Point,
    RefusalReason,
    RouteSheet,
    SignOff,
    Stop,
    Tier,
    VisitState,
)

MORNING = datetime(2026, 3, 3, 8, 0, tzinfo=timezone(timedelta(hours=8)))
LEAK = Named(code="leak", en="Leaking pipe", zh="水管漏水")
STROKES = [[Point(100, 200, 0), Point(150, 240, 16)], [Point(300, 100, 400)]]


def a_stop(position: int = 1, state: VisitState = VisitState.PLANNED, visit_id: UUID | None = None) -> Stop:
    starts = MORNING + timedelta(hours=position)
    return Stop(
        visit_id=visit_id or uuid4(),
        job_id=uuid4(),
        ticket_number=f"T-{position:05}",
        position=position,
        state=state,
        tier=Tier.GENERAL,
        planned_arrival=starts - timedelta(minutes=5),
        planned_start=starts,
        planned_end=starts + timedelta(minutes=45),
        window_start=starts,
        window_end=starts + timedelta(hours=2),
        promised=True,
        due=None,
        address="望京西园四区 410 号楼",
        unit="3 单元 1201",
        latitude=39.9968,
        longitude=116.4702,
        access_notes="门禁 #1201",
        contact_name="王芳",
        contact_number="138****0000",
        defect=LEAK,
        description="厨房水槽下方渗水",
        skills=["plumbing"],
        checklist=[ChecklistItem(code="floor", en="Floor protected", zh="铺垫保护", required=True)],
        parts=[Named(code="trap-40", en="Trap 40 mm", zh="存水弯 40 mm")],
        history=[PastVisit(on=MORNING.date(), defect=LEAK, outcome="done")],
        travel_s=900,
        travel_m=4200,
    )


def a_route_sheet(technician_id: UUID | None = None) -> RouteSheet:
    return RouteSheet(
        day=MORNING.date(),
        technician_id=technician_id or uuid4(),
        technician_name="陈伟",
        plan_version=3,
        zone="Asia/Shanghai",
        leaves_at=MORNING,
        returns_at=MORNING + timedelta(hours=9),
        breaks=[],
    )


def a_complete(**changes: Any) -> Complete:
    fields: dict[str, Any] = {
        "op_id": uuid7(),
        "device_seq": 3,
        "visit_id": uuid4(),
        "at": datetime(2026, 3, 3, 3, 0, tzinfo=UTC),
        "checklist": [ChecklistAnswer(code="floor", done=True, note="")],
        "parts": [PartUsed(code="trap-40", name="Trap 40 mm", quantity=1)],
        "minutes": 40,
        "note": "更换存水弯",
        "sign_off": SignOff(signer_name="王芳", strokes=STROKES, document_hash="0" * 64),
    }
    return Complete(**fields | changes)


SAYINGS: dict[str, Callable[[Phone, UUID], UUID]] = {
    "accept": Phone.accept,
    "depart": Phone.depart,
    "arrive": Phone.arrive,
    "start": Phone.start,
    "pause": lambda phone, visit: phone.pause(visit, PauseReason.DRYING, note="防水层需干燥"),
    "no_access": lambda phone, visit: phone.no_access(visit, NoAccessReason.NOBODY_HOME, note="敲门无人应答"),
    "another_visit": lambda phone, visit: phone.another_visit(
        visit, AnotherVisitReason.PARTS_MISSING, done="已关水", needed="DN20 阀门", minutes=15
    ),
    "complete": lambda phone, visit: phone.complete(visit, minutes=5, signer_name="王芳", strokes=STROKES),
    "refuse": lambda phone, visit: phone.refuse(
        visit, RefusalReason.WAIT_AND_SEE, minutes=40, witness_name="物业 李强", remark="先观察几天"
    ),
    "add_note": lambda phone, visit: phone.add_note(visit, "楼上卫生间也有渗水痕迹"),
    "use_part": lambda phone, visit: phone.use_part(visit, "trap-40", "存水弯 40 mm", 1),
    "attach_photo": lambda phone, visit: phone.attach_photo(visit, "a" * 64, PhotoShows.BEFORE, caption="水槽下方"),
    "found_defect": lambda phone, visit: phone.found_defect(
        visit, "leak", "吊顶有水渍", place="主卧卫生间", tier=Tier.EMERGENCY
    ),
    "ping": lambda phone, visit: phone.ping(39.9968, 116.4702, accuracy_m=12),
}
"""How a phone says each kind of operation. `complete` and `refuse` show a document: the visit must be on the phone."""


def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a wire type as its declaration allows them: bounds, patterns, unions, structs in structs."""
    return _of(inspect.type_info(kind))


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES_ORDERED_IDS = st.uuids().map(lambda any_id: UUID(int=any_id.int & ~(0xF << 76) | 7 << 76))


def _of(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StructType():
            return _struct(info)
        case inspect.ListType():
            most = min(info.max_length or 3, (info.min_length or 0) + 3)
            return st.lists(_of(info.item_type), min_size=info.min_length or 0, max_size=most)
        case inspect.UnionType():
            return st.one_of([_of(kind) for kind in info.types])
        case inspect.StrType(pattern=str() as pattern) if "{" in pattern:
            return st.from_regex(pattern, fullmatch=True).filter(lambda text: not text.endswith("\n"))
        case inspect.StrType():
            suits = TEXT.filter(lambda text: len(text) >= (info.min_length or 0))
            return suits.filter(lambda text: re.search(info.pattern or "", text))
        case inspect.IntType():
            return st.integers(info.ge if info.ge is not None else -(2**53), info.le or 2**53)
        case inspect.FloatType():
            return st.floats(info.ge, info.le, allow_nan=False, allow_infinity=False)
        case inspect.DateTimeType():
            return st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES)  # noqa: DTZ001
        case inspect.DateType():
            return st.dates()
        case inspect.UUIDType():
            return st.uuids()
        case inspect.EnumType():
            return st.sampled_from(list(info.cls))
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.RawType():
            return st.sampled_from([Raw(b"null"), Raw(msgspec.json.encode(a_stop()))])
        case inspect.Metadata():
            return _of(info.type)
    raise NotImplementedError(info)


def _struct(info: inspect.StructType) -> st.SearchStrategy[Any]:
    fields = {field.name: TIMES_ORDERED_IDS if field.name == "op_id" else _of(field.type) for field in info.fields}

    def build(values: dict[str, Any]) -> Any:
        try:
            return info.cls(**values)
        except ValueError:  # a rule between fields, such as latitude without longitude
            reject()

    return st.fixed_dictionaries(fields).map(build)
