"""The keys that seal sign-offs: files in a folder that nobody else can read. The newest one seals."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from api.adapters.servers.home import default_folder
from api.settings import SettingsError
from domain.errors import Invalid
from domain.seals import key_id, public_of

PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)
HEX = re.compile(rb"\b[0-9a-f]{64}\b")


def seal_folder(setting: str) -> Path:
    """DOORSTEP_SEAL_KEYS, else `seal` beside the data."""
    return Path(setting) if setting else default_folder() / "seal"


def newest_or_made(folder: Path) -> Ed25519PrivateKey:
    """The key to seal with; made at the first start. Several processes may ask at once: all answer the same in the end.

    Raises SettingsError where a key can't be read, can't be written, or can be read by others.
    """
    if not kept(folder):
        make(folder)
    return kept(folder)[-1]


def kept(folder: Path) -> list[Ed25519PrivateKey]:
    """All keys, oldest first."""
    try:
        files = sorted(folder.glob("*.key"))
        return [_read(file) for file in files]
    except OSError as error:
        raise _can_not(folder, error) from None


def make(folder: Path) -> Ed25519PrivateKey:
    """A new key, which seals from the next start on. Its file is there whole or not at all."""
    key = Ed25519PrivateKey.generate()
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{key_id(public_of(key))}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"{name}.new"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(draft.with_suffix(".key"))
    except OSError as error:
        raise _can_not(folder, error) from None
    return key


def public_pem(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public(data: bytes) -> frozenset[str]:
    """The public keys in a file, in hex: any number of PEM blocks, or lines of 64 hex digits. Invalid if none is."""
    found = {written.decode() for written in HEX.findall(PEM.sub(b"", data))}
    for block in PEM.findall(data):
        try:
            key = load_pem_public_key(block)
        except (ValueError, UnsupportedAlgorithm):
            raise Invalid("It holds a public key that can't be read.") from None
        if not isinstance(key, Ed25519PublicKey):
            raise Invalid("It holds a public key of another kind; seals are made with Ed25519.")
        found.add(key.public_bytes_raw().hex())
    if not found:
        raise Invalid("It holds no public key; `doorstep seal-key public` prints those of a Doorstep.")
    return frozenset(found)


def _read(file: Path) -> Ed25519PrivateKey:
    if file.stat().st_mode & 0o077:
        raise SettingsError(f"{file} can be read by others: `chmod 600` it, and think about a new key.")
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"{file} is no Ed25519 key in PEM without a password; take it out of DOORSTEP_SEAL_KEYS.")
    return key


def _can_not(folder: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"The keys that seal sign-offs can't be kept in {folder}: {error.strerror or error}."
        " Set DOORSTEP_SEAL_KEYS to a folder of Doorstep's own."
    )
