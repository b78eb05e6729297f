"""The first dispatcher of a new Doorstep, added from the command line."""

import pytest
from click.testing import CliRunner, Result
from town import Desk, Town

from api.cli import main


@pytest.fixture
def doorstep(town: Town, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("DATABASE_URL", town.database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    return CliRunner()


def add(doorstep: CliRunner, username: str, *more: str, password: str = "a long enough password") -> Result:
    options = ["--name", "Olga", "--role", "dispatcher", "--password", password, *more]
    return doorstep.invoke(main, ["staff", "add", username, *options])


def test_somebody_who_was_added_can_sign_in_and_sees_the_named_territory(doorstep: CliRunner, site: object) -> None:
    assert add(doorstep, "olga", "--territory", "Harbour").exit_code == 0
    assert (
        doorstep.invoke(main, ["staff", "password", "olga", "--password", "correct horse battery staple"]).exit_code
        == 0
    )
    desk = Desk(site, "olga")  # type: ignore[arg-type]
    assert [territory["name"] for territory in desk.get("/api/v1/territories").json()] == ["Harbour"]
    assert doorstep.invoke(main, ["staff", "remove", "olga"]).exit_code == 0
    assert desk.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("username", "more", "password", "told"),
    [
        ("dora", [], "a long enough password", "There is a dora already"),
        ("otto", ["--territory", "Atlantis"], "a long enough password", "no territory Atlantis"),
        ("otto", [], "short", "at least 12 characters"),
    ],
)
def test_what_can_not_be_added_is_one_clear_sentence(
    doorstep: CliRunner, username: str, more: list[str], password: str, told: str
) -> None:
    answer = add(doorstep, username, *more, password=password)
    assert answer.exit_code == 2
    assert told in answer.output
    assert "Traceback" not in answer.output
