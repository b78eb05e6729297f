"""Who this phone is to the server, and whose it is."""

import msgspec

from mobile_contract.phone.storage import Storage
from mobile_contract.v1 import PairAnswer


class Device:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def identity(self) -> PairAnswer | None:
        """None until the phone is paired."""
        with self._storage.transaction() as connection:
            (stored,) = connection.execute("SELECT identity FROM device").fetchone()
        return msgspec.json.decode(stored, type=PairAnswer) if stored else None

    def become(self, identity: PairAnswer | None) -> None:
        """Begins the copy of the sheets anew. `device_seq` goes on: unsent operations keep their numbers."""
        stored = msgspec.json.encode(identity) if identity else None
        with self._storage.transaction() as connection:
            connection.execute("UPDATE device SET identity = ?, cursor = ''", (stored,))
            connection.execute("DELETE FROM held")
