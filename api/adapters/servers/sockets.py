"""Where the servers' Unix sockets lie. They listen nowhere else: no port, nothing on the network."""

import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

from api.adapters.servers.errors import explained
from api.adapters.servers.home import Home

LONGEST = 103 if sys.platform == "darwin" else 107  # bytes of a path in sockaddr_un
LONGEST_NAME = ".s.PGSQL.5432"  # PostgreSQL's; Valkey's is shorter


def socket_folder(home: Home) -> Path:
    """`run` in the home; where a socket can't be called that, a link to a folder of our own in /tmp."""
    run = home.folder / "run"
    with explained(f"make the folder {run}"):
        if len(os.fsencode(run / LONGEST_NAME)) <= LONGEST and "," not in str(run):  # libpq's sign between hosts
            return run if run.is_dir() else home.private("run")
        if run.is_symlink():
            if _ours(home, Path(os.readlink(run))):
                return Path(os.readlink(run))
            run.unlink()
        elif run.is_dir():
            shutil.rmtree(run)
        short = Path(tempfile.mkdtemp(prefix="doorstep-", dir="/tmp"))
        home.account.own(short)
        run.symlink_to(short)
        return short


def _ours(home: Home, short: Path) -> bool:
    """Anybody may write to /tmp, so a folder of the old name is taken only if it is still the one we made."""
    try:
        found = short.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == home.account.uid and stat.S_IMODE(found.st_mode) == 0o700
