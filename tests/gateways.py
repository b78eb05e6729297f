"""Gateways of our own for messages: real HTTP and SMTP servers in the test's process, which do as they are told."""

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller

Answer = tuple[int, bytes]


@dataclass
class Asked:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class HttpGateway:
    """`answers` decides by what is asked; `delivered` has what a gateway that keeps keys has passed on, each once."""

    answers: Callable[[Asked], Answer]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    @property
    def delivered(self) -> dict[str, Any]:
        return {one.headers["idempotency-key"]: one.json for one in self.asked}


@contextmanager
def http_gateway(
    answers: Callable[[Asked], Answer] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[HttpGateway]:
    gateway = HttpGateway(answers or (lambda _: (200, b'{"id": "g-1"}')))
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            asked = Asked(parts.path, query, {name.lower(): value for name, value in self.headers.items()}, body)
            with lock:
                gateway.asked.append(asked)
            status, content = gateway.answers(asked)
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # whoever asked has gone, or was killed

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        gateway.url = f"https://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def slowly(seconds: float, then: Answer = (200, b'{"id": "late"}')) -> Callable[[Asked], Answer]:
    def answer(_: Asked) -> Answer:
        time.sleep(seconds)
        return then

    return answer


class Mailbox:
    """`refuse`: what RCPT is answered with in place of 250, such as "550 no such mailbox"."""

    def __init__(self, refuse: str = "", data: str = "250 taken", delay_s: float = 0) -> None:
        self.refuse, self.data, self.delay_s = refuse, data, delay_s
        self.mails: list[Message] = []
        self.recipients: list[str] = []

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:
        await asyncio.sleep(self.delay_s)
        if self.data.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content))
            self.recipients += envelope.rcpt_tos
        return self.data


@contextmanager
def mail_gateway(mailbox: Mailbox, host: str = "127.0.0.1", **tls: Any) -> Iterator[int]:
    """The port on which it listens. `tls` as aiosmtpd takes it: ssl_context, or tls_context for STARTTLS."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname=host, port=port, **tls)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
