"""The two ways to find a place for one more job: the kernel's, and the plain one where there is no kernel."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scheduler.search import kernel

PATHS = ("kernel", "plain")


@contextmanager
def on(path: str) -> Iterator[None]:
    """Skips what needs a kernel where none is built."""
    if path == "kernel" and not kernel.is_built():
        pytest.skip("the search kernel could not be built here")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "is_built", lambda: path == "kernel")
        yield
