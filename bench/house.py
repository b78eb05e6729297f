"""A house of a bench's own: PostgreSQL and Valkey on new ground, with an empty database, gone when the bench ends."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.adapters.servers import Servers, bring_up
from api.db.migrate import upgrade


@contextmanager
def own_house() -> Iterator[tuple[Path, Servers]]:
    """A folder for what else the bench leaves behind, and the servers that run in it."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-bench-"))
    folder.chmod(0o755)  # the servers' account must get through
    try:
        with bring_up(folder / "home") as servers:
            upgrade(servers.database_url)
            yield folder, servers
    finally:
        shutil.rmtree(folder)
