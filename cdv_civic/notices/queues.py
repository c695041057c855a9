"""The queues of the outbox: one for each channel, and within it one for those who wait at a sign-in page."""

from dataclasses import dataclass
from typing import Final

from cdv_civic.core.settings import Settings


@dataclass(frozen=True)
class Queue:
    """Messages that leave one after the other, by as many connections as it has senders."""

    name: str
    kind: str  #: "email" or "sms", as `Notice.kind`
    urgent: bool
    width: int  #: connections open at once, in all processes together

    @property
    def senders(self) -> tuple[str, ...]:
        """The names under which its messages are handed over, one for each connection."""
        return tuple(f"{self.name}-{number}" for number in range(1, self.width + 1))


QUEUES: Final = (
    # A link must not wait behind a server that thinks for a minute: it has the next connection.
    Queue("links", "email", urgent=True, width=3),
    Queue("mails", "email", urgent=False, width=2),
    Queue("codes", "sms", urgent=True, width=2),
    Queue("texts", "sms", urgent=False, width=1),
)


def queues_that_leave(settings: Settings) -> tuple[Queue, ...]:
    """The queues whose messages this site can hand over to somebody."""
    kinds = {*(("email",) if settings.smtp_url else ()), *(("sms",) if settings.sms else ())}
    return tuple(queue for queue in QUEUES if queue.kind in kinds)
