"""Where and when figures were measured: without it they mean nothing."""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path


def facts() -> dict[str, str | int | None]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def sentence() -> str:
    known = facts()
    return f"{known['processor']}, {known['cores']} cores, Python {known['python']}, {known['measured_at']}"


def _processor() -> str:
    """What Linux calls it; elsewhere what Python knows."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
