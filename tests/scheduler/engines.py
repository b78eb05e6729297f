"""The searches that tests are run with: OR-Tools, and the kernel where it could be built."""

import pytest

from scheduler.search import kernel

needs_kernel = pytest.mark.skipif(not kernel.is_built(), reason="the search kernel could not be built here")
with_every_engine = pytest.mark.parametrize("engine", [pytest.param("kernel", marks=needs_kernel), "ortools"])
