"""How names that people type are compared, and what they may have meant."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches


def key(name: str) -> str:
    """The same for ３号楼 and 3号楼, for "Hull  Avenue" and "HULL AVENUE"."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def near(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """' Did you mean "plumbing"?' with a leading space, or '' when nothing is that alike (0 to 1)."""
    by_key = {key(one): one for one in known}
    found = [f'"{by_key[match]}"' for match in get_close_matches(key(name), by_key, n=3, cutoff=likeness)]
    return f" Did you mean {' or '.join(found)}?" if found else ""
