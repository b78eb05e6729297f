"""Mail by SMTP. The Message-ID is the message's key: the same at every try, so that mail programs show it once."""

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

import aiosmtplib

from api.adapters.messages.gateway import NotNow, Outgoing, Refused

LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class MailServer:
    """`tls`: from the first byte on; else STARTTLS where the server offers it, and always before a password leaves
    this machine."""

    host: str
    port: int
    tls: bool
    username: str | None
    password: str | None = field(repr=False)
    sender: str
    patience_s: float = 15.0

    async def send(self, out: Outgoing) -> str:
        try:
            mail = self._written(out)
            _, told = await aiosmtplib.send(
                mail,
                sender=self.sender,
                recipients=[out.to],
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                use_tls=self.tls,
                start_tls=True if self.username and not self.tls and self.host not in LOCAL else None,
                timeout=self.patience_s,
            )
        except ssl.SSLError as error:  # a ValueError, too, where it is the certificate
            raise NotNow(failure(error)) from None
        except ValueError:
            raise Refused("The mail address can't be used.") from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise refusal(error.recipients[0].code) from None
        except aiosmtplib.SMTPResponseException as error:
            raise refusal(error.code) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotNow(failure(error)) from None
        return told[:200]

    def _written(self, out: Outgoing) -> EmailMessage:
        """Raises ValueError for an address with a line break or the like."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, out.to, out.subject.replace("\n", " / ")
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{out.key}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(out.text)
        return mail


def failure(error: BaseException) -> str:
    """A certificate's reason is wrapped by what was under way."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"The mail server's certificate is not trusted: {cause.verify_message}."
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, aiosmtplib.SMTPNotSupported) or "STARTTLS" in str(error):
        return "The mail server offers no STARTTLS, and without it no password leaves this machine."
    return f"The mail server does not answer: {type(error).__name__}."


def refusal(code: int) -> Exception:
    told = f"The mail server answers {code}."
    return Refused(told) if 500 <= code < 600 else NotNow(told)


def mail_server(url: str, sender: str) -> MailServer:
    """Of smtp://NAME:PASSWORD@HOST:PORT or smtps://. Raises ValueError, saying what is wrong."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("the address is like smtps://name:password@mail.example.com")
    if "@" not in sender:
        raise ValueError("the sender is an address like repairs@example.com")
    tls = parts.scheme == "smtps"
    username, password = (unquote(one) if one else None for one in (parts.username, parts.password))
    return MailServer(parts.hostname, parts.port or (465 if tls else 587), tls, username, password, sender)
