"""A city's day, lived through against the real site: `doorstep simulate`."""
