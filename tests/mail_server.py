"""A real SMTP server on loopback that keeps what it is given, refuses, takes its time, or goes away."""

import asyncio
from asyncio.base_events import Server
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cdv_civic.core.db import db
from cdv_civic.notices.delivery import Round
from cdv_civic.notices.delivery import deliver as deliver_queue
from cdv_civic.notices.queues import QUEUES


@dataclass
class MailBox:
    """What the server does with mails, and those it took."""

    refusal: str = ""  #: answer to each recipient, such as "550 no such user"
    refused: set[str] = field(default_factory=set)  #: only these are refused; empty: everybody
    after_data: str = ""  #: answer to each mail, such as "451 try later"
    seconds: float = 0  #: how long it thinks before it takes a mail
    thinks_about: set[str] = field(default_factory=set)  #: only about mails to these; empty: about each
    goes_away_after_dot: bool = False  #: it takes the mail, and closes without a word
    closes_after_mail: bool = False  #: it says 250, and closes
    mails_per_connection: int = 0  #: 421 to the next one; 0: any number
    before_data: Callable[[], object] | None = None  #: done once the recipient is taken
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    dots: int = 0  #: mails that were ended, taken or not
    url: str = ""

    @property
    def copies(self) -> Counter[str]:
        """How often it took each mail, by Message-ID."""
        return Counter(str(message["Message-ID"]) for message in self.taken)

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        served: int = getattr(session, "served", 0)
        if self.mails_per_connection and served >= self.mails_per_connection:
            asyncio.get_running_loop().call_soon(_transport_of(server).close)
            return "421 too many mails on this connection"
        session.served = served + 1  # type: ignore[attr-defined]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refusal and (not self.refused or address in self.refused):
            return self.refusal
        envelope.rcpt_tos.append(address)
        if self.before_data is not None:
            await asyncio.get_running_loop().run_in_executor(None, self.before_data)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.dots += 1
        if self.seconds and (not self.thinks_about or self.thinks_about & set(envelope.rcpt_tos)):
            await asyncio.sleep(self.seconds)
        if self.after_data:
            return self.after_data
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.recipients += envelope.rcpt_tos
        if self.goes_away_after_dot:
            _transport_of(server).abort()
        elif self.closes_after_mail:
            asyncio.get_running_loop().call_soon(_transport_of(server).close)
        return "250 OK"


def _transport_of(server: SMTP) -> asyncio.WriteTransport:
    assert isinstance(server.transport, asyncio.WriteTransport)
    return server.transport


class _AnyPort(Controller):
    """Listens on the port that the system gives; the library would knock at port 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server() -> Iterator[MailBox]:
    box = MailBox()
    server = _AnyPort(box, hostname="127.0.0.1", port=0)
    server.start()
    box.url = f"smtp://127.0.0.1:{server.port}"
    try:
        yield box
    finally:
        server.stop(no_assert=True)


def deliver() -> Round:
    """A round of the first sender of each queue, one after the other."""
    rounds = [deliver_queue(queue, queue.senders[0]) for queue in QUEUES]
    return Round(
        sent=sum(each.sent for each in rounds),
        postponed=sum(each.postponed for each in rounds),
        given_up=sum(each.given_up for each in rounds),
        unknown=sum(each.unknown for each in rounds),
    )


def send_mails() -> Round:
    """The same, which sees what other threads have written since."""
    db.session.rollback()
    return deliver()
