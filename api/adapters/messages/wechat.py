"""WeChat's official account as a way: a registered template where the kind has one, else plain words, which WeChat
carries within 48 hours after the follower's last word. What its quotas don't allow goes another way."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError

from api.adapters.messages.gateway import NotNow, Outgoing, Refused
from api.adapters.wechat.platform import CanNotFetch, WechatPlatform

SPENT_KEY = "wechat:quota-spent"
QUOTA_ZONE = ZoneInfo("Asia/Shanghai")
"""Daily quotas begin anew at midnight there."""
DAILY_QUOTA = {45009}
BUSY = {-1, 45011}
"""The system is busy; called too often within a minute."""
PLAIN = "custom/send"


@dataclass(frozen=True)
class WechatMessages:
    platform: WechatPlatform

    async def send(self, out: Outgoing) -> str:
        if await self._spent():
            raise Refused("WeChat's quota of this day is used up.")
        path, body = written(out)
        try:
            told = await self.platform.call(f"/cgi-bin/message/{path}", body)
        except CanNotFetch as error:
            raise NotNow(str(error)) from None
        if told.errcode == 0:
            return str(told.msgid or "")
        if told.errcode in BUSY:
            raise NotNow(f"WeChat answers {told.errcode}.")
        if told.errcode in DAILY_QUOTA:
            await self._spend()
        raise Refused(f"WeChat answers {told.errcode}: {told.errmsg[:100]}")

    async def _spent(self) -> bool:
        """Redis only spares a call that would be refused again."""
        try:
            return bool(await self.platform.redis.exists(SPENT_KEY))
        except RedisError:
            return False

    async def _spend(self) -> None:
        now = datetime.now(QUOTA_ZONE)
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        with suppress(RedisError):
            await self.platform.redis.set(SPENT_KEY, "1", ex=max(1, int((midnight - now).total_seconds())))


def written(out: Outgoing) -> tuple[str, dict[str, Any]]:
    """WeChat sends a template with the same `client_msg_id` once; plain words have no such key."""
    if (form := out.wechat) is None:
        return PLAIN, {"touser": out.to, "msgtype": "text", "text": {"content": out.text}}
    body = {"touser": out.to, "template_id": form.template_id, "client_msg_id": out.key}
    data = {name: {"value": value} for name, value in form.data.items()}
    link = {"page" if form.path == "subscribe/bizsend" else "url": out.link} if out.link else {}
    return form.path, body | link | {"data": data}
