"""HTTP/1.1 messages, taken off a connection one by one and whole, as bytes."""

import asyncio

HEAD_BYTES = 65_536


async def whole_message(stream: asyncio.StreamReader) -> bytes:
    """Raises IncompleteReadError where the connection ends before the message does, also before it begins."""
    head = await stream.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if line)
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        return head + await chunks(stream)
    return head + await stream.readexactly(int(fields.get(b"content-length", b"0")))


async def chunks(stream: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        line = await stream.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        body += line + await stream.readexactly(size + 2)
        if size == 0:
            return body
