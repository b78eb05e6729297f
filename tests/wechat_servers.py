"""WeChat's side, written apart from ours: CBC by hand over single AES blocks, signatures, XML with CDATA."""

import base64
import hashlib
import os
import struct
import time
from collections.abc import Iterator
from typing import Any
from xml.dom import minidom

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from litestar import Litestar
from litestar.testing import TestClient
from town import Town

from api.app import create_app
from api.settings import Settings

TOKEN, APP_ID = "harbourToken7", "wx5823bf96d3bd56c7"
AES_KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")


def blockwise(key: bytes, data: bytes, *, encrypt: bool) -> bytes:
    single = Cipher(algorithms.AES(key), modes.ECB())
    before, out = key[:16], b""
    for at in range(0, len(data), 16):
        block = data[at : at + 16]
        if encrypt:
            mixed = bytes(a ^ b for a, b in zip(block, before, strict=True))
            one = single.encryptor()
            before = one.update(mixed) + one.finalize()
            out += before
        else:
            one_back = single.decryptor()
            plain = one_back.update(block) + one_back.finalize()
            out += bytes(a ^ b for a, b in zip(plain, before, strict=True))
            before = block
    return out


def sealed(message: bytes, aes_key: str = AES_KEY, app_id: str = APP_ID) -> str:
    plain = os.urandom(16) + struct.pack(">I", len(message)) + message + app_id.encode()
    missing = 32 - len(plain) % 32
    plain += bytes([missing] * missing)
    return base64.b64encode(blockwise(base64.b64decode(aes_key + "="), plain, encrypt=True)).decode()


def unsealed(text: str, aes_key: str = AES_KEY, app_id: str = APP_ID) -> bytes:
    plain = blockwise(base64.b64decode(aes_key + "="), base64.b64decode(text), encrypt=False)
    plain = plain[: -plain[-1]]
    (length,) = struct.unpack(">I", plain[16:20])
    assert plain[20 + length :] == app_id.encode()
    return plain[20 : 20 + length]


def signed(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def document(**tags: Any) -> bytes:
    return ("<xml>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in tags.items()) + "</xml>").encode()


def tags_of(xml: bytes) -> dict[str, str]:
    root = minidom.parseString(xml).documentElement
    assert root is not None
    return {
        node.nodeName: "".join(child.nodeValue or "" for child in node.childNodes)
        for node in root.childNodes
        if node.nodeType == node.ELEMENT_NODE
    }


class Wechat:
    """Sends what followers say, in encrypted mode unless `plain`."""

    def __init__(self, client: TestClient[Litestar], *, plain: bool = False) -> None:
        self.client, self.plain, self.msg_id = client, plain, int(time.time() * 1000) * 1000

    def message(self, sender: str, kind: str = "text", **tags: Any) -> bytes:
        self.msg_id += 1
        told = {"ToUserName": "gh_harbour", "FromUserName": sender, "CreateTime": int(time.time()), "MsgType": kind}
        if kind != "event":
            told["MsgId"] = self.msg_id
        return document(**told | tags)

    def request(self, body: bytes, *, token: str = TOKEN, at: int = 0, **seal: str) -> tuple[dict[str, str], bytes]:
        timestamp, nonce = str(int(time.time()) + at), os.urandom(5).hex()
        query = {"timestamp": timestamp, "nonce": nonce, "signature": signed(token, timestamp, nonce)}
        if self.plain:
            return query, body
        encrypted = sealed(body, **seal)
        query |= {"encrypt_type": "aes", "msg_signature": signed(token, timestamp, nonce, encrypted)}
        return query, document(ToUserName="gh_harbour", Encrypt=encrypted)

    def send(self, query: dict[str, str], body: bytes) -> Any:
        return self.client.post("/wechat/callback", params=query, content=body, headers={"Content-Type": "text/xml"})

    def says(self, sender: str, text: str = "", **tags: Any) -> str:
        """The words of the answer, as the follower reads them."""
        body = self.message(sender, **({"Content": text} if text else {}), **tags)
        return self.words(self.send(*self.request(body)), sender)

    def words(self, answer: Any, sender: str) -> str:
        assert answer.status_code == 200, answer.text
        told = tags_of(answer.content)
        if not self.plain:
            assert told["MsgSignature"] == signed(TOKEN, told["TimeStamp"], told["Nonce"], told["Encrypt"])
            told = tags_of(unsealed(told["Encrypt"]))
        assert (told["ToUserName"], told["FromUserName"], told["MsgType"]) == (sender, "gh_harbour", "text")
        return told["Content"]


def site_with(town: Town, redis_url: str, folder: Any, **settings: Any) -> TestClient[Litestar]:
    given = {
        "database_url": town.database_url,
        "redis_url": redis_url,
        "seal_keys": str(folder / "seal"),
        "photos": str(folder / "photos"),
        "site_url": "http://127.0.0.1:8311",
        "wechat_token": TOKEN,
        "wechat_app_id": APP_ID,
        "wechat_aes_key": AES_KEY,
    }
    return TestClient(create_app(Settings(**given | settings)), base_url="http://127.0.0.1")


@pytest.fixture
def followed(town: Town, redis_url: str, tmp_path: Any) -> Iterator[TestClient[Litestar]]:
    """The site of a company with an official account."""
    with site_with(town, redis_url, tmp_path) as client:
        yield client


@pytest.fixture
def wechat(followed: TestClient[Litestar]) -> Wechat:
    return Wechat(followed)
