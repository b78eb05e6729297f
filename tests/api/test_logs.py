"""Logs hold no bodies, cookies or phone numbers, not even when something breaks."""

import json
import logging

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from town import Town

from api import logs


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_traceback_is_logged_without_the_values_of_variables(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    logs.configure(style)
    log = structlog.get_logger()

    def fail(contact_phone: str) -> None:
        cookie = "doorstep_session=" + "".join(["sec", "ret"])
        raise ValueError(len(contact_phone + cookie))

    try:
        fail("".join(["138", "1234", "0000"]))
    except ValueError as error:
        log.error("request_failed", exc_info=error, token="secret")
    told = capsys.readouterr().err
    structlog.reset_defaults()
    assert "ValueError" in told
    assert "13812340000" not in told
    assert "secret" not in told


def test_libraries_log_one_json_object_a_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    logs.configure("json")
    try:
        raise OSError("gone")
    except OSError:
        logging.getLogger("saq").exception("Upkeep task failed")
    [line] = capsys.readouterr().err.splitlines()
    structlog.reset_defaults()
    told = json.loads(line)
    assert (told["event"], told["logger"], told["level"]) == ("Upkeep task failed", "saq", "error")
    assert told["exception"][0]["exc_type"] == "OSError"


def test_a_database_error_tells_its_statement_without_the_values(town: Town) -> None:
    async def fail(session: AsyncSession) -> None:
        await session.execute(text("SELECT 1 / length(:phone) - no_such_column"), {"phone": "13812340000"})

    with pytest.raises(DBAPIError) as caught:
        town.write(fail)
    assert "13812340000" not in str(caught.value)
