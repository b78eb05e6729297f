"""The ways to people that the settings set up, in the order in which they are tried."""

from datetime import timedelta
from email.utils import parseaddr

import httpx
from redis.asyncio import Redis

from api.actions.delivery import Courier
from api.adapters.messages.file import MessageFile
from api.adapters.messages.gateway import Gateway
from api.adapters.messages.mail import mail_server
from api.adapters.messages.push import PushServices
from api.adapters.messages.sms import SmsGateway
from api.adapters.messages.wechat import WechatMessages
from api.adapters.seal_keys import seal_folder
from api.adapters.wechat.platform import WechatPlatform
from api.db.engine import Database
from api.settings import Settings
from domain.messages import Way


def courier_of(settings: Settings, client: httpx.AsyncClient, redis: Redis, database: Database) -> Courier:
    def made(way: Way) -> Gateway:
        match way:
            case Way.PUSH:
                return PushServices(client, database, seal_folder(settings.seal_keys), contact_of(settings))
            case Way.WECHAT:
                return WechatMessages(WechatPlatform(client, redis, settings.wechat_app_id, settings.wechat_secret))
            case Way.SMS:
                return SmsGateway(client, settings.sms_url, settings.sms_key, settings.sms_signs == "bearer")
            case Way.MAIL:
                return mail_server(settings.smtp_url, settings.mail_from)
            case Way.FILE:
                return MessageFile(settings.message_folder)

    ways = {way: made(way) for way in settings.chosen_ways()}
    return Courier(ways, settings.public_address, timedelta(days=settings.owner_link_days))


def contact_of(settings: Settings) -> str:
    """Whom a push service may write to about this site; empty where nobody is known (RFC 8292, 2.1)."""
    _, mail = parseaddr(settings.mail_from)
    return f"mailto:{mail}" if mail else settings.public_address if settings.secure else ""
