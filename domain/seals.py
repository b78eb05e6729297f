"""Seals a sign-off's record: a hash of every field, one of the whole, and the deployment's signature over them.

The hash of the whole proves that nothing moved; those of the fields say *what* moved, where something did.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.canonical import canonical, digest

FORMAT = "doorstep.sealed-sign-off/1"
PAGE_FORMAT = "doorstep.sealed-page/1"
ALGORITHM = "Ed25519"


def seal(content: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """`content` with its format and its seal. It holds no fractions (see `canonical`)."""
    told = {"format": FORMAT, **content}
    stamp: dict[str, Any] = {
        "algorithm": ALGORITHM,
        "fields": {path: digest(value) for path, value in leaves(told)},
        "key_id": key_id(public_of(key)),
        "public_key": public_of(key).hex(),
        "sha256": digest(told),
    }
    return told | {"seal": stamp | {"signature": key.sign(signed_part(stamp)).hex()}}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The fields by their place, such as `document.shown.parts[0].name`.

    A list of records is taken apart, any other list is one field: a signature of 20,000 points is one.
    """
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for at, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{at}]")
    else:
        yield path, value


def signed_part(stamp: dict[str, Any]) -> bytes:
    """What is signed: the seal without its signature, after the format's name, so that it can't pass for anything
    else that the key may sign."""
    return FORMAT.encode() + b"\n" + canonical({name: value for name, value in stamp.items() if name != "signature"})


def public_of(key: Ed25519PrivateKey) -> bytes:
    """The public key's 32 bytes."""
    return key.public_key().public_bytes_raw()


def key_id(public: bytes) -> str:
    """Names a key: the first 16 hex digits of the SHA-256 of its public half."""
    return sha256(public).hexdigest()[:16]


def page_seal(page: bytes, key: Ed25519PrivateKey) -> bytes:
    """A line to put after a page's last byte, which covers all before it. In a PDF it is a comment."""
    public, whole = public_of(key), sha256(page).hexdigest()
    signature = key.sign(page_part(whole)).hex()
    return f"%{PAGE_FORMAT} {public.hex()} {whole} {signature}\n".encode()


def page_part(whole: str) -> bytes:
    return f"{PAGE_FORMAT}\n{whole}".encode()


def signature_holds(public: bytes, signature: str, signed: bytes) -> bool:
    """`signature` in lower-case hex, 128 digits: written otherwise it is not as it was made."""
    try:
        written = bytes.fromhex(signature)
        if written.hex() != signature:
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(written, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
