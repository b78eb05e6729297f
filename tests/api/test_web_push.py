"""Web push against a push service of our own: what only the browser can read, who is called, and what ends."""

import asyncio
import stat
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from certificates import Authority
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from gateways import Answer, Asked, HttpGateway, http_gateway
from post_office import PostOffice
from push_browser import PushBrowser, sender_of
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town
from two_stops import rows

from api.adapters.messages.file import MessageFile
from api.adapters.messages.gateway import NotNow, Outgoing, Refused
from api.adapters.messages.push import PushServices
from api.adapters.messages.push_key import FILE, kept_or_made
from api.adapters.messages.web_push import MOST_BYTES, from_base64, sealed, to_base64
from api.adapters.public_hosts import NotPublic, is_public, public_address
from api.db.engine import Database
from api.settings import Settings, SettingsError
from domain.audit import AuditEntry
from domain.messages import MessageTry, Outcome, Way
from domain.people import Technician
from domain.push_subscriptions import PushSubscription

KEY = "00c0ffee" * 4


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    async def forget(session: AsyncSession) -> None:
        for row in await session.scalars(select(PushSubscription)):
            await session.delete(row)
        await session.execute(update(Technician).values(phone=""))

    town.empty()
    town.write(forget)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def service(authority: Authority) -> Iterator[HttpGateway]:
    with http_gateway(lambda _: (201, b""), tls=authority.server()) as service:
        yield service


async def here(host: str) -> str:
    """Where the tests' own push service is; a real one may not be there."""
    return "127.0.0.1"


def pushed(
    town: Town,
    authority: Authority,
    folder: Path,
    work: Callable[[PushServices], Awaitable[Any]],
    address_of: Callable[[str], Awaitable[str]] = here,
) -> Any:
    async def go(database: Database) -> Any:
        async with httpx.AsyncClient(timeout=5, verify=authority.trusted) as client:
            return await work(PushServices(client, database, folder, "mailto:a@b.example", address_of))

    return town.run(go)


def out(technician: UUID, text: str = "明天 3 次上门") -> Outgoing:
    return Outgoing(KEY, "day_published", str(technician), "T", "路线已发布", text)


def subscribed(pocket: Pocket, browser: PushBrowser, language: str = "en") -> Any:
    return pocket.client.put("/mobile/v1/push", json=browser.subscription(language), headers=pocket.headers)


def test_the_example_of_rfc_8291_comes_out_to_the_letter() -> None:
    """Its section 5 and appendix A."""
    once = derive_private_key(
        int.from_bytes(from_base64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), SECP256R1()
    )
    body = sealed(
        b"When I grow up, I want to be a watermelon",
        from_base64("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        from_base64("BTBZMqHH6r4Tts7J_aSIgg"),
        once=once,
        salt=from_base64("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert to_base64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBr"
        "u3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_only_the_browser_it_is_for_can_read_it_and_the_longest_one_fits_the_record() -> None:
    browser, other = PushBrowser("https://push.example"), PushBrowser("https://push.example")
    body = sealed(b"x" * MOST_BYTES, browser.point, browser.auth)
    assert len(body) - 86 <= 4096
    assert browser.opened(body) == b"x" * MOST_BYTES
    with pytest.raises(InvalidTag):
        other.opened(body)
    with pytest.raises(ValueError, match="at most"):
        sealed(b"x" * (MOST_BYTES + 1), browser.point, browser.auth)
    assert sealed(b"x", browser.point, browser.auth) != sealed(b"x", browser.point, browser.auth)


def test_a_phone_that_is_switched_on_is_sent_what_its_push_service_can_not_read(
    town: Town, dora: Desk, authority: Authority, service: HttpGateway, tmp_path: Path
) -> None:
    pocket, browser = Pocket(dora, town.technicians[0]), PushBrowser(service.url)
    terms = pocket.client.get("/mobile/v1/push", headers=pocket.headers).json()
    assert terms["endpoint"] is None
    assert len(from_base64(terms["key"])) == 65
    assert subscribed(pocket, browser).json()["endpoint"] == browser.endpoint
    key = kept_or_made(tmp_path / "seal")
    pushed(town, authority, tmp_path / "seal", lambda way: way.send(out(town.technicians[0])))
    (asked,) = service.asked
    assert asked.path == "/push/phone-1"
    assert browser.read(asked.body) == {"id": KEY, "title": "路线已发布", "body": "明天 3 次上门"}
    assert "上门".encode() not in asked.body
    signer, claims = sender_of(asked, service.url)
    assert signer == terms["key"], "the key that the browser subscribed with"
    assert claims["sub"] == "mailto:a@b.example"
    assert 0 < claims["exp"] - time.time() < 24 * 3600
    assert (asked.headers["content-encoding"], asked.headers["topic"], asked.headers["ttl"]) == (
        "aes128gcm",
        KEY,
        "43200",
    )
    assert asked.headers["host"] == service.url.removeprefix("https://")
    assert key.key_size == 256


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_has_ended_is_forgotten(
    town: Town, dora: Desk, authority: Authority, tmp_path: Path, status: int
) -> None:
    with http_gateway(lambda _: (status, b""), tls=authority.server()) as service:
        subscribed(Pocket(dora, town.technicians[0]), PushBrowser(service.url))
        with pytest.raises(Refused, match="any more"):
            pushed(town, authority, tmp_path, lambda way: way.send(out(town.technicians[0])))
    assert rows(town, PushSubscription) == []


@pytest.mark.parametrize(
    ("status", "raises"), [(429, NotNow), (503, NotNow), (403, Refused), (413, Refused), (302, Refused)]
)
def test_a_service_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    town: Town, dora: Desk, authority: Authority, tmp_path: Path, status: int, raises: type[Exception]
) -> None:
    with http_gateway(lambda _: (status, b""), tls=authority.server()) as service:
        subscribed(Pocket(dora, town.technicians[0]), PushBrowser(service.url))
        with pytest.raises(raises, match=str(status)):
            pushed(town, authority, tmp_path, lambda way: way.send(out(town.technicians[0])))
        assert len(service.asked) == 1, "a redirect is not followed"
    assert len(rows(town, PushSubscription)) == 1


def test_of_two_phones_one_that_takes_it_is_enough_and_the_other_one_s_end_is_noticed(
    town: Town, dora: Desk, authority: Authority, tmp_path: Path
) -> None:
    def by_phone(asked: Asked) -> Answer:
        return (410 if asked.path.endswith("old") else 201), b""

    with http_gateway(by_phone, tls=authority.server()) as service:
        subscribed(Pocket(dora, town.technicians[0]), PushBrowser(service.url, "old"))
        subscribed(Pocket(dora, town.technicians[0]), PushBrowser(service.url, "new"))
        pushed(town, authority, tmp_path, lambda way: way.send(out(town.technicians[0])))
    assert [row.endpoint.rpartition("/")[2] for row in rows(town, PushSubscription)] == ["new"]


def test_a_certificate_of_another_name_or_of_nobody_known_is_not_trusted(
    town: Town, dora: Desk, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    for tls in (authority.server("elsewhere.example"), Authority(tmp_path / "other").server()):
        with http_gateway(lambda _: (201, b""), tls=tls) as service:
            subscribed(Pocket(dora, town.technicians[0]), PushBrowser(service.url))
            with pytest.raises(NotNow, match="ConnectError"):
                pushed(town, authority, tmp_path, lambda way: way.send(out(town.technicians[0])))
            assert service.asked == []


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1",
             "fe80::1", "0.0.0.0", "224.0.0.1", "2130706433"],
)  # fmt: skip
def test_no_push_service_lies_at_a_private_address(
    town: Town, dora: Desk, authority: Authority, service: HttpGateway, tmp_path: Path, host: str
) -> None:
    with pytest.raises(NotPublic, match="private"):
        asyncio.run(public_address(host))
    at = f"[{host}]" if ":" in host else host
    port = service.url.rpartition(":")[2]
    subscribed(Pocket(dora, town.technicians[0]), PushBrowser(f"https://{at}:{port}"))
    with pytest.raises(Refused, match="private"):
        pushed(town, authority, tmp_path, lambda way: way.send(out(town.technicians[0])), public_address)
    assert service.asked == []
    assert rows(town, PushSubscription) == []


def test_public_addresses_are_public() -> None:
    assert is_public("9.9.9.9")
    assert is_public("2620:fe::fe")


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/1"},
        {"endpoint": "https:///1"},
        {"endpoint": "https://me:secret@push.example/1"},
        {"endpoint": "file:///etc/passwd"},
        {"p256dh": "AAAA"},
        {"p256dh": to_base64(b"\x04" + bytes(64))},
        {"p256dh": "%"},
        {"auth": "AAAA"},
        {"language": "both"},
        {"language": "fr"},
    ],
)
def test_a_subscription_that_can_not_be_used_is_refused(town: Town, dora: Desk, wrong: dict[str, str]) -> None:
    pocket = Pocket(dora, town.technicians[0])
    body = PushBrowser("https://push.example").subscription() | wrong
    answer = pocket.client.put("/mobile/v1/push", json=body, headers=pocket.headers)
    assert answer.status_code in (400, 422), answer.text
    assert rows(town, PushSubscription) == []


def test_a_phone_has_one_subscription_and_a_browser_paired_anew_takes_its_own_along(town: Town, dora: Desk) -> None:
    first, browser = Pocket(dora, town.technicians[0]), PushBrowser("https://push.example")
    subscribed(first, PushBrowser("https://push.example", "before"))
    subscribed(first, browser)
    subscribed(first, browser, "zh")
    subscribed(first, browser, "zh")
    (row,) = rows(town, PushSubscription)
    assert (row.endpoint, row.language) == (browser.endpoint, "zh")
    second = Pocket(dora, town.technicians[1])
    subscribed(second, browser)
    (row,) = rows(town, PushSubscription)
    assert str(row.device_id) == second.device_id
    assert second.client.delete("/mobile/v1/push", headers=second.headers).json()["endpoint"] is None
    assert rows(town, PushSubscription) == []
    phones = {f"device:{one.device_id}" for one in (first, second)}
    pushes = select(AuditEntry).where(AuditEntry.action.startswith("push.")).order_by(AuditEntry.seq)
    trail = [entry.action for entry in rows(town, pushes) if entry.actor in phones]
    assert trail == ["push.on"] * 4 + ["push.off"], "and not at every start of a phone"


def test_a_revoked_phone_loses_it_and_gets_no_other(town: Town, dora: Desk) -> None:
    pocket, browser = Pocket(dora, town.technicians[0]), PushBrowser("https://push.example")
    subscribed(pocket, browser)
    assert dora.post(f"/api/v1/devices/{pocket.device_id}/revoke").status_code in (200, 201, 204)
    assert rows(town, PushSubscription) == []
    assert subscribed(pocket, browser).status_code == 401


def test_a_published_day_goes_by_push_in_the_phone_s_language_and_else_by_sms(
    town: Town, dora: Desk, authority: Authority, tmp_path: Path
) -> None:
    """Whose phone has ended its subscription gets the line of the file, which stands for SMS here."""
    gone: list[bool] = []
    with http_gateway(lambda _: (410 if gone else 201, b""), tls=authority.server()) as service:
        for technician in town.technicians:
            subscribed(Pocket(dora, technician), PushBrowser(service.url, str(technician)), "zh")

        async def number(session: AsyncSession) -> None:
            await session.execute(update(Technician).values(phone="13900000000"))

        town.write(number)
        town.report()
        town.publish(DAY)
        client = httpx.AsyncClient(timeout=5, verify=authority.trusted)
        push = PushServices(client, Database(town.database_url), tmp_path, "", here)
        post = PostOffice(town, tmp_path / "messages", {Way.PUSH: push, Way.FILE: MessageFile(tmp_path / "messages")})
        (message,) = post.messages("day_published")
        assert (message.language, set(message.addresses)) == ("zh", {"push", "sms"})
        assert "Doorstep: your route" not in message.body
        gone.append(True)
        post.send_all()
        assert len(service.asked) == 1
    (line,) = post.lines()
    assert line["to"] == "13900000000", "never the technician's id"
    tries = rows(town, select(MessageTry).order_by(MessageTry.number))
    assert [(one.way, one.outcome) for one in tries] == [(Way.PUSH, Outcome.REFUSED), (Way.FILE, Outcome.SENT)]


def test_the_key_is_made_once_whoever_asks_and_is_its_account_s_own(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as processes:
        made = set(processes.map(public, [tmp_path / "keys"] * 8))
    assert len(made) == 1
    file = tmp_path / "keys" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir()] == [FILE]
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        kept_or_made(file.parent)
    file.write_text("nonsense")
    file.chmod(0o600)
    with pytest.raises(SettingsError, match="holds no key"):
        kept_or_made(file.parent)


def public(folder: Path) -> int:
    return kept_or_made(folder).public_key().public_numbers().x


def test_push_comes_first_unless_the_operator_names_the_ways() -> None:
    assert Settings().chosen_ways() == (Way.PUSH, Way.FILE)
    assert Settings(sms_url="https://sms.example").chosen_ways() == (Way.PUSH, Way.SMS)
    assert Settings(message_ways="file").chosen_ways() == (Way.FILE,)
