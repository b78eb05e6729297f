"""PostgreSQL's data folder: made whole or not at all, checked before every start."""

import os
import shutil
import sys
from pathlib import Path

from api.adapters.servers.errors import ServerError, explained
from api.adapters.servers.home import Home
from api.adapters.servers.process import run

MAJOR = "18"

# Texts compare by code point, everywhere alike (the builtin provider). LC_CTYPE must still be a UTF-8 one:
# under "C", trigram search takes no Chinese character for a letter and finds nothing.
CTYPE = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"

INITDB = [
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    f"--lc-ctype={CTYPE}",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=peer",
]

# The application is no superuser. It may make the databases of its tests and the roles of its migrations.
ROLES = """\
CREATE ROLE doorstep LOGIN CREATEDB CREATEROLE;
CREATE DATABASE doorstep OWNER doorstep;
"""


def data_folder(home: Home, programs: Path, *, fast: bool) -> Path:
    """The folder for `postgres -D`, made if there is none. Raises ServerError if it is not one for us."""
    data = home.folder / "postgres"
    if not data.exists():
        _make(home, programs, data, fast=fast)
    _check(home, data)
    return data


def _make(home: Home, programs: Path, data: Path, *, fast: bool) -> None:
    for cut_short in home.folder.glob("postgres.new.*"):
        shutil.rmtree(cut_short, ignore_errors=True)
    draft = home.private(f"postgres.new.{os.getpid()}")
    initdb: list[str | Path] = [programs / "initdb", "-D", draft, *INITDB, *(["--no-sync"] if fast else [])]
    run("make the database", initdb, home.account)
    single: list[str | Path] = [programs / "postgres", "--single", "-D", draft, "-c", "exit_on_error=on"]
    single += ["-c", f"fsync={'off' if fast else 'on'}", "postgres"]
    run("make the database's roles", single, home.account, ROLES)
    with explained(f"rename {draft} to {data}"):
        draft.rename(data)
        parent = os.open(home.folder, os.O_RDONLY)
        os.fsync(parent)
        os.close(parent)


def _check(home: Home, data: Path) -> None:
    owner = data.stat().st_uid
    if owner != home.account.uid:
        raise ServerError(
            f"{data} belongs to another account (user id {owner}); {home.account.name} would run it now."
            " Start Doorstep as whoever started it before, or set DOORSTEP_HOME to another folder."
        )
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise ServerError(
            f"{data} is not a PostgreSQL data folder (it has no PG_VERSION). Move it away, or set"
            " DOORSTEP_HOME to another folder."
        ) from None
    if found != MAJOR:
        raise ServerError(
            f"{data} was written by PostgreSQL {found}; this Doorstep brings PostgreSQL {MAJOR}, which can't"
            " read it. Start the Doorstep that wrote it once more and save everything with its pg_dump"
            f" (pg_dump -h {home.folder / 'run'} -U doorstep -Fc doorstep > doorstep.dump). Then move {data}"
            " away, start this Doorstep, and load the file with pg_restore."
        )
