"""What web push asks of a sender: the words sealed for one browser alone (RFC 8291 over RFC 8188), and a token by which
the push service knows the site (VAPID, RFC 8292)."""

import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey as PublicKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_BYTES = 4096
MOST_BYTES = RECORD_BYTES - 86 - 17
"""Of words in one push: the header, the delimiter and the tag take the rest."""
TOKEN_LASTS_S = 12 * 3600
"""RFC 8292 allows 24 hours at most."""


def to_base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    """Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point_of(key: EllipticCurvePrivateKey | PublicKey) -> bytes:
    """65 bytes, as browsers write a public key."""
    public = key.public_key() if isinstance(key, EllipticCurvePrivateKey) else key
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sealed(
    words: bytes, browser: bytes, auth: bytes, *, once: EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """The body of the POST. `browser` is the subscription's key, 65 bytes; `once` and `salt` are new each time.

    Raises ValueError for a key that is none, and for more than MOST_BYTES.
    """
    if len(words) > MOST_BYTES:
        raise ValueError(f"A push holds at most {MOST_BYTES} bytes.")
    once, salt = once or generate(SECP256R1()), salt or os.urandom(16)
    point = point_of(once)
    shared = once.exchange(ECDH(), PublicKey.from_encoded_point(SECP256R1(), browser))
    secret = derived(shared, auth, b"WebPush: info\x00" + browser + point, 32)
    key = derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(point)]) + point
    return header + AESGCM(key).encrypt(nonce, words + b"\x02", None)


def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def vapid(endpoint: str, key: EllipticCurvePrivateKey, contact: str) -> str:
    """The Authorization for one push service. `contact` is a mailto: or https: address, or empty."""
    parts = urlsplit(endpoint)
    claims: dict[str, str | int] = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + TOKEN_LASTS_S,
    }
    if contact:
        claims["sub"] = contact
    head = {"typ": "JWT", "alg": "ES256"}
    signed = ".".join(to_base64(msgspec.json.encode(part)) for part in (head, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ECDSA(SHA256())))
    signature = to_base64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={to_base64(point_of(key))}"
