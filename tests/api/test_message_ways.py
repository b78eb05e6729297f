"""Each way against a real server: what it sends, and how it takes refusals, failures, silence and nonsense."""

import asyncio
import hashlib
import hmac
import json
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateways import Answer, Asked, HttpGateway, Mailbox, http_gateway, mail_gateway, slowly
from redis.asyncio import Redis

from api.adapters.messages.file import MessageFile
from api.adapters.messages.gateway import Gateway, NotNow, Outgoing, Refused, WechatForm
from api.adapters.messages.mail import mail_server
from api.adapters.messages.sms import SmsGateway
from api.adapters.messages.wechat import WechatMessages
from api.adapters.wechat.platform import WechatPlatform

KEY = "00c0ffee" * 4
OUT = Outgoing(KEY, "booked", "13812340000", "Zhang San", "上门时间", "明天 10:00 Tomorrow", "https://x.example/o/t")


def by_sms(
    gateway: HttpGateway, out: Outgoing = OUT, *, path: str = "/send", bearer: bool = False, wait: float = 5
) -> str:
    async def go() -> str:
        async with httpx.AsyncClient(timeout=wait) as client:
            return await SmsGateway(client, gateway.url + path, "hush", bearer).send(out)

    return asyncio.run(go())


def test_an_sms_is_one_signed_post_with_its_key() -> None:
    with http_gateway() as gateway:
        assert by_sms(gateway, path="/send/{to}?k={id}") == "g-1"
    (asked,) = gateway.asked
    assert (asked.path, asked.query) == ("/send/13812340000", {"k": KEY})
    assert asked.json == {"id": KEY, "to": "13812340000", "text": OUT.text, "kind": "booked"}
    assert asked.headers["idempotency-key"] == KEY
    at, signature = (part.partition("=")[2] for part in asked.headers["doorstep-signature"].split(","))
    assert signature == hmac.new(b"hush", at.encode() + b"." + asked.body, hashlib.sha256).hexdigest()


def test_a_number_can_not_change_the_gateway_s_address() -> None:
    with http_gateway() as gateway:
        by_sms(gateway, Outgoing(KEY, "booked", "../x?k=1&y", "", "", "t"), path="/send/{to}")
    assert gateway.asked[0].query == {}
    assert gateway.asked[0].path == "/send/..%2Fx%3Fk%3D1%26y"


def test_a_gateway_may_want_the_key_itself() -> None:
    with http_gateway() as gateway:
        by_sms(gateway, bearer=True)
    assert gateway.asked[0].headers["authorization"] == "Bearer hush"
    assert "doorstep-signature" not in gateway.asked[0].headers


@pytest.mark.parametrize(
    ("status", "content", "raises"),
    [
        (409, b"", None),
        (400, b"no such number", Refused),
        (403, b"", Refused),
        (302, b"", Refused),
        (429, b"", NotNow),
        (500, b"", NotNow),
        (503, b"<html>", NotNow),
        (200, b"<html>welcome", NotNow),
        (200, b'{"status": "ok"}', NotNow),
        (200, b"", NotNow),
        (200, b'{"id": "' + b"x" * 100_000 + b'"}', NotNow),
    ],
)
def test_what_a_gateway_answers_is_taken_refused_or_tried_again(
    status: int, content: bytes, raises: type[Exception] | None
) -> None:
    with http_gateway(lambda _: (status, content)) as gateway:
        if raises is None:
            assert by_sms(gateway) == ""
        else:
            with pytest.raises(raises) as told:
                by_sms(gateway)
            assert OUT.to not in str(told.value)


def test_a_gateway_that_is_slow_or_gone_is_tried_again() -> None:
    with http_gateway(slowly(0.8)) as gateway, pytest.raises(NotNow, match="ReadTimeout"):
        by_sms(gateway, wait=0.2)
    with pytest.raises(NotNow, match="ConnectError"):
        by_sms(gateway)


def by_mail(port: int, out: Outgoing, patience_s: float = 5) -> str:
    server = mail_server(f"smtp://127.0.0.1:{port}", "repairs@harbour.example")
    return asyncio.run(type(server)(**server.__dict__ | {"patience_s": patience_s}).send(out))


MAIL = Outgoing(KEY, "booked", "zhang@example.com", "Zhang San", "上门时间已确认", "明天 10:00\nTomorrow", "")


def test_mail_arrives_whole_and_with_the_same_id_at_every_try() -> None:
    mailbox = Mailbox()
    with mail_gateway(mailbox) as port:
        by_mail(port, MAIL)
        by_mail(port, MAIL)
    first, second = mailbox.mails
    assert mailbox.recipients == ["zhang@example.com"] * 2
    assert str(make_header(decode_header(str(first["Subject"])))) == "上门时间已确认"
    content = first.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.decode().split() == ["明天", "10:00", "Tomorrow"]
    assert first["Message-ID"] == second["Message-ID"] == f"<{KEY}@harbour.example>"


@pytest.mark.parametrize(
    ("mailbox", "raises"),
    [
        (Mailbox(refuse="550 no such mailbox"), Refused),
        (Mailbox(refuse="450 greylisted"), NotNow),
        (Mailbox(data="554 no"), Refused),
        (Mailbox(data="451 try later"), NotNow),
    ],
)
def test_a_mail_server_s_5xx_is_a_refusal_and_its_4xx_is_not(mailbox: Mailbox, raises: type[Exception]) -> None:
    with mail_gateway(mailbox) as port, pytest.raises(raises):
        by_mail(port, MAIL)
    assert mailbox.mails == []


def test_a_mail_server_that_is_slow_or_gone_is_tried_again() -> None:
    with mail_gateway(Mailbox(delay_s=1.5)) as port, pytest.raises(NotNow):
        by_mail(port, MAIL, patience_s=0.3)
    with pytest.raises(NotNow):
        by_mail(port, MAIL)


def test_an_address_with_a_line_break_adds_no_header() -> None:
    mailbox = Mailbox()
    with mail_gateway(mailbox) as port, pytest.raises(Refused):
        by_mail(port, Outgoing(KEY, "booked", "a@example.com\nBcc: b@example.com", "", "s", "t"))
    assert mailbox.mails == []


@pytest.mark.parametrize(("url", "sender"), [("http://x", "a@b"), ("smtp://", "a@b"), ("smtp://x", "nobody")])
def test_a_mail_server_that_can_not_be_one_is_said(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match="is"):
        mail_server(url, sender)


def wechat_says(errcode: int) -> Any:
    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("stable_token"):
            return 200, b'{"access_token": "tok", "expires_in": 7200}'
        return 200, json.dumps({"errcode": errcode, "errmsg": "told", "msgid": 77}).encode()

    return answer


def by_wechat(gateway: HttpGateway, redis_url: str, *outs: Outgoing) -> list[str]:
    async def go() -> list[str]:
        redis = Redis.from_url(redis_url)
        try:
            async with httpx.AsyncClient(timeout=2) as client:
                way: Gateway = WechatMessages(WechatPlatform(client, redis, "wx1", "secret", gateway.url))
                return [await way.send(out) for out in outs]
        finally:
            await redis.aclose()

    return asyncio.run(go())


FORM = Outgoing(KEY, "booked", "openid-1", "", "", "words", "https://x.example/o/t",
                WechatForm("template/send", "tpl-9", {"thing1": "灯"}))  # fmt: skip


def test_wechat_gets_the_registered_template_with_a_key_or_plain_words(redis_url: str) -> None:
    with http_gateway(wechat_says(0)) as gateway:
        assert by_wechat(gateway, redis_url, FORM, OUT) == ["77", "77"]
    _, form, plain = gateway.asked
    assert form.path == "/cgi-bin/message/template/send"
    assert form.query == {"access_token": "tok"}
    assert form.json == {
        "touser": "openid-1",
        "template_id": "tpl-9",
        "client_msg_id": KEY,
        "url": "https://x.example/o/t",
        "data": {"thing1": {"value": "灯"}},
    }
    assert "灯".encode() in form.body, "as it is, not escaped"
    assert plain.path == "/cgi-bin/message/custom/send"
    assert plain.json["text"] == {"content": OUT.text}


@pytest.mark.parametrize("errcode", [43101, 43004, 45015, 45047, 40003, 40037])
def test_what_wechat_will_not_carry_goes_another_way(redis_url: str, errcode: int) -> None:
    with http_gateway(wechat_says(errcode)) as gateway, pytest.raises(Refused, match=str(errcode)):
        by_wechat(gateway, redis_url, FORM)


def test_once_the_day_s_quota_is_used_up_wechat_is_not_asked_again_that_day(redis_url: str) -> None:
    with http_gateway(wechat_says(45009)) as gateway:
        for _ in range(3):
            with pytest.raises(Refused):
                by_wechat(gateway, redis_url, FORM)
    assert [asked.path for asked in gateway.asked].count("/cgi-bin/message/template/send") == 1


def test_a_busy_wechat_is_tried_again_and_a_token_that_is_over_is_renewed_once(redis_url: str) -> None:
    with http_gateway(wechat_says(-1)) as gateway, pytest.raises(NotNow):
        by_wechat(gateway, redis_url, FORM)
    with http_gateway(wechat_says(40001)) as gateway, pytest.raises(Refused, match="40001"):
        by_wechat(gateway, redis_url, FORM)
    assert len([asked for asked in gateway.asked if asked.path.endswith("template/send")]) == 2


def test_no_failure_of_wechat_tells_the_token_or_the_secret(redis_url: str) -> None:
    def broken(asked: Asked) -> Answer:
        return wechat_says(0)(asked) if "token" in asked.path else (502, b"")

    with http_gateway(broken) as gateway, pytest.raises(NotNow) as told:
        by_wechat(gateway, redis_url, FORM)
    assert "tok" not in str(told.value)
    assert "hush" not in repr(FORM) + repr(OUT)
    assert "/o/t" not in repr(FORM)


def test_a_file_that_can_not_be_written_says_so_and_one_that_can_is_the_account_s_own(tmp_path: Path) -> None:
    asyncio.run(MessageFile(tmp_path / "messages").send(OUT))
    file = tmp_path / "messages" / "outgoing.jsonl"
    assert json.loads(file.read_text())["id"] == KEY
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(NotNow, match="can't be written"):
        asyncio.run(MessageFile(file).send(OUT))
