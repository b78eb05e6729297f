"""What a phone says was signed is sealed with what the server knows, and can be had as a file by whoever may see it."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, HASH, Desk, Pocket, Town

from api.adapters.sealed_pdf import attached_records
from api.db.engine import Database
from api.queries.audit import Trail, check_sealed, check_trail
from domain.audit import AuditEntry
from domain.canonical import digest
from domain.people import Role, Staff
from domain.places import Territory
from domain.seal_check import check_bytes
from domain.sealed_sign_offs import SealedSignOff
from domain.seals import public_of
from domain.tickets import Ticket


@pytest.fixture(scope="module", autouse=True)
def _one_technician_and_a_dispatcher_from_elsewhere(town: Town) -> None:
    async def change(session: AsyncSession) -> None:
        from domain.people import Absence

        elsewhere = await session.get_one(Territory, town.elsewhere_id)
        session.add(Absence(technician_id=town.technicians[1], starts=DAY, ends=DAY))
        session.add(
            Staff(username="eve", name="Eve", role=Role.DISPATCHER, password_hash=HASH, territories=[elsewhere])
        )

    town.write(change)


@pytest.fixture
def phone(town: Town, site: TestClient[Litestar]) -> Pocket:
    town.empty(but="absences")
    for house in range(1, 3):
        town.report(where=house)
    town.publish()
    return Pocket(Desk(site, "dora"), town.technicians[0])


def shown(stop: dict[str, Any], work: dict[str, Any]) -> dict[str, Any]:
    """The document as a phone makes it, from its own stop and what was done."""
    of_stop = {name: stop[name] for name in ("visit_id", "ticket_number", "address", "unit", "defect", "description")}
    return of_stop | {name: work[name] for name in ("checklist", "parts", "minutes", "note")}


def complete(phone: Pocket, stop: dict[str, Any], **sign_off: Any) -> dict[str, Any]:
    """A completion with the hash of the very document that the phone has shown."""
    work = phone.complete(stop["visit_id"])
    return work | {"sign_off": work["sign_off"] | {"document_hash": digest(shown(stop, work))} | sign_off}


def sealed(town: Town) -> list[SealedSignOff]:
    async def look(session: AsyncSession) -> list[SealedSignOff]:
        return list((await session.scalars(select(SealedSignOff).order_by(SealedSignOff.audit_seq))).all())

    return town.write(look)


def test_a_sign_off_is_sealed_with_the_document_that_the_phone_showed(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]
    work = complete(phone, stop) | {"latitude": 41.15, "longitude": -8.61}
    assert phone.send(work)[0]["status"] == "applied"
    [kept] = sealed(town)
    report = check_bytes(kept.record.encode())
    assert report.genuine
    record = report.record
    assert record["document"]["agrees"] is True
    assert record["document"]["shown"] == shown(stop, work)
    assert record["signer"] == {"name": "Zhang San", "relationship": None, "identity": "witnessed"}
    assert (record["witness"]["technician_code"], record["witness"]["device_id"]) == ("T1", phone.device_id)
    assert record["place"] == {"latitude": "41.150000", "longitude": "-8.610000"}
    assert record["signature"] == {"strokes": [[[1, 2, 0], [3, 4, 9]]]}
    assert (record["consent"]["language"], record["consent"]["confirmed"]) == ("en", False)
    assert (record["accepted"], record["op_id"]) == (True, work["op_id"])


def test_who_signed_and_which_consent_was_read_is_in_the_record(phone: Pocket, town: Town) -> None:
    [consent] = [
        change["body"]["consent"] for change in phone.sync().json()["changes"] if change["kind"] == "route_sheet"
    ]
    said = {"relationship": "family", "consent_version": consent["version"], "consent_language": "zh"}
    phone.send(complete(phone, phone.stops()[0], **said))
    record = check_bytes(sealed(town)[0].record.encode()).record
    assert record["signer"]["relationship"] == {"code": "family", "en": "Of the owner's family", "zh": "业主家属"}
    assert (record["consent"]["text"], record["consent"]["confirmed"]) == (consent["zh"], True)


def test_a_document_that_differs_is_kept_with_both_hashes_and_said(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]
    phone.send(complete(phone, stop, document_hash="a" * 64))
    document = check_bytes(sealed(town)[0].record.encode()).record["document"]
    assert (document["agrees"], document["hash_on_phone"]) == (False, "a" * 64)
    assert document["hash"] == digest(document["shown"])


def test_the_document_is_the_one_that_the_phone_was_told_even_if_the_office_wrote_another_since(
    phone: Pocket, town: Town
) -> None:
    stop = phone.stops()[0]

    async def reword(session: AsyncSession) -> None:
        for ticket in await session.scalars(select(Ticket)):
            ticket.description = "something else"

    town.write(reword)
    phone.send(complete(phone, stop))
    assert check_bytes(sealed(town)[0].record.encode()).record["document"]["agrees"] is True


def test_a_visit_that_was_given_away_is_sealed_from_the_tables(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE feed SET body = NULL WHERE kind = 'stop'")
        connection.execute("UPDATE visits SET technician_id = %s", [town.technicians[1]])
    [verdict] = phone.send(complete(phone, stop))
    assert verdict["status"] == "accepted_with_conflict"
    assert check_bytes(sealed(town)[0].record.encode()).record["document"]["agrees"] is True


def test_the_same_sign_off_sent_twice_is_sealed_once(phone: Pocket, town: Town) -> None:
    work = complete(phone, phone.stops()[0])
    assert [phone.send(work)[0]["status"] for _ in range(2)] == ["applied", "duplicate"]
    assert len(sealed(town)) == 1


def test_the_record_s_entry_in_the_trail_holds_the_hash_of_its_content(phone: Pocket, town: Town) -> None:
    phone.send(*(complete(phone, stop) for stop in phone.stops()))
    kept = sealed(town)
    assert len(kept) == 2

    async def entries(session: AsyncSession) -> dict[int, str]:
        return {entry.seq: entry.hash for entry in await session.scalars(select(AuditEntry))}

    hashes = town.write(entries)
    for one in kept:
        audit = check_bytes(one.record.encode()).record["audit"]
        assert (audit["entry"], audit["hash"]) == (one.audit_seq, hashes[one.audit_seq])

    async def checked(database: Database) -> tuple[Trail, tuple[int, list[UUID]]]:
        async with database.read() as session:
            return await check_trail(session), await check_sealed(session)

    trail, (_, broken) = town.run(checked)
    assert trail.broken is None
    assert {one.sign_off_id for one in kept}.isdisjoint(broken)


@pytest.mark.parametrize("statement", ["UPDATE sealed_sign_offs SET record = ''", "DELETE FROM sealed_sign_offs"])
def test_the_app_can_not_change_what_it_sealed(phone: Pocket, town: Town, statement: str) -> None:
    phone.send(complete(phone, phone.stops()[0]))

    async def change(session: AsyncSession) -> None:
        await session.execute(text(statement))

    with pytest.raises(ProgrammingError, match="permission denied"):
        town.write(change)


def test_the_desk_gets_the_record_and_its_page(phone: Pocket, dora: Desk, town: Town) -> None:
    phone.send(complete(phone, phone.stops()[0]))
    [kept] = sealed(town)
    [ticket] = [t for t in dora.get("/api/v1/tickets").json() if t["number"] in kept.record]
    [visit] = dora.get(f"/api/v1/tickets/{ticket['id']}").json()["visits"]
    assert visit["sign_offs"] == [str(kept.sign_off_id)]
    record = dora.get(f"/api/v1/sign-offs/{kept.sign_off_id}/sealed.json")
    assert record.content == kept.record.encode()
    assert record.headers["Content-Disposition"] == f'attachment; filename="{ticket["number"]}.json"'
    page = dora.get(f"/api/v1/sign-offs/{kept.sign_off_id}/sealed.pdf")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "application/pdf")
    assert attached_records(page.content) == [kept.record.encode()]
    ours = frozenset({public_of(dora.client.app.state.seal_key).hex()})
    assert check_bytes(kept.record.encode(), ours).trusted


@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_a_sign_off_of_another_territory_is_as_if_unknown(
    phone: Pocket, site: TestClient[Litestar], town: Town, kind: str
) -> None:
    phone.send(complete(phone, phone.stops()[0]))
    path = f"/api/v1/sign-offs/{sealed(town)[0].sign_off_id}/sealed.{kind}"
    assert Desk(site, "eve").get(path).status_code == 404
    assert Desk(site, "mia").get(path).status_code == 200
    site.cookies.clear()
    assert site.get(path).status_code == 401
    assert site.get(path, headers=phone.headers).status_code == 403
    unknown = Desk(site, "mia").get(f"/api/v1/sign-offs/{town.elsewhere_id}/sealed.{kind}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
