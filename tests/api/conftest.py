from town import dora, mia, site, town

__all__ = ["dora", "mia", "site", "town"]
