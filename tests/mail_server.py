"""A real SMTP server on loopback that keeps what it is given, refuses, or takes its time."""

import time
from asyncio.base_events import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cdv_civic.core.db import db
from cdv_civic.notices.operations import Round, deliver


@dataclass
class MailBox:
    """What the server does with mails, and those it took."""

    refusal: str = ""  #: answer to each recipient, such as "550 no such user"
    after_data: str = ""  #: answer to each mail, such as "451 try later"
    seconds: float = 0  #: how long it thinks before it takes a mail
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    url: str = ""

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.seconds:
            time.sleep(self.seconds)
        if self.after_data:
            return self.after_data
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.recipients += envelope.rcpt_tos
        return "250 OK"


class _AnyPort(Controller):
    """Listens on the port that the system gives; the library would knock at port 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


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


def send_mails() -> Round:
    """A round of the job, which sees what other threads have written since."""
    db.session.rollback()
    return deliver()
