"""Handing text messages to the gateway of SMS_URL.

The contract is plain: a POST of JSON with the fields that SMS_FIELDS names, the token in a header, and an
`Idempotency-Key` that stays the same when a message is tried again. 2xx: taken. 408, 425, 429 and 5xx: later.
Another 4xx: never. A redirect is not followed: it would carry the token elsewhere.
"""

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Final
from urllib.parse import unquote, urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, SSLError

from cdv_civic.core.external_services import TextGateway
from cdv_civic.notices.models import Notice
from cdv_civic.notices.outcomes import HandOver, Outcome, Refused, Taken, Unknown, Withdrawn

#: Seconds that the connection, and each part of the answer, is waited for. The second is long: who goes away while the
#: gateway still works never learns whether the message left.
TIMEOUT_SECONDS: Final = (5.0, 60.0)
_LATER: Final = frozenset({408, 425, 429})


def body_of(gateway: TextGateway, recipient: str, text: str) -> dict[str, object]:
    """The JSON body, laid out as SMS_FIELDS says: "message.text" is a field of a field, "numbers[]" a list of one."""
    body: dict[str, object] = {}
    for ours, value in (("to", recipient), ("text", text), ("from", gateway.sender)):
        if not value:
            continue
        *above, last = gateway.fields[ours].removesuffix("[]").split(".")
        inside = body
        for name in above:
            found = inside.setdefault(name, {})
            inside = found if isinstance(found, dict) else {}
        inside[last] = [value] if gateway.fields[ours].endswith("[]") else value
    return body


class SmsConnection:
    """One connection for a round of messages."""

    def __init__(self, gateway: TextGateway) -> None:
        self._gateway = gateway
        self._session = requests.Session()
        # Neither the passwords of ~/.netrc nor a proxy of the environment: the token goes where SMS_URL says.
        self._session.trust_env = False
        self._unreachable: Refused | None = None

    def __enter__(self) -> "SmsConnection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def send(self, notice: Notice, hand_over: HandOver) -> Outcome:
        """Hand one message over, and ask `hand_over` before.

        After a gateway that cannot be reached, or does not answer, the rest of the round is not tried on it.
        """
        if self._unreachable is not None:
            return self._unreachable
        if not hand_over():
            return Withdrawn()
        if self._gateway.url.startswith("file:"):
            return self._write_down(notice)
        body = body_of(self._gateway, notice.recipient or "", notice.text_body or "")
        headers = {"Idempotency-Key": notice.key, "Accept": "application/json"}
        if self._gateway.token:
            bearer = self._gateway.header.lower() == "authorization"
            headers[self._gateway.header] = f"Bearer {self._gateway.token}" if bearer else self._gateway.token
        try:
            # The answer's text is never read: it may name people, and it may have no end.
            with self._session.post(
                self._gateway.url,
                json=body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
        except requests.RequestException as error:
            self._unreachable = Refused(type(error).__name__)
            return self._unreachable if _never_asked(error) else Unknown(self._unreachable.error)
        if 200 <= status < 300:
            return Taken()
        return Refused(f"HTTP {status}", for_good=400 <= status < 500 and status not in _LATER)

    def _write_down(self, notice: Notice) -> Outcome:
        path = Path(unquote(urlsplit(self._gateway.url).path))
        line = json.dumps(
            {"key": notice.key, "to": notice.recipient, "text": notice.text_body}, ensure_ascii=False
        )
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            return Refused(type(error).__name__)
        return Taken()


def _never_asked(error: requests.RequestException) -> bool:
    """Whether the connection did not even come about: the gateway knows nothing of the message."""
    if not isinstance(error, requests.ConnectionError):
        return not isinstance(error, requests.Timeout)
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError | SSLError)
