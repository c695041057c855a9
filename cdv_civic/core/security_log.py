"""Events that matter to security, in the log: who came in and how, what was tried in vain, what was refused.

`docs/asvs.md` lists them. A line is made of our own words, kinds and numbers alone: never of anything that was typed,
nor of an address of the network. It names an account by its number where the account can do more than a resident's;
residents stay unnamed.
"""

import logging
import time
from enum import StrEnum
from typing import Any, Final

from flask import Flask, Response, request

from cdv_civic.core.policy.request_actor import known_actor
from cdv_civic.core.policy.table import PASSWORD_ROLES

#: Written whatever the level of other lines: a city asks these questions months later.
_log: Final = logging.getLogger("cdv_civic.security")

#: Answers that say no to somebody: a forged or broken request, a right that is missing, a link or a code that opens
#: nothing any more, a body beyond all limits, too many attempts.
REFUSALS: Final = frozenset({400, 403, 410, 413, 429})


class SecurityEvent(StrEnum):
    """What happened."""

    SIGNED_IN = "signed in"
    FIRST_STEP = "password right, second step asked"
    FAILED = "sign-in failed"
    NOT_CONFIRMED = "password not confirmed"
    REFUSED = "refused"


def note(event: SecurityEvent, *, account: int | None = None, **facts: str | int) -> None:
    """One line; `facts` are words of the program, such as the way that was tried."""
    said: dict[str, Any] = {**facts, **({} if account is None else {"account": account})}
    _log.info("%s: %s", event.value, " ".join(f"{name}={value}" for name, value in said.items()))


class InUtc(logging.Formatter):
    """Lines begin with the moment in UTC, as ISO 8601, whatever the zone of the machine."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def converter(self, seconds: float | None) -> time.struct_time:
        """UTC in place of the machine's zone."""
        return time.gmtime(seconds)


def _somebody_trusted() -> int | None:
    """The number of the actor, where they hold a role that asks for a password; looks nobody up."""
    who = known_actor()
    trusted = who is not None and any(grant.role in PASSWORD_ROLES for grant in who.grants)
    return who.actor_id if who is not None and trusted else None


def register(app: Flask) -> None:
    """Note what is refused, whichever feature refuses it, and say moments in UTC."""
    _log.setLevel(logging.INFO)
    for handler in app.logger.handlers:
        handler.setFormatter(InUtc())

    @app.after_request
    def note_refusal(response: Response) -> Response:
        if response.status_code in REFUSALS:
            note(
                SecurityEvent.REFUSED,
                status=response.status_code,
                at=request.endpoint or "nowhere",
                method=request.method if request.method in ("GET", "HEAD", "POST") else "another",
                account=_somebody_trusted(),
            )
        return response
