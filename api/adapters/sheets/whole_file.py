"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from domain.errors import Invalid


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its place when the block ends well. Raises Invalid if it can't."""
    draft = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        try:
            yield draft
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise Invalid(f"{path} can't be written: {error.strerror or error}.") from error
