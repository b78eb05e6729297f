"""What a company allows owners who choose a time."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class BookingRules:
    """`days` to choose from, from tomorrow on; how long a hold lasts; with less `notice` a cancellation is late."""

    days: int
    hold: timedelta
    notice: timedelta
