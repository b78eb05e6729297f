from collections.abc import Iterator
from pathlib import Path

import pytest
from conforming_office import Office, Running

from mobile_contract.client import Phone


@pytest.fixture(scope="session")
def running_office() -> Iterator[Running]:
    running = Running()
    yield running
    running.close()


@pytest.fixture
def office(running_office: Running) -> Office:
    """An office with nothing in it yet; the code PAIR-1 pairs one phone."""
    running_office.office.reset()
    return running_office.office


@pytest.fixture
def phone(office: Office, running_office: Running, tmp_path: Path) -> Iterator[Phone]:
    """A phone that is paired and holds nothing yet."""
    with Phone(tmp_path / "phone", running_office.url) as phone:
        phone.pair("PAIR-1", "Redmi Note")
        yield phone
