"""Databases of the tests' own on the session's PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from api.adapters.servers import Servers


@contextmanager
def made_database(servers: Servers, name: str, *, template: str = "template1") -> Iterator[str]:
    """Its URL. It is gone afterwards, whoever is still connected."""
    _administer(servers, f"CREATE DATABASE {name} TEMPLATE {template}", role="doorstep")
    yield servers.database_url.replace("@/doorstep?", f"@/{name}?")
    # PostgreSQL may be vacuuming it of itself, and only its superuser may end that.
    _administer(servers, f"DROP DATABASE {name} WITH (FORCE)", role="postgres")


def _administer(servers: Servers, statement: str, *, role: str) -> None:
    url = servers.database_url.replace("postgresql+psycopg://doorstep@", f"postgresql://{role}@")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
