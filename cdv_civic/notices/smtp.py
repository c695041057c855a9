"""Handing mails to the server of SMTP_URL."""

import base64
import io
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Final

from werkzeug.urls import iri_to_uri

from cdv_civic.core.external_services import MailServer
from cdv_civic.core.settings import Settings
from cdv_civic.core.web.assets import site_name
from cdv_civic.notices.letters import written_in
from cdv_civic.notices.models import Notice
from cdv_civic.notices.outcomes import HandOver, Outcome, Refused, Taken, Unknown, Withdrawn, name_of


@dataclass(frozen=True)
class Timeouts:
    """How many seconds a server may take at each step: what RFC 5321, 4.5.3.2, asks of a client at least.

    They are long on purpose: a client that goes away after the last dot while the server still files the mail sends it
    twice.
    """

    command: float = 300.0  #: greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT
    data: float = 120.0  #: the answer to DATA
    block: float = 180.0  #: each block of the mail
    ending: float = 600.0  #: the answer to the last dot


TIMEOUTS = Timeouts()
_BLOCK_BYTES: Final = 64 * 1024
#: The mails are over by then: who does not answer is left.
_QUIT_SECONDS: Final = 10.0
#: Connections that break one after the other before the rest of a round is not tried.
_ENOUGH: Final = 3
#: "Service not available, closing": whatever it answers, it is said of the connection.
_CLOSING: Final = 421


def message_of(notice: Notice, settings: Settings) -> EmailMessage:
    """The mail as it is sent: plain text, and the same in HTML."""
    message = EmailMessage()
    with written_in(notice.language):
        name = " ".join(site_name(settings).split())  # spaces that do not break, too, are spaces
    user, _at, domain = settings.mail_from.partition("@")
    message["From"] = Address(name if name.isprintable() else "", user, domain)
    message["To"] = notice.recipient or ""
    message["Subject"] = notice.subject
    message["Date"] = format_datetime(notice.created_at)
    message["Message-ID"] = f"<{notice.key}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    # Exchange, which many towns use, answers "out of office" unless it is told so in its own words.
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if notice.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{iri_to_uri(notice.unsubscribe_url)}>"
        if notice.unsubscribe_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(notice.text_body or "")
    message.add_alternative(notice.html_body or "", subtype="html")
    message["Content-Language"] = notice.language  # last: a body set later would take it along
    return message


#: Bytes of the text in one encoded word: with its charset and in base64 it is within 75 characters (RFC 2047, 2).
_WORD_BYTES: Final = 42


#: A sender of ASCII that stands in one line with its header.
_LONGEST_NAME: Final = 72


class _Policy(EmailPolicy):
    """As the library's, but for addresses in list headers, which stand as they are on one line, and for senders.

    It encodes each word that is longer than a line (RFC 2047), and mail programs read no address in that. It cuts the
    sender's name inside of a word, where some programs show a space.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """A header as it is sent."""
        if name.lower() == "list-unsubscribe":
            return f"{name}: {value}{self.linesep}".encode("ascii")
        if name.lower() != "from" or (value.isascii() and len(value) < _LONGEST_NAME):
            folded: bytes = super().fold_binary(name, value)
            return folded
        sender: Address = value.addresses[0]
        words = b"\r\n ".join(_encoded_words(sender.display_name))
        return b"From: " + words + b"\r\n <" + sender.addr_spec.encode() + b">\r\n"


def _encoded_words(text: str) -> list[bytes]:
    """A text as encoded words (RFC 2047), each of whole words where one is no longer than that."""
    lines = [b""]
    for word in re.findall(r"\S+\s*", text):
        coded = word.encode()
        if lines[-1] and len(lines[-1] + coded) > _WORD_BYTES:
            lines.append(b"")
        for letter in word:
            if len(lines[-1] + letter.encode()) > _WORD_BYTES:
                lines.append(b"")
            lines[-1] += letter.encode()
    return [b"=?utf-8?b?" + base64.b64encode(line) + b"?=" for line in lines]


def _needs_utf8(notice: Notice) -> bool:
    return not (notice.recipient or "").isascii()


def _blocks_of(message: EmailMessage, *, utf8: bool) -> list[bytes]:
    """The mail as DATA carries it, without the dot that ends it."""
    with io.BytesIO() as file:
        BytesGenerator(file, policy=_Policy(utf8=utf8)).flatten(message, linesep="\r\n")
        whole = re.sub(rb"(?m)^\.", b"..", file.getvalue())
    if not whole.endswith(b"\r\n"):
        whole += b"\r\n"
    return [whole[start : start + _BLOCK_BYTES] for start in range(0, len(whole), _BLOCK_BYTES)]


class _Closed(Exception):
    """The server closed the connection before it could have taken the mail: another one may do."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class SmtpConnection:
    """One connection for a round of mails, opened with the first of them, opened anew where it was closed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server = MailServer.from_url(settings.smtp_url)
        self._open: smtplib.SMTP | None = None
        self._unreachable: Refused | None = None
        self._broken_in_a_row = 0

    def __enter__(self) -> "SmtpConnection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open is not None:
            try:
                _wait_for(self._open, _QUIT_SECONDS)
                self._open.quit()
            except (smtplib.SMTPException, OSError):
                pass
            self._drop()

    def _drop(self) -> None:
        """Close without a word: what was not ended with a dot is not taken."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _connected(self) -> smtplib.SMTP:
        if self._open is not None:
            return self._open
        server = self._server
        if server.scheme == "smtps":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUTS.command, context=ssl.create_default_context()
            )
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUTS.command)
        try:
            if server.scheme == "smtp+starttls":
                client.starttls(context=ssl.create_default_context())
            if server.user:
                client.login(server.user, server.password)
            client.ehlo_or_helo_if_needed()
        except BaseException:
            client.close()
            raise
        self._open = client
        return client

    def send(self, notice: Notice, hand_over: HandOver) -> Outcome:
        """Hand one mail over, and ask `hand_over` before the dot that ends it.

        A connection that served another mail and was closed since is opened once more. After a server that cannot be
        reached the rest of the round is not tried on it. A mail that cannot be written says nothing of the
        server, which does not hear of it.
        """
        if self._unreachable is not None:
            return self._unreachable
        try:
            blocks = _blocks_of(message_of(notice, self._settings), utf8=_needs_utf8(notice))
        except Exception as error:  # the library's parsers fail in many ways, none of them the server's
            return Refused(name_of(error), by_recipient=True)
        outcome = self._try(notice, blocks, hand_over)
        if isinstance(outcome, Refused | Unknown) and self._open is None:
            self._broken_in_a_row += 1
            if self._broken_in_a_row >= _ENOUGH:
                self._unreachable = Refused(outcome.error)
        else:
            self._broken_in_a_row = 0
        return outcome

    def _try(self, notice: Notice, blocks: Sequence[bytes], hand_over: HandOver) -> Outcome:
        used = self._open is not None
        try:
            client = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            self._unreachable = Refused(name_of(error))
            return self._unreachable
        try:
            return self._speak(client, notice, blocks, hand_over)
        except _Closed as closed:
            self._drop()
            return self._try(notice, blocks, hand_over) if used else Refused(closed.error)
        except BaseException:
            self._drop()
            raise

    def _speak(
        self, client: smtplib.SMTP, notice: Notice, blocks: Sequence[bytes], hand_over: HandOver
    ) -> Outcome:
        """All of one mail on an open connection; raises `_Closed` where it turns out not to be open any more."""
        try:
            _wait_for(client, TIMEOUTS.command)
            code, _words = client.mail(
                self._settings.mail_from, ["SMTPUTF8", "BODY=8BITMIME"] if _needs_utf8(notice) else []
            )
            if code != 250:
                return self._refused(client, "SMTPSenderRefused", code)
            code, _words = client.rcpt(notice.recipient or "")
            if code not in (250, 251):
                return self._refused(
                    client, "SMTPRecipientsRefused", code, for_good=code >= 500, by_recipient=True
                )
            _wait_for(client, TIMEOUTS.data)
            code, _words = client.docmd("DATA")
            if code != 354:
                return self._refused(client, "SMTPDataError", code)
            _wait_for(client, TIMEOUTS.block)
            for block in blocks:
                client.send(block)
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):
                self._drop()
                return Refused("TimeoutError")
            raise _Closed(name_of(error)) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            return Refused(name_of(error))
        if not hand_over():
            self._drop()
            return Withdrawn()
        return self._end(client)

    def _end(self, client: smtplib.SMTP) -> Outcome:
        """The dot. Whatever goes wrong from here on, the server may have the mail."""
        try:
            _wait_for(client, TIMEOUTS.ending)
            client.send(b".\r\n")
            code, _words = client.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Unknown("TimeoutError" if isinstance(error.__context__, TimeoutError) else name_of(error))
        if 200 <= code < 300:
            return Taken()
        if code < 400:
            self._drop()
            return Unknown(f"SMTPDataError {code}")
        if code == _CLOSING:
            self._drop()
        return Refused(f"SMTPDataError {code}")

    def _refused(
        self,
        client: smtplib.SMTP,
        name: str,
        code: int,
        *,
        for_good: bool = False,
        by_recipient: bool = False,
    ) -> Refused:
        if code == _CLOSING:
            raise _Closed(f"{name} {code}")
        try:
            client.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()
        return Refused(f"{name} {code}", for_good=for_good, by_recipient=by_recipient)


def _wait_for(client: smtplib.SMTP, seconds: float) -> None:
    """How long the next step may take."""
    if client.sock is not None:
        client.sock.settimeout(seconds)
