from town import dora, mia, site, town
from two_stops import one_technician, phone

__all__ = ["dora", "mia", "one_technician", "phone", "site", "town"]
