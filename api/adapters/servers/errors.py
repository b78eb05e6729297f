"""What keeps a server from running, told to the person who started Doorstep."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

ELSEWHERE = "Set DOORSTEP_HOME to a folder on a local disk that this account may write."

REMEDIES = {
    errno.ENOSPC: f"Free some space on that disk. {ELSEWHERE}",
    errno.EDQUOT: f"Free some of this account's quota. {ELSEWHERE}",
    errno.EROFS: f"That disk is read-only. {ELSEWHERE}",
    errno.EACCES: ELSEWHERE,
    errno.EPERM: ELSEWHERE,
    errno.ENOTDIR: ELSEWHERE,
    errno.EEXIST: ELSEWHERE,
}


class ServerError(Exception):
    """A server that can't run: what is wrong, where and what to do, told to whoever runs Doorstep."""


class HomeInUse(ServerError):
    """Another Doorstep holds the home folder. `pid` is 0 when it has not written its number yet."""

    def __init__(self, message: str, pid: int) -> None:
        super().__init__(message)
        self.pid = pid


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turns the system's refusal (a full disk, a missing right) into a ServerError with a remedy."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename and str(error.filename) not in doing else ""
        remedy = REMEDIES.get(error.errno or 0, "")
        raise ServerError(f"Can't {doing}{where}: {error.strerror or error}. {remedy}".rstrip()) from error
