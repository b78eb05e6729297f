"""Seed rows of law and policy, read in review, loaded at set-up, overridden in the database."""

import tomllib
from importlib.resources import files
from typing import Any


def read_seed(name: str) -> dict[str, Any]:
    """The parsed file, e.g. `read_seed("tiers")`."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))
