"""A browser's half of web push: its subscription, and what it reads of what its push service was given."""

import json
import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from gateways import Asked

from api.adapters.messages.web_push import from_base64, point_of, to_base64


@dataclass
class PushBrowser:
    """`service` is the address of its push service."""

    service: str
    name: str = "phone-1"
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def endpoint(self) -> str:
        return f"{self.service}/push/{self.name}"

    @property
    def point(self) -> bytes:
        return point_of(self.key)

    def subscription(self, language: str = "en") -> dict[str, str]:
        keys = {"p256dh": to_base64(self.point), "auth": to_base64(self.auth)}
        return {"endpoint": self.endpoint, "language": language} | keys

    def read(self, body: bytes) -> Any:
        return json.loads(self.opened(body))

    def opened(self, body: bytes) -> bytes:
        """RFC 8188, 2.1 and RFC 8291, 3.4, from the receiver's side."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
        secret = HKDF(SHA256(), 32, self.auth, b"WebPush: info\0" + self.point + sender).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        words = AESGCM(key).decrypt(nonce, sealed, None)
        assert words[-1] == 2, "the last record's delimiter"
        return words[:-1]


def sender_of(asked: Asked, service: str) -> tuple[str, dict[str, Any]]:
    """The key that signed it, as a push service checks it, and what it claims."""
    scheme, _, rest = asked.headers["authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    raw = from_base64(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), from_base64(parts["k"]))
    key.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ECDSA(SHA256()))
    assert json.loads(from_base64(head)) == {"typ": "JWT", "alg": "ES256"}
    told = json.loads(from_base64(claims))
    assert told["aud"] == f"https://{urlsplit(service).netloc}"
    return parts["k"], told
