"""What a computer may be like on which Doorstep is started: its terminal, its language, its settings."""

import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from api.adapters.servers import ServerError
from api.cli import main
from api.cli.up import check_port
from api.settings import Settings, SettingsError

SERVERS = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}


@pytest.mark.parametrize(
    "terminal",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["ascii", "no locale"],
)
def test_where_no_language_is_set_the_characters_are_written_all_the_same(terminal: dict[str, str]) -> None:
    script = "from rich.console import Console; from api.cli import main;"
    script += "main(['openapi', '--help'], standalone_mode=False); Console().print('\\u9648\\u4f1f \\u25b2')"
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | terminal, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "陈伟 ▲" in done.stdout.decode()


@pytest.mark.parametrize(("encoding", "written"), [("gbk", "陈伟".encode("gbk")), ("latin-1", rb"\u9648\u4f1f")])
def test_a_terminal_of_another_encoding_gets_what_it_can_show(encoding: str, written: bytes) -> None:
    script = "import api.cli, sys; api.cli.write_anything(sys.stdout); print('\\u9648\\u4f1f')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.strip() == written


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(port=99_999), "DOORSTEP_PORT is 99999; it must be between 1 and 65535."),
        (Settings(port=-1), "DOORSTEP_PORT is -1; it must be between 1 and 65535."),
        (Settings(host=""), "DOORSTEP_HOST is ''; it must be an address, such as 127.0.0.1."),
        (Settings(host="localhost"), "DOORSTEP_HOST is 'localhost'; it must be an address, such as 127.0.0.1."),
        (Settings(host="192.0.2.1"), "Set DOORSTEP_HOST to an address of this machine."),  # for documentation, nobody's
    ],
)
def test_an_address_that_the_site_can_not_listen_on_is_refused_before_anything_starts(
    settings: Settings, said: str
) -> None:
    with pytest.raises((ServerError, SettingsError)) as refused:
        check_port(settings)
    assert said in str(refused.value)


@pytest.mark.parametrize("command", ["up", "serve", "demo"])
def test_each_command_that_serves_the_site_looks_at_its_address_first(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in (SERVERS | {"DOORSTEP_PORT": "99999"}).items():
        monkeypatch.setenv(variable, value)
    done = CliRunner().invoke(main, [command])
    assert (done.exit_code, done.stderr) == (2, "doorstep: DOORSTEP_PORT is 99999; it must be between 1 and 65535.\n")


def lists(group: click.Group) -> Iterator[click.Group]:
    yield group
    for name in group.list_commands(click.Context(group)):
        if isinstance(command := group.get_command(click.Context(group), name), click.Group):
            yield from lists(command)


@pytest.mark.parametrize("group", list(lists(main)), ids=lambda group: group.name)
def test_every_command_is_listed_with_a_whole_sentence(group: click.Group) -> None:
    narrow = click.Context(group, terminal_width=80)
    listed = group.get_help(narrow).partition("Commands:")[2]
    assert listed
    assert "..." not in listed
