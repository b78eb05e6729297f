"""`doorstep phone` against the real site: a technician's day from the terminal, with and without a network."""

from pathlib import Path

from click.testing import CliRunner
from real_processes import Site
from town import Town

from api.actions import accounts
from api.cli.phone import phone


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
        assert "applied: arrived" in told("arrive", "1")
        assert "applied: started" in told("start", "1")
        site.kill()
        assert "1 not sent yet; they are kept." in told("complete", "1", "--signer", "Zhang San", "--minutes", "25")
        site.start_again()
        assert "applied: done" in told("sheet")


def test_what_can_not_be_done_is_one_sentence(tmp_path: Path) -> None:
    answer = CliRunner().invoke(
        phone, ["--folder", str(tmp_path / "phone"), "--site", "http://127.0.0.1:1", "arrive", "1"]
    )
    assert answer.exit_code == 1
    assert "There is no stop 1" in answer.output
