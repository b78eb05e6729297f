"""Pictures from WeChat are fetched with a token that may end at any time, shown as copies, or said to be lost."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from pictures import picture, saved
from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town
from wechat_servers import Wechat, followed, wechat

from api.actions import intake_media
from api.adapters.photos.folder import PhotoFolder
from api.adapters.wechat.platform import WechatPlatform
from api.db.engine import Database
from domain.intakes import IntakeMessage

__all__ = ["followed", "wechat"]


class Platform(BaseHTTPRequestHandler):
    tokens = 0
    valid = ""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert body == {"grant_type": "client_credential", "appid": "wx1", "secret": "s"}
        Platform.tokens += 1
        Platform.valid = f"token-{Platform.tokens}"
        self.answer(b'{"access_token": "%s", "expires_in": 7200}' % Platform.valid.encode(), "application/json")

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if query["access_token"] != [Platform.valid]:
            return self.answer(b'{"errcode": 42001, "errmsg": "access_token expired"}', "text/plain")
        match query["media_id"][0]:
            case "good":
                return self.answer(saved(picture()), "image/jpeg")
            case "no-picture":
                return self.answer(b"<svg/>", "image/svg+xml")
            case "huge":
                return self.answer(b"\xff" * 300_000, "image/jpeg")
            case "busy":
                return self.answer(b'{"errcode": -1, "errmsg": "system error"}', "text/plain")
        return self.answer(b'{"errcode": 40007, "errmsg": "invalid media_id"}', "text/plain")

    def answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def platform() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Fetcher:
    def __init__(self, town: Town, redis_url: str, photos: Path, host: str) -> None:
        self.town, self.redis_url, self.folder, self.host = town, redis_url, PhotoFolder(photos), host

    def message(self, media_id: str) -> UUID:
        async def find(session: AsyncSession) -> UUID:
            return (await session.scalars(select(IntakeMessage.id).where(IntakeMessage.media_id == media_id))).one()

        return self.town.write(find)

    def fetch(self, media_id: str) -> tuple[str, str]:
        message_id = self.message(media_id)

        async def work(database: Database) -> tuple[str, str]:
            redis = Redis.from_url(self.redis_url)
            async with httpx.AsyncClient() as client:
                given = WechatPlatform(client, redis, "wx1", "s", self.host)
                await database.write(intake_media.fetch, message_id, given, self.folder, 200_000)
            await redis.aclose()
            async with database.read() as session:
                message = await session.get_one(IntakeMessage, message_id)
                return message.media_state, message.media_why

        return self.town.run(work)


@pytest.fixture
def fetcher(town: Town, redis_url: str, tmp_path: Path, platform: str) -> Fetcher:
    return Fetcher(town, redis_url, tmp_path / "photos", platform)


def test_a_picture_is_fetched_and_the_desk_sees_a_copy(
    wechat: Wechat, fetcher: Fetcher, followed: TestClient[Litestar]
) -> None:
    wechat.says("o-picture", kind="image", PicUrl="x", MediaId="good")
    desk = Desk(followed, "dora")
    path = f"/api/v1/intakes/pictures/{fetcher.message('good')}"
    assert desk.get(path).status_code == 404
    assert fetcher.fetch("good") == ("kept", "")
    for address in (path, f"{path}/thumbnail"):
        answer = desk.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.content.startswith(b"\xff\xd8")
    followed.cookies.clear()
    assert followed.get(path).status_code == 401


def test_a_token_is_asked_for_once_and_anew_when_it_has_ended(wechat: Wechat, fetcher: Fetcher) -> None:
    for sender in ("busy", "gone", "no-picture", "huge"):
        wechat.says(f"o-{sender}", kind="image", PicUrl="x", MediaId=sender)
    fetcher.fetch("busy")
    before = Platform.tokens
    fetcher.fetch("busy")
    assert Platform.tokens == before
    Platform.valid = "another machine's"
    state, why = fetcher.fetch("busy")
    assert Platform.tokens == before + 1
    assert (state, "system error" in why) == ("waiting", True)


@pytest.mark.parametrize("media_id", ["gone", "no-picture", "huge"])
def test_what_can_never_be_shown_is_lost_and_says_why(fetcher: Fetcher, media_id: str) -> None:
    state, why = fetcher.fetch(media_id)
    assert state == "lost"
    assert why
    assert "token" not in why
    assert fetcher.fetch(media_id) == (state, why)


def test_a_platform_that_does_not_answer_is_asked_again_later(
    wechat: Wechat, town: Town, redis_url: str, tmp_path: Path
) -> None:
    wechat.says("o-unreached", kind="image", PicUrl="x", MediaId="unreached")
    nobody = Fetcher(town, redis_url, tmp_path, "http://127.0.0.1:9")
    assert nobody.fetch("unreached") == ("waiting", "ConnectError")
