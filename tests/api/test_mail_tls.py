"""Mail over TLS, from the first byte or after STARTTLS, to servers with certificates of an authority of our own."""

import asyncio
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from certificates import Authority
from gateways import Mailbox, mail_gateway

from api.adapters.messages.gateway import NotNow, Outgoing
from api.adapters.messages.mail import mail_server

MAIL = Outgoing("00c0ffee" * 4, "booked", "zhang@example.com", "Zhang San", "上门时间", "明天 10:00", "")


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Trusted as an operator has it trusted."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


class Office(Mailbox):
    """With a password; remembers who came, and whether over TLS."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[tuple[bytes, bytes, bool]] = []

    def __call__(self, server, session, envelope, mechanism, given):  # type: ignore[no-untyped-def]
        self.came.append((given.login, given.password, session.ssl is not None))
        good = (given.login, given.password) == (b"repairs", b"a b/c")
        return AuthResult(success=good, handled=False)


def send(url: str) -> None:
    asyncio.run(mail_server(url, "repairs@harbour.example").send(MAIL))


def test_mail_goes_over_tls_from_the_first_byte(authority: Authority) -> None:
    box = Mailbox()
    with mail_gateway(box, ssl_context=authority.server()) as port:
        send(f"smtps://localhost:{port}")
    assert box.recipients == ["zhang@example.com"]


def test_mail_goes_over_starttls_and_the_password_only_then(authority: Authority) -> None:
    box = Office()
    tls = {"tls_context": authority.server(), "require_starttls": True, "authenticator": box, "auth_required": True}
    with mail_gateway(box, **tls) as port:
        send(f"smtp://repairs:a%20b%2Fc@localhost:{port}")
    assert box.came == [(b"repairs", b"a b/c", True)]
    assert box.recipients == ["zhang@example.com"]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("fault", ["name", "authority", "expired"])
def test_a_wrong_certificate_is_refused_with_its_reason(
    authority: Authority, tmp_path: Path, scheme: str, fault: str
) -> None:
    (tmp_path / "strange").mkdir()
    tls, told = {
        "name": (authority.server("mail.example"), "[Hh]ostname mismatch"),
        "authority": (Authority(tmp_path / "strange").server(), "unable to get local issuer|self.signed"),
        "expired": (authority.server(days=-1), "expired"),
    }[fault]
    box = Mailbox()
    how = {"ssl_context": tls} if scheme == "smtps" else {"tls_context": tls}
    # aiosmtpd's own first connection, by which it knows that it serves, checks nothing.
    with mail_gateway(box, **how) as port, pytest.raises(NotNow, match=f"certificate is not trusted: .*({told})"):
        send(f"{scheme}://localhost:{port}")
    assert box.mails == []


def test_no_password_leaves_to_a_server_without_starttls() -> None:
    box = Office()
    with (
        mail_gateway(box, host="127.0.0.2", authenticator=box, auth_require_tls=False) as port,
        pytest.raises(NotNow, match="offers no STARTTLS"),
    ):
        send(f"smtp://repairs:secret@127.0.0.2:{port}")
    assert (box.came, box.mails) == ([], [])
