"""An owner reports without a ticket: by a home's link, or by a phone number that lives there."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from gateways import Mailbox, mail_gateway
from litestar import Litestar
from litestar.testing import TestClient
from owner_browser import last_code
from PIL import Image
from post_office import PostOffice
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town
from two_stops import rows

from api.adapters.messages.mail import mail_server
from domain.home_links import NumberCode
from domain.jobs import Job
from domain.messages import Way
from domain.on_call import Alarm
from domain.people import Owner
from domain.tickets import Ticket

PHONE = "13912345678"


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


def home_of(town: Town, ticket_id: UUID) -> UUID:
    async def find(session: AsyncSession) -> UUID:
        return (await session.get_one(Ticket, ticket_id)).home_id

    return town.write(find)


def homes_with_owner(town: Town, *houses: int, phone: str = PHONE) -> list[UUID]:
    found = [home_of(town, town.report(where=house)) for house in houses]

    async def settle(session: AsyncSession) -> None:
        for home in found:
            known = await session.scalar(select(Owner).where(Owner.home_id == home, Owner.phone == phone))
            if known is None:
                session.add(Owner(home_id=home, name="李四", phone=phone))

    town.write(settle)
    return found


def home_link(desk: Desk, home: UUID) -> str:
    answer = desk.post(f"/api/v1/homes/{home}/report-links")
    assert answer.status_code == 201, answer.text
    address: str = answer.json()["url"]
    return address.rpartition("/o/report/")[2]


def opened(client: TestClient[Litestar], token: str) -> dict[str, str]:
    answer = client.post("/api/v1/owner/home/open", json={"token": token})
    assert answer.status_code == 200, answer.text
    return {"Owner-Session": answer.json()["session"]}


def told(**values: Any) -> dict[str, Any]:
    return {"reference": str(uuid4()), "defect": "light-fitting", "answers": {"danger": False}, "phone": PHONE} | values


def report(client: TestClient[Litestar], headers: dict[str, str], **values: Any) -> Any:
    return client.post("/api/v1/owner/home/reports", json=told(**values), headers=headers)


def test_who_gives_a_mail_address_is_written_to_there_and_in_the_page_s_language(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    (home,) = homes_with_owner(town, 1)
    headers = opened(dora.client, home_link(dora, home))
    for wrong in ("nobody", "a@b, c@d", "a@b\nBcc: c@d", "x" * 250 + "@b.cn"):
        assert report(dora.client, headers, mail=wrong).status_code == 400
    assert report(dora.client, headers, language="fr").status_code == 400
    answer = report(dora.client, headers, mail="li@example.com", language="en")
    assert answer.status_code == 201, answer.text
    (ticket,) = [one for one in rows(town, Ticket) if one.number == answer.json()["number"]]
    assert (ticket.contact_mail, ticket.contact_language) == ("li@example.com", "en")
    (job,) = [one for one in rows(town, Job) if one.ticket_id == ticket.id]
    days = dora.get(f"/api/v1/jobs/{job.id}/offers").json()["days"]
    offer = next(offer for day in days for offer in day["offers"])
    slot = {"opens": offer["opens"], "closes": offer["closes"]}
    assert dora.post(f"/api/v1/jobs/{job.id}/bookings", slot).status_code == 201
    box = Mailbox()
    with mail_gateway(box) as port:
        post = PostOffice(
            town, tmp_path, {Way.MAIL: mail_server(f"smtp://127.0.0.1:{port}", "repairs@harbour.example")}
        )
        post.send_all()
    assert box.recipients == ["li@example.com"]
    (mail,) = box.mails
    assert ticket.number in str(mail["Subject"])
    words = mail.get_payload(decode=True)
    assert isinstance(words, bytes)
    assert "is booked for" in words.decode()
    assert "预约" not in words.decode()


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG")
    return file.getvalue()


def test_a_report_by_link_is_a_ticket_with_its_verdict_its_times_and_its_photo(town: Town, dora: Desk) -> None:
    (home,) = homes_with_owner(town, 1)
    headers = opened(dora.client, home_link(dora, home))
    page = dora.client.get("/api/v1/owner/home", headers=headers).json()
    assert page["home"] == "Old Harbour 1 Quay Street"
    assert {"kitchen", "bathroom"} <= {room["code"] for room in page["rooms"]}
    reported = report(dora.client, headers, description="不亮了")
    assert reported.status_code == 201, reported.text
    owner = {"Owner-Session": reported.json()["session"]}
    assert dora.client.post("/api/v1/owner/photos", content=picture(), headers=owner).status_code == 201
    assert dora.client.post("/api/v1/owner/photos", content=picture(), headers=owner).status_code == 201
    ticket = dora.client.get("/api/v1/owner/ticket", headers=owner).json()
    assert (ticket["number"], ticket["photos"]) == (reported.json()["number"], 1)
    assert ticket["warranty"]["why_zh"]
    assert ticket["help"] is None
    assert dora.client.get("/api/v1/owner/offers", headers=owner).json()["days"]
    (row,) = [one for one in dora.get("/api/v1/tickets").json() if one["number"] == ticket["number"]]
    assert (row["channel"], row["description"]) == ("web", "不亮了")
    detail = dora.get(f"/api/v1/tickets/{row['id']}").json()
    shown = dora.get(f"/api/v1/ticket-photos/{detail['photos'][0]}/thumbnail")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")


def test_the_same_report_sent_again_is_the_same_ticket_and_another_home_s_reference_opens_nothing(
    town: Town, dora: Desk
) -> None:
    one, other = homes_with_owner(town, 1, 2)
    mine, theirs = (opened(dora.client, home_link(dora, home)) for home in (one, other))
    reference = str(uuid4())
    first, again = (report(dora.client, mine, reference=reference).json()["number"] for _ in range(2))
    assert first == again
    assert report(dora.client, theirs, reference=reference).json()["number"] != first


def test_an_emergency_says_what_to_do_and_at_night_rings(town: Town, dora: Desk) -> None:
    (home,) = homes_with_owner(town, 1)
    headers = opened(dora.client, home_link(dora, home))
    reported = report(dora.client, headers, defect="slow-leak", answers={"water-running": True}).json()
    owner = {"Owner-Session": reported["session"]}
    ticket = dora.client.get("/api/v1/owner/ticket", headers=owner).json()
    assert "main water valve" in ticket["help"]["advice_en"]

    async def ringing(session: AsyncSession) -> bool:
        found = await session.scalar(select(Alarm.id).join(Alarm.ticket).where(Ticket.number == reported["number"]))
        return found is not None

    assert (ticket["help"]["ringing"], ticket["help"]["unreached"]) == (False, town.write(ringing))  # nobody is on call


def test_a_link_reports_for_its_home_and_does_nothing_else(town: Town, dora: Desk) -> None:
    (home,) = homes_with_owner(town, 1)
    token = home_link(dora, home)
    headers = opened(dora.client, token)
    for path in ("ticket", "offers"):
        assert dora.client.get(f"/api/v1/owner/{path}", headers=headers).status_code == 401
    assert dora.client.post("/api/v1/owner/open", json={"token": token}).status_code == 401
    assert dora.client.get("/api/v1/owner/home", headers={"Owner-Session": "x" * 43}).status_code == 401


def test_a_withdrawn_link_ends_also_where_it_is_open(town: Town, dora: Desk) -> None:
    (home,) = homes_with_owner(town, 1)
    headers = opened(dora.client, home_link(dora, home))
    link, *_ = dora.get(f"/api/v1/homes/{home}/report-links").json()
    assert dora.post(f"/api/v1/report-links/{link['id']}/revoke").status_code == 204
    assert report(dora.client, headers).status_code == 401


def test_a_known_number_proves_its_homes_and_an_unknown_one_is_told_the_same(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    homes_with_owner(town, 1, 2)
    client = dora.client
    unknown = client.post("/api/v1/owner/number", json={"phone": "13700000000"})
    assert not (tmp_path / "messages" / "outgoing.jsonl").exists()
    sent = client.post("/api/v1/owner/number", json={"phone": "+86 139-1234-5678"})
    assert sent.status_code == unknown.status_code == 202
    assert sent.json().keys() == unknown.json().keys()
    proof = {"proof": sent.json()["proof"], "code": last_code(tmp_path / "messages")}
    homes = client.post("/api/v1/owner/number/proof", json=proof).json()
    assert [one["home"] for one in homes] == ["Old Harbour 1 Quay Street", "Old Harbour 2 Quay Street"]
    assert client.post("/api/v1/owner/number/proof", json=proof).status_code == 403
    headers = {"Owner-Session": homes[1]["session"]}
    assert client.get("/api/v1/owner/home", headers=headers).json()["number"] == "139****5678"
    owner = {"Owner-Session": report(client, headers, phone="").json()["session"]}
    ticket = client.get("/api/v1/owner/ticket", headers=owner).json()
    assert (ticket["home"], ticket["contact_number"]) == ("Old Harbour 2 Quay Street", "139****5678")


def test_five_guesses_a_code_and_five_codes_an_hour_whoever_asks(town: Town, dora: Desk, tmp_path: Path) -> None:
    homes_with_owner(town, 1, phone="13987654321")
    client = dora.client
    sent = client.post("/api/v1/owner/number", json={"phone": "13987654321"}).json()
    right = last_code(tmp_path / "messages")
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for guess in range(20):
        headers = {"X-Forwarded-For": f"10.0.0.{guess}"}
        answer = client.post(
            "/api/v1/owner/number/proof", json={"proof": sent["proof"], "code": wrong}, headers=headers
        )
        assert answer.status_code == 403
    late = client.post("/api/v1/owner/number/proof", json={"proof": sent["proof"], "code": right})
    assert late.status_code == 403

    async def guesses(session: AsyncSession) -> list[int]:
        return list(await session.scalars(select(NumberCode.guesses).where(NumberCode.phone == "13987654321")))

    assert town.write(guesses) == [5]
    again = [client.post("/api/v1/owner/number", json={"phone": "139 8765 4321"}).status_code for _ in range(5)]
    assert again == [202, 202, 202, 202, 429]


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff" + b"x" * 500])
def test_what_is_no_picture_is_refused_in_words(town: Town, dora: Desk, content: bytes) -> None:
    (home,) = homes_with_owner(town, 1)
    reported = report(dora.client, opened(dora.client, home_link(dora, home))).json()
    owner = {"Owner-Session": reported["session"]}
    answer = dora.client.post("/api/v1/owner/photos", content=content, headers=owner)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("values", [{"defect": "no-such"}, {"phone": "nothing"}, {"answers": {"no-such": True}}])
def test_a_report_that_can_not_be_taken_is_refused_and_leaves_nothing(
    town: Town, dora: Desk, values: dict[str, Any]
) -> None:
    (home,) = homes_with_owner(town, 1)
    headers = opened(dora.client, home_link(dora, home))
    before = len(dora.get("/api/v1/tickets").json())
    assert report(dora.client, headers, **values).status_code == 422
    assert len(dora.get("/api/v1/tickets").json()) == before


def test_a_dispatcher_makes_no_link_to_a_home_elsewhere(town: Town, dora: Desk, mia: Desk) -> None:
    elsewhere = home_of(town, town.report(territory_id=town.elsewhere_id, community="Elsewhere", where=5))
    assert Desk(mia.client, "dora").post(f"/api/v1/homes/{elsewhere}/report-links").status_code == 404
    assert Desk(mia.client, "mia").post(f"/api/v1/homes/{elsewhere}/report-links").status_code == 201
