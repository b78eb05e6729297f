"""From one way to the next when one refuses or fails, what the desk sees of it, once more, and words of one's own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from booking_desk import job_at
from gateways import Mailbox, http_gateway, mail_gateway
from owner_browser import OwnerBrowser, link_for
from post_office import PostOffice
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town
from two_stops import rows

from api.actions.delivery import claim, finish
from api.adapters.messages.gateway import Gateway, Outgoing
from api.adapters.messages.mail import mail_server
from api.adapters.messages.sms import SmsGateway
from domain.intakes import Intake, IntakeMessage, IntakeState, SaidKind
from domain.jobs import Job
from domain.messages import MessageState, Outcome, Way
from domain.tickets import Channel


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


class EachTimeAnew:
    """A gateway whose client lives for one message: each of these is sent in an event loop of its own."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def send(self, out: Outgoing) -> str:
        async with httpx.AsyncClient(timeout=2) as client:
            return await SmsGateway(client, self.url, "", False).send(out)


def booked(town: Town, desk: Desk, **told: Any) -> UUID:
    """The ticket's id."""
    job_id = job_at(town, 1, **{"contact_mail": "zhang@example.com", "contact_language": "en"} | told)
    offer = next(o for day in desk.get(f"/api/v1/jobs/{job_id}/offers").json()["days"] for o in day["offers"])
    slot = {"opens": offer["opens"], "closes": offer["closes"]}
    assert desk.post(f"/api/v1/jobs/{job_id}/bookings", slot).status_code == 201
    return next(job.ticket_id for job in rows(town, Job) if job.id == job_id)


def log_of(desk: Desk, ticket_id: UUID) -> Any:
    answer = desk.get(f"/api/v1/tickets/{ticket_id}/messages")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_when_a_way_refuses_the_next_one_takes_it_and_the_desk_sees_both(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    ticket_id, mailbox = booked(town, dora), Mailbox()
    with http_gateway(lambda _: (400, b"")) as sms, mail_gateway(mailbox) as port:
        ways: dict[Way, Gateway] = {
            Way.SMS: EachTimeAnew(sms.url),
            Way.MAIL: mail_server(f"smtp://127.0.0.1:{port}", "repairs@harbour.example"),
        }
        PostOffice(town, tmp_path, ways).send_all()
    assert len(sms.asked) == 1
    assert len(mailbox.mails) == 1
    (shown,) = log_of(dora, ticket_id)
    assert shown["state"] == "sent"
    assert [(one["way"], one["to"], one["outcome"], one["why"]) for one in shown["tries"]] == [
        ("sms", "138****0000", "refused", "The SMS gateway answers 400."),
        ("mail", "z***@example.com", "sent", ""),
    ]
    assert "…/o/••••" in shown["body"]
    assert "13812340000" not in str(shown)


def test_a_way_that_fails_three_times_gives_way_and_every_try_had_the_same_key(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    ticket_id, mailbox = booked(town, dora), Mailbox()
    with http_gateway(lambda _: (503, b"")) as sms, mail_gateway(mailbox) as port:
        ways: dict[Way, Gateway] = {
            Way.SMS: EachTimeAnew(sms.url),
            Way.MAIL: mail_server(f"smtp://127.0.0.1:{port}", "repairs@harbour.example"),
        }
        PostOffice(town, tmp_path, ways).send_all()
    assert len(sms.asked) == 3
    assert len(sms.delivered) == 1
    (shown,) = log_of(dora, ticket_id)
    assert [one["outcome"] for one in shown["tries"]] == ["later", "later", "later", "sent"]


def test_when_no_way_is_left_it_failed_and_can_be_sent_again(town: Town, dora: Desk, tmp_path: Path) -> None:
    ticket_id = booked(town, dora)
    with http_gateway(lambda _: (400, b"")) as sms:
        PostOffice(town, tmp_path, {Way.SMS: EachTimeAnew(sms.url)}).send_all()
    (failed,) = log_of(dora, ticket_id)
    assert (failed["state"], failed["why"], failed["again"]) == ("failed", "The SMS gateway answers 400.", True)
    path = f"/api/v1/messages/{failed['id']}/again"
    assert dora.post(path).status_code == 201
    PostOffice(town, tmp_path).send_all()
    again, first = log_of(dora, ticket_id)
    assert (again["state"], first["state"]) == ("sent", "failed")
    assert dora.post(f"/api/v1/messages/{again['id']}/again").status_code == 201
    waiting, *_ = log_of(dora, ticket_id)
    refused = dora.post(f"/api/v1/messages/{waiting['id']}/again")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
    assert dora.post(f"/api/v1/messages/{uuid4()}/again").status_code == 404


def test_a_try_whose_worker_never_came_back_is_made_again_under_the_same_key(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    ticket_id = booked(town, dora)
    post = PostOffice(town, tmp_path / "messages")
    post.hurry()
    (message,) = post.messages()
    lost = town.write(claim, message.id, post.courier, None)
    assert not isinstance(lost, MessageState)
    assert lost is not None
    assert post.send(message.id) is None, "until its lease is over, nobody else sends it"
    post.hurry()
    assert post.send(message.id) is MessageState.SENT
    assert [line["id"] for line in post.lines()] == [message.id.hex] == [lost.out.key]
    town.write(finish, lost, Outcome.LATER, "no answer", "")
    (shown,) = log_of(dora, ticket_id)
    assert shown["state"] == "sent", "whoever comes back late changes nothing but that try"
    assert [one["outcome"] for one in shown["tries"]] == ["later", "sent"]


def test_a_code_is_in_no_table_shown_without_its_digits_and_never_sent_again(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    ticket_id = town.report()
    owner = OwnerBrowser(dora.client, link_for(dora, ticket_id))
    assert owner.post("code").status_code == 202
    (shown,) = log_of(dora, ticket_id)
    assert (shown["kind"], shown["state"], shown["again"]) == ("code", "sent", False)
    assert "••••••" in shown["body"]
    assert dora.post(f"/api/v1/messages/{shown['id']}/again").status_code == 409


def test_a_code_that_no_way_takes_is_told_at_once_and_no_worker_sends_it_without_its_digits(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    (tmp_path / "messages").write_text("a file where the folder should be")
    ticket_id = town.report()
    answer = OwnerBrowser(dora.client, link_for(dora, ticket_id)).post("code")
    assert (answer.status_code, answer.json()["code"]) == (503, "can_not_send")
    post = PostOffice(town, tmp_path / "other")
    post.send_all()
    (shown,) = log_of(dora, ticket_id)
    assert shown["state"] == "failed"
    assert post.lines() == []


def put(desk: Desk, path: str, body: Any) -> Any:
    token = {"X-CSRF-Token": desk.client.cookies.get("doorstep_csrf") or ""}
    return desk.client.put(path, json=body, headers=token)


def drop(desk: Desk, path: str) -> Any:
    token = {"X-CSRF-Token": desk.client.cookies.get("doorstep_csrf") or ""}
    return desk.client.delete(path, headers=token)


def test_a_manager_s_own_words_are_said_from_then_on_until_they_are_dropped(
    town: Town, mia: Desk, tmp_path: Path
) -> None:
    path = "/api/v1/message-templates/booked/en"
    assert put(mia, path, {"subject": "Soon", "text": "Harbour: {day} {from} {link}"}).status_code == 204
    booked(town, mia)
    post = PostOffice(town, tmp_path)
    assert post.messages()[0].body.startswith("Harbour: ")
    (own,) = [one for one in mia.get("/api/v1/message-templates").json()["words"] if one["own"]]
    assert (own["kind"], own["language"], own["text"]) == ("booked", "en", "Harbour: {day} {from} {link}")
    assert drop(mia, path).status_code == 204
    assert drop(mia, path).status_code == 404
    assert not any(one["own"] for one in mia.get("/api/v1/message-templates").json()["words"])


def test_who_saves_words_over_another_s_is_told_and_nothing_is_lost(town: Town, mia: Desk) -> None:
    path = "/api/v1/message-templates/moved/zh"

    def now() -> dict[str, Any]:
        words = mia.get("/api/v1/message-templates").json()["words"]
        return next(one for one in words if (one["kind"], one["language"]) == ("moved", "zh"))

    assert (now()["changed_at"], now()["changed_by"]) == (None, None)
    assert put(mia, path, {"subject": "甲", "text": "甲", "seen": None}).status_code == 204
    assert now()["changed_by"] == "Mia"
    late = put(mia, path, {"subject": "乙", "text": "乙", "seen": None})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert now()["text"] == "甲"
    seen = now()["changed_at"]
    assert put(mia, path, {"subject": "乙", "text": "乙", "seen": seen}).status_code == 204
    token = {"X-CSRF-Token": mia.client.cookies.get("doorstep_csrf") or ""}
    assert mia.client.delete(path, params={"seen": seen}, headers=token).status_code == 409
    assert mia.client.delete(path, params={"seen": now()["changed_at"]}, headers=token).status_code == 204
    assert (now()["own"], now()["text"]) == (False, now()["shipped_text"])


def test_every_name_of_every_message_has_a_sample_in_both_languages(mia: Desk) -> None:
    told = mia.get("/api/v1/message-templates").json()
    for one in told["words"]:
        assert set(one["names"]) <= set(told["samples"][one["language"]]), one["kind"]


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("message-templates/booked/en", {"subject": "S", "text": "Hello {owner}"}, 422, "{owner}"),
        ("message-templates/code/zh", {"subject": "S", "text": "Hello"}, 422, "{code}"),
        ("message-templates/booked/fr", {"subject": "S", "text": "Bonjour"}, 404, "zh and en"),
        ("message-templates/soon/en", {"subject": "S", "text": "Hello"}, 404, "booked"),
        ("message-templates/booked/en", {"subject": "", "text": "Hello"}, 400, ""),
        ("wechat-templates/booked", {"template_id": "t", "fields": {"thing1": "{owner}"}}, 422, "{owner}"),
        ("wechat-templates/code", {"template_id": "t", "fields": {}}, 422, "number alone"),
    ],
)
def test_words_that_can_not_be_filled_in_are_refused_and_nothing_changes(
    mia: Desk, path: str, body: Any, status: int, told: str
) -> None:
    answer = put(mia, f"/api/v1/{path}", body)
    assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text
    templates = mia.get("/api/v1/message-templates").json()
    assert not any(one["own"] for one in templates["words"])
    assert templates["wechat"] == []


def test_a_dispatcher_reads_the_words_and_does_not_change_them(dora: Desk) -> None:
    assert dora.get("/api/v1/message-templates").status_code == 200
    assert put(dora, "/api/v1/message-templates/booked/en", {"subject": "S", "text": "T"}).status_code == 403


def test_a_registered_template_of_wechat_is_filled_in(town: Town, mia: Desk, tmp_path: Path) -> None:
    form = {"template_id": "tpl-9", "fields": {"thing1": "{defect}", "link": "{link}"}, "sends": "subscription"}
    assert put(mia, "/api/v1/wechat-templates/booked", form).status_code == 204
    try:
        booked(town, mia)
        post, seen = PostOffice(town, tmp_path), []

        class Ear:
            async def send(self, out: Outgoing) -> str:
                seen.append(out)
                return ""

        post.courier = type(post.courier)({Way.SMS: Ear()}, "http://desk", post.courier.link_lasts)
        post.send_all()
        (out,) = seen
        assert out.wechat is not None
        assert (out.wechat.path, out.wechat.template_id) == ("subscribe/bizsend", "tpl-9")
        assert out.wechat.data["link"].startswith("http://desk/o/")
        assert "{" not in out.wechat.data["thing1"]
    finally:
        assert drop(mia, "/api/v1/wechat-templates/booked").status_code == 204


def test_a_ticket_s_messages_are_its_territory_s_alone(town: Town, dora: Desk) -> None:
    ticket_id = town.report(territory_id=town.elsewhere_id, community="Far")
    assert dora.get(f"/api/v1/tickets/{ticket_id}/messages").status_code == 404
    assert dora.get(f"/api/v1/tickets/{ticket_id}/conversation").status_code == 404


def test_a_ticket_shows_what_was_said_before_it_was_one(town: Town, dora: Desk) -> None:
    ticket_id = town.report()
    assert dora.get(f"/api/v1/tickets/{ticket_id}/conversation").json() == []

    async def said(session: AsyncSession) -> None:
        now = datetime.now(UTC)
        told = IntakeMessage(
            channel=Channel.WECHAT, event_id="m1", kind=SaidKind.TEXT, text="灯坏了", said_at=now, received_at=now
        )
        session.add(
            Intake(
                channel=Channel.WECHAT,
                sender="openid-zhang",
                state=IntakeState.TICKETED,
                ticket_id=ticket_id,
                began_at=now,
                heard_at=now,
                messages=[told],
            )
        )

    town.write(said)
    (one,) = dora.get(f"/api/v1/tickets/{ticket_id}/conversation").json()
    assert (one["channel"], [message["text"] for message in one["messages"]]) == ("wechat", ["灯坏了"])
