"""A message's tags → what somebody said, in the words of an intake. Coordinates come in GCJ-02 and leave in WGS-84."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from math import isfinite

from api.adapters.geocoders import from_gcj02
from api.adapters.wechat.refused import NotFromWechat
from domain.intakes import Said, SaidKind
from domain.tickets import Channel

LONGEST = 4000
LONGEST_NAME = 128
MENU = {"CLICK", "VIEW", "subscribe"}
"""Events by which a person does something; the others are WeChat's own reports."""


def said_in(tags: Mapping[str, str], received_at: datetime) -> Said | None:
    """None for what nobody said, such as that somebody has unsubscribed. Raises NotFromWechat for half a message."""
    sender, kind = tags.get("FromUserName", ""), tags.get("MsgType", "")
    if not 1 <= len(sender) <= LONGEST_NAME or not kind:
        raise NotFromWechat("no sender or no kind")
    if kind == "event" and tags.get("Event") not in MENU:
        return None
    place = place_in(tags) if kind == "location" else None
    return Said(
        channel=Channel.WECHAT,
        sender=sender,
        event_id=event_id(tags),
        kind=KINDS.get(kind, SaidKind.OTHER),
        text=words_in(tags, kind).replace("\0", "")[:LONGEST],
        media_id=tags.get("MediaId", "")[: LONGEST_NAME * 2] if kind == "image" else "",
        latitude=place and place[0],
        longitude=place and place[1],
        said_at=time_in(tags),
        received_at=received_at,
    )


KINDS = {
    "text": SaidKind.TEXT,
    "voice": SaidKind.TEXT,
    "image": SaidKind.PICTURE,
    "location": SaidKind.PLACE,
    "event": SaidKind.MENU,
}


def words_in(tags: Mapping[str, str], kind: str) -> str:
    """Of a voice message what WeChat understood; of what we can't show, at least what it was."""
    match kind:
        case "text":
            return tags.get("Content", "")
        case "voice":
            return tags.get("Recognition", "") or "[voice 语音]"
        case "image":
            return ""
        case "location":
            return tags.get("Label", "")
        case "event":
            return " ".join(filter(None, (tags.get("Event"), tags.get("EventKey"))))
    return " ".join(filter(None, (f"[{kind}]", tags.get("Title"), tags.get("Description"), tags.get("Url"))))


def event_id(tags: Mapping[str, str]) -> str:
    """What WeChat tells us to know repetitions by: MsgId, or for events the sender and the time. Bounded by a hash."""
    known = tags.get("MsgId") or "/".join(
        (tags["FromUserName"], tags.get("CreateTime", ""), tags.get("Event", ""), tags.get("EventKey", ""))
    )
    return sha256(known.encode()).hexdigest()


def time_in(tags: Mapping[str, str]) -> datetime:
    """Raises NotFromWechat."""
    try:
        return datetime.fromtimestamp(int(tags.get("CreateTime", "")), UTC)
    except (ValueError, OverflowError, OSError):
        raise NotFromWechat("no time") from None


def place_in(tags: Mapping[str, str]) -> tuple[float, float] | None:
    """Degrees in WGS-84, or None where there are none on Earth."""
    try:
        latitude, longitude = float(tags.get("Location_X", "")), float(tags.get("Location_Y", ""))
    except ValueError:
        return None
    if not (isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return from_gcj02((latitude, longitude))
