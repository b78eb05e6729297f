"""Codes to an owner's phone: five guesses, ten minutes, one browser, and a few an hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from owner_browser import OwnerBrowser, last_code, link_for
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town

from api import clock
from domain.owner_links import CODE_GUESSES, CODES_AN_HOUR, OwnerCode


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


@pytest.fixture
def owner(town: Town, dora: Desk) -> OwnerBrowser:
    return OwnerBrowser(dora.client, link_for(dora, town.report()))


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    return tmp_path / "messages"


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def guesses(town: Town) -> list[int]:
    async def counted(session: AsyncSession) -> list[int]:
        return list(await session.scalars(select(OwnerCode.guesses).order_by(OwnerCode.sent_at)))

    return town.write(counted)


def test_the_code_goes_to_the_tickets_number_and_the_page_sees_it_masked(owner: OwnerBrowser, messages: Path) -> None:
    sent = owner.post("code")
    assert (sent.status_code, sent.json()) == (202, {"to": "138****0000", "minutes": 10})
    file = messages / "outgoing.jsonl"
    assert '"to":"13812340000"' in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert last_code(messages) not in sent.text


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=-1)])
def test_a_code_leaves_and_works_where_the_sites_clock_is_not_the_machines(
    town: Town, owner: OwnerBrowser, messages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: timedelta
) -> None:
    moment = tmp_path / "now"
    monkeypatch.setattr(clock, "_file", moment)
    clock.set_to(moment, datetime.now(UTC) + ahead)
    assert owner.post("code").status_code == 202
    assert owner.post("proof", {"code": last_code(messages)}).status_code == 204
    assert owner.ticket()["may"]["code"] is False


def test_a_code_works_once_and_only_in_the_browser_that_asked(town: Town, dora: Desk, messages: Path) -> None:
    token = link_for(dora, town.report())
    mine, passed_on = OwnerBrowser(dora.client, token), OwnerBrowser(dora.client, token)
    mine.post("booking", mine.times()[0])
    mine.post("code")
    code = {"code": last_code(messages)}
    assert passed_on.post("proof", code).json()["code"] == "code_refused"
    assert mine.post("proof", code).status_code == 204
    assert mine.post("proof", code).status_code == 403
    assert mine.ticket()["may"]["code"] is False
    assert passed_on.ticket()["may"]["code"] is True
    assert passed_on.post("booking/cancel", {}).json()["code"] == "number_not_proven"


def test_after_five_wrong_guesses_the_right_code_is_refused_too(owner: OwnerBrowser, messages: Path) -> None:
    owner.post("code")
    code = last_code(messages)
    for _ in range(CODE_GUESSES):
        assert owner.post("proof", {"code": wrong(code)}).status_code == 403
    assert owner.post("proof", {"code": code}).json()["code"] == "code_refused"


def test_however_many_guess_at_once_from_however_many_addresses_five_are_looked_at(
    town: Town, owner: OwnerBrowser, messages: Path, site: TestClient[Litestar]
) -> None:
    owner.post("code")
    code = wrong(last_code(messages))

    def guess(number: int) -> int:
        headers = owner.headers | {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250}"}
        answer: int = site.post("/api/v1/owner/proof", json={"code": code}, headers=headers).status_code
        return answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(100)))
    assert guesses(town) == [CODE_GUESSES]
    assert set(answers) == {403, 429}
    assert answers.count(403) == 60  # what one address may try in ten minutes, whatever it says it is


def test_a_code_ends_after_ten_minutes(town: Town, owner: OwnerBrowser, messages: Path) -> None:
    owner.post("code")

    async def later(session: AsyncSession) -> None:
        (code,) = await session.scalars(select(OwnerCode))
        assert code.expires_at - code.sent_at == timedelta(minutes=10)
        await session.execute(update(OwnerCode).values(expires_at=datetime.now(UTC)))

    town.write(later)
    assert owner.post("proof", {"code": last_code(messages)}).status_code == 403
    assert guesses(town) == [0]


def test_a_new_code_ends_the_one_before(owner: OwnerBrowser, messages: Path) -> None:
    owner.post("code")
    first = last_code(messages)
    owner.post("code")
    second = last_code(messages)
    assert first == second or owner.post("proof", {"code": first}).status_code == 403
    assert owner.post("proof", {"code": second}).status_code == 204


def test_one_number_gets_five_codes_an_hour_through_all_its_tickets_and_browsers(town: Town, dora: Desk) -> None:
    browsers = [OwnerBrowser(dora.client, link_for(dora, town.report(where=house))) for house in (1, 2)]
    for number in range(CODES_AN_HOUR):
        assert browsers[number % 2].post("code").status_code == 202
    for browser in browsers:
        refused = browser.post("code")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    other = town.report(where=3, contact_phone="13900001111")
    assert OwnerBrowser(dora.client, link_for(dora, other)).post("code").status_code == 202


def test_a_ticket_without_a_number_says_to_call(town: Town, dora: Desk) -> None:
    owner = OwnerBrowser(dora.client, link_for(dora, town.report(contact_phone="")))
    refused = owner.post("code")
    assert refused.status_code == 422
    assert "Call the office" in refused.json()["detail"]


@pytest.mark.parametrize("code", ["12345", "1234567", "１２３４５６", "12345a", "", 123456, None])
def test_what_is_no_code_is_refused_without_counting(town: Town, owner: OwnerBrowser, code: object) -> None:
    owner.post("code")
    assert owner.post("proof", {"code": code}).status_code == 400
    assert guesses(town) == [0]
