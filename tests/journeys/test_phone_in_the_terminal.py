"""`doorstep phone` against the real site: a technician's day from the terminal, with and without a network."""

from pathlib import Path
from uuid import UUID

from click.testing import CliRunner
from real_processes import Site
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Town

from api.actions import accounts
from api.cli.phone import phone
from domain.jobs import Visit


def test_a_stop_is_worked_through_and_what_the_network_lost_is_sent_later(
    town: Town, redis_url: str, tmp_path: Path
) -> None:
    town.report(where=1, description="The hall light flickers")
    town.publish()
    with Site(tmp_path, town.database_url, redis_url) as site:

        def told(*words: str) -> str:
            answer = CliRunner().invoke(phone, ["--folder", str(tmp_path / "phone"), "--site", site.address, *words])
            assert answer.exit_code == 0, answer.output
            return answer.output

        for technician_id in town.technicians:
            code, _ = town.write(accounts.pairing_code, technician_id)
            told("pair", code)
            sheet = told("sheet")
            if "1 Quay Street" in sheet:
                break
        assert "applied: planned" in told("accept", "1")
        assert "applied: travelling" in told("depart", "1")
        assert "applied: arrived" in told("arrive", "1")
        assert "applied: started" in told("start", "1")
        assert "applied: paused" in told("pause", "1", "--why", "drying", "--note", "Sealant")
        assert "applied: started" in told("start", "1")
        assert "applied: started" in told("note", "1", "The gate is broken")
        assert "applied: started" in told("found", "1", "slow-leak", "Drips", "--place", "Bathroom")
        assert "rejected: The catalogue" in told("found", "1", "ghost", "Howls")
        site.kill()
        assert "1 not sent yet; they are kept." in told("complete", "1", "--signer", "Zhang San", "--minutes", "25")
        site.start_again()
        assert "applied: done" in told("sheet")


def test_a_visit_that_ends_otherwise_says_why(town: Town, redis_url: str, tmp_path: Path) -> None:
    town.empty()
    for house in (1, 2):
        town.report(where=house)
    town.publish()
    with Site(tmp_path, town.database_url, redis_url) as site:

        def told(*words: str) -> str:
            answer = CliRunner().invoke(phone, ["--folder", str(tmp_path / "phone"), "--site", site.address, *words])
            assert answer.exit_code == 0, answer.output
            return answer.output

        ends = [
            ["no-access", "1", "--why", "nobody_home"],
            ["another-visit", "1", "--why", "parts_missing", "--needed", "Bulb"],
        ]
        said = ""
        for technician_id, stops in ((one, count(town, one)) for one in town.technicians):
            code, _ = town.write(accounts.pairing_code, technician_id)
            told("pair", code)
            told("sheet")
            for number in range(1, stops + 1):
                kind, _, *why = ends.pop()
                said += told(kind, str(number), *why)
        assert "applied: no_access" in said
        assert "applied: needs_another" in said


def count(town: Town, technician_id: UUID) -> int:
    async def visits(session: AsyncSession) -> int:
        found = await session.scalar(select(func.count(Visit.id)).where(Visit.technician_id == technician_id))
        return found or 0

    return town.write(visits)


def test_what_can_not_be_done_is_one_sentence(tmp_path: Path) -> None:
    answer = CliRunner().invoke(
        phone, ["--folder", str(tmp_path / "phone"), "--site", "http://127.0.0.1:1", "arrive", "1"]
    )
    assert answer.exit_code == 1
    assert "There is no stop 1" in answer.output
