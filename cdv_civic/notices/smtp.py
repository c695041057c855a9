"""Handing mails to the server of SMTP_URL."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from typing import Final

from cdv_civic.core.assets import site_name
from cdv_civic.core.config import Settings
from cdv_civic.core.outer import MailServer
from cdv_civic.notices.letters import written_in
from cdv_civic.notices.models import Notice

#: How long each answer of the server is waited for.
TIMEOUT_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Refused:
    """A mail that did not leave. `error` holds no word of the server: they may name people."""

    error: str
    for_good: bool = False  #: the server will never take it


def message_of(notice: Notice, settings: Settings) -> EmailMessage:
    """The mail as it is sent: plain text, and the same in HTML."""
    message = EmailMessage()
    with written_in(notice.language):
        name = site_name(settings)
    user, _at, domain = settings.mail_from.partition("@")
    message["From"] = Address(name if name.isprintable() else "", user, domain)
    message["To"] = notice.recipient or ""
    message["Subject"] = notice.subject
    message["Date"] = format_datetime(notice.created_at)
    message["Message-ID"] = f"<{notice.key}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if notice.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{notice.unsubscribe_url}>"
        if notice.unsubscribe_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(notice.text_body or "")
    message.add_alternative(notice.html_body or "", subtype="html")
    message["Content-Language"] = notice.language  # last: a body set later would take it along
    return message


class Connection:
    """One connection for a round of mails, opened with the first of them, opened anew after an error."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server = MailServer.from_url(settings.smtp_url)
        self._open: smtplib.SMTP | None = None
        self._unreachable: Refused | None = None

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._open is not None:
            try:
                self._open.quit()
            except (smtplib.SMTPException, OSError):
                self._open.close()
            self._open = None

    def _connected(self) -> smtplib.SMTP:
        if self._open is not None:
            return self._open
        server = self._server
        if server.scheme == "smtps":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            if server.scheme == "smtp+starttls":
                client.starttls(context=ssl.create_default_context())
            if server.user:
                client.login(server.user, server.password)
        except BaseException:
            client.close()
            raise
        self._open = client
        return client

    def send(self, notice: Notice) -> Refused | None:
        """Hand one mail over; None once the server has taken it.

        After a server that cannot be reached the rest of the round is not tried on it.
        """
        if self._unreachable is not None:
            return self._unreachable
        try:
            client = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            self._unreachable = Refused(_name(error))
            return self._unreachable
        try:
            client.send_message(message_of(notice, self._settings))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            return Refused(f"SMTPRecipientsRefused {codes[0]}", for_good=all(code >= 500 for code in codes))
        except smtplib.SMTPResponseException as error:
            self._close()
            return Refused(_name(error))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            self._open = None
            return Refused(_name(error))
        return None


def _name(error: Exception) -> str:
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if isinstance(code, int) else type(error).__name__
