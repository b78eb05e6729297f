"""The key by which push services know this site: a file beside the keys that seal. Phones subscribe with its public
half, and hear nothing more once it is another."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from api.settings import SettingsError

FILE = "push.pem"


def kept_or_made(folder: Path) -> EllipticCurvePrivateKey:
    """Several processes may ask at once: all have the same. Raises SettingsError where it can't be read or written."""
    file = folder / FILE
    try:
        if not file.exists():
            make(file)
        private, written = not file.stat().st_mode & 0o077, file.read_bytes()
    except OSError as error:
        raise SettingsError(f"The key for push services can't be kept in {file}: {error.strerror or error}.") from None
    if not private:
        raise SettingsError(f"{file} can be read by others: `chmod 600` it, and think about a new key.")
    try:
        key = load_pem_private_key(written, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SettingsError(f"{file} holds no key in PEM without a password; take it away for a new one.") from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise SettingsError(f"{file} holds a key of another kind; push services want P-256.")
    return key


def make(file: Path) -> None:
    """Whole or not at all; whoever comes second leaves the first one's."""
    key = generate_private_key(SECP256R1())
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}.new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        opened.flush()
        os.fsync(opened.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
