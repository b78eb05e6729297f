"""A phone that sends photos: the calls of tus, one by one, over whatever client it is given."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

PATH = "/mobile/v1/photos"


def hash_of(photo: bytes) -> str:
    return sha256(photo).hexdigest()


class Camera:
    """`client` is an httpx client, or the test client, which has the same calls; `headers` are the phone's."""

    def __init__(self, client: Any, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers | {"Tus-Resumable": "1.0.0"}

    def announce(self, digest: str, size: int) -> Any:
        told = {
            "Upload-Length": str(size),
            "Upload-Metadata": f"sha256 {b64encode(digest.encode()).decode()},kind YQ==",
        }
        return self.client.post(PATH, headers=self.headers | told)

    def look(self, digest: str) -> Any:
        return self.client.head(f"{PATH}/{digest}", headers=self.headers)

    def offset(self, digest: str) -> int:
        answer = self.look(digest)
        assert answer.status_code == 200, answer.text
        return int(answer.headers["Upload-Offset"])

    def send(self, digest: str, offset: int, content: bytes | Iterator[bytes]) -> Any:
        told = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self.client.patch(f"{PATH}/{digest}", content=content, headers=self.headers | told)

    def drop(self, digest: str) -> Any:
        return self.client.delete(f"{PATH}/{digest}", headers=self.headers)

    def upload(self, photo: bytes) -> str:
        """The whole of it at once; its hash."""
        digest = hash_of(photo)
        answer = self.announce(digest, len(photo))
        assert answer.status_code == 201, answer.text
        answer = self.send(digest, 0, photo)
        assert answer.status_code == 204, answer.text
        assert answer.headers["Upload-Offset"] == str(len(photo))
        return digest
