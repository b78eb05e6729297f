"""Whom servers run as. PostgreSQL refuses to run as root, so root lends them an account with no rights."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.adapters.servers.errors import ServerError, explained

UNPRIVILEGED = "nobody"  # on every Unix from the start, so that no account is ever added


@dataclass(frozen=True)
class Account:
    """`lent` is true when Doorstep itself is root and the servers are somebody else."""

    name: str
    uid: int
    gid: int
    lent: bool

    def spawning(self) -> dict[str, Any]:
        """Arguments for subprocess that start a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lent else {}

    def own(self, path: Path) -> None:
        if self.lent:
            with explained(f"give {path} to the account {self.name}"):
                os.chown(path, self.uid, self.gid)

    def enter(self, folder: Path) -> None:
        """Raises ServerError naming the first folder on the way that this account can't pass."""
        if not self.lent or self._passes(folder):
            return
        barred = next(step for step in [*reversed(folder.parents), folder] if not self._passes(step))
        raise ServerError(
            f"PostgreSQL does not run as root, and the account {self.name} that it runs as instead can't pass"
            f" {barred} on the way to {folder}. Set DOORSTEP_HOME to a folder that other accounts can reach"
            f" (such as /var/lib/doorstep), or run Doorstep as an ordinary user."
        )

    def _passes(self, folder: Path) -> bool:
        """Tried rather than read off the modes, since access lists and mounts have a say too."""
        try:
            tried = subprocess.run(
                ["/bin/sh", "-c", 'cd "$0"', str(folder)],
                stderr=subprocess.DEVNULL,
                cwd="/",
                **self.spawning(),
            )
        except OSError as error:
            raise ServerError(
                f"Can't start a program as the account {self.name}: {error.strerror}. Run Doorstep as an"
                " ordinary user, or give it servers of your own in DATABASE_URL and REDIS_URL."
            ) from error
        return tried.returncode == 0


def client() -> Account:
    """Who runs Doorstep itself, and so connects to the servers."""
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise ServerError(
            f"The user id {os.geteuid()} has no name in /etc/passwd, and PostgreSQL needs one. Add a line"
            " for it, or give Doorstep a server of your own in DATABASE_URL."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, os.getegid(), lent=False)


def for_servers() -> Account:
    if os.geteuid() != 0:
        return client()
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise ServerError(
            f"Doorstep runs as root, PostgreSQL may not, and there is no account {UNPRIVILEGED} to run it as."
            " Run Doorstep as an ordinary user."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, lent=True)
