"""Exports carry no real phone numbers, not even in free text."""

import re

from domain.people import masked

NUMBER = re.compile(r"\+?\d(?:[ \-]?\d){6,}")
"""Seven digits or more, spaced or hyphened; a door's code of fewer is no number to call."""


def without_numbers(text: str) -> str:
    """`text` with every phone number in it masked."""
    return NUMBER.sub(lambda found: masked(found[0]), text)
