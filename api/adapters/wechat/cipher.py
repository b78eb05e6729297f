"""Encrypted mode: AES-256-CBC over 16 random bytes, the length in 4 bytes, the message and the app id.

Padded as PKCS #7 in blocks of 32 bytes; the initialisation vector is the key's first half. Source: 消息加解密说明.
"""

import binascii
from base64 import b64decode, b64encode
from hmac import compare_digest
from secrets import token_bytes

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from api.adapters.wechat.refused import NotFromWechat

BLOCK, RANDOM, LENGTH = 32, 16, 4


class MessageCipher:
    def __init__(self, aes_key: str, app_id: str) -> None:
        """`aes_key` is the EncodingAESKey of the account's page, 43 letters and digits. Raises ValueError."""
        self.key = b64decode(aes_key + "=", validate=True)
        if len(self.key) != 32:
            raise ValueError("it is 43 letters and digits")
        self.app_id = app_id.encode()

    def seal(self, message: bytes) -> str:
        plain = token_bytes(RANDOM) + len(message).to_bytes(LENGTH, "big") + message + self.app_id
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        return b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def open(self, sealed: str) -> bytes:
        """Raises NotFromWechat, with the same words whatever is wrong with the padding, the length or the app id."""
        try:
            encrypted = b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise NotFromWechat("not base64") from None
        if not encrypted or len(encrypted) % BLOCK:
            raise NotFromWechat("not whole blocks")
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(encrypted) + decryptor.finalize()
        pad = plain[-1]
        whole = 1 <= pad <= BLOCK and compare_digest(plain[-pad:], bytes([pad]) * pad)
        content = plain[RANDOM:-pad] if whole else b""
        length = int.from_bytes(content[:LENGTH], "big")
        message, app_id = content[LENGTH : LENGTH + length], content[LENGTH + length :]
        if len(message) != length or not compare_digest(app_id, self.app_id):
            raise NotFromWechat("not for this account")
        return message

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16]))
