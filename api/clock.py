"""The site's clock: what its actions, queries and routes take for now.

It is the machine's, unless DOORSTEP_CLOCK names a file with a moment in it: then that moment is now, and time stands
still until somebody writes another. `doorstep simulate` goes through a whole day that way. What belongs to the machine
and not to the trade stays on the machine's clock: sessions, codes, tries, a worker's claim on a plan, caches.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

_file: Path | None = None


def follow(path: str) -> None:
    """From now on the moment in this file counts; empty: the machine's clock."""
    global _file
    _file = Path(path) if path else None


def now() -> datetime:
    """In UTC."""
    if _file is None:
        return datetime.now(UTC)
    return datetime.fromisoformat(_file.read_text("ascii")).astimezone(UTC)


def set_to(path: Path, moment: datetime) -> None:
    """What every process that follows the file takes for now; none of them ever reads half a moment."""
    beside = path.with_suffix(".next")
    beside.write_text(moment.isoformat(), "ascii")
    os.replace(beside, path)
