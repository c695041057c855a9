"""Pure decisions about people who sign in."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Way(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"  # noqa: S105  (a way, not a password)
    EMAIL = "email"
    SMS = "sms"
    CARD = "card"
    OIDC = "oidc"


WAYS_IN: Final = tuple(way.value for way in Way)

#: A session that nobody uses ends; on a device that others use too, fast.
IDLE: Final = timedelta(days=30)
IDLE_SHARED: Final = timedelta(minutes=5)
#: `seen_at` is written no more often than this.
SEEN_EVERY: Final = timedelta(minutes=1)
LONGEST_NAME: Final = 60

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """What a person recognises a browser by: "Firefox, Android". Empty where nothing is known."""
    found = (
        next((name for mark, name in marks if re.search(rf"\b{re.escape(mark)}", user_agent)), "")
        for marks in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(name for name in found if name)


def is_idle(seen_at: datetime, now: datetime, *, shared: bool) -> bool:
    """Whether a session ended by itself; the minute in which `seen_at` is not written is given back."""
    return now - seen_at > (IDLE_SHARED if shared else IDLE)
