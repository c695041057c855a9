"""Pure decisions about people who sign in."""

import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from pyotp import HOTP

from cdv_civic.core import pasted_text


class Way(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"  # noqa: S105  (a way, not a password)
    EMAIL = "email"
    SMS = "sms"
    CARD = "card"
    OIDC = "oidc"


WAYS_IN: Final = tuple(way.value for way in Way)
#: Ways without a password: roles of the desk sleep in a session that was opened by one (`policy.PASSWORD_ROLES`).
WITHOUT_PASSWORD: Final = frozenset({Way.EMAIL.value, Way.SMS.value, Way.CARD.value})

#: A session that nobody uses ends: one that a password opened after a working day, as it may hold roles of the
#: desk; a resident's after a month; on a device that others use too, fast.
IDLE: Final = timedelta(days=30)
IDLE_PASSWORD: Final = timedelta(hours=12)
IDLE_SHARED: Final = timedelta(minutes=5)
#: However much it is used, a session ends some time after it was opened, so that a cookie that was copied does too:
#: one that a password opened after a day, on a shared device after an afternoon, a resident's after half a year.
OLDEST: Final = timedelta(days=180)
OLDEST_PASSWORD: Final = timedelta(hours=24)
OLDEST_SHARED: Final = timedelta(hours=4)
#: `seen_at` is written no more often than this; five minutes are counted more exactly than thirty days.
SEEN_EVERY: Final = timedelta(minutes=1)
SEEN_EVERY_SHARED: Final = timedelta(seconds=10)
#: For how long somebody who came in counts as who they are, where a way in is added that stays theirs.
FRESH_FOR: Final = timedelta(minutes=15)
LONGEST_NAME: Final = 60
#: How many quartiers one person may choose as their own.
MOST_QUARTIERS: Final = 5

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


def idle_after(way: str, *, shared: bool) -> timedelta:
    """How long a session may be left alone, by the way it was opened."""
    if shared:
        return IDLE_SHARED
    return IDLE if way in WITHOUT_PASSWORD else IDLE_PASSWORD


def over_after(way: str, *, shared: bool) -> timedelta:
    """How long a session lasts at most, used or not."""
    if shared:
        return OLDEST_SHARED
    return OLDEST if way in WITHOUT_PASSWORD else OLDEST_PASSWORD


def has_ended(opened_at: datetime, seen_at: datetime, now: datetime, *, way: str, shared: bool) -> bool:
    """Whether a session ended by itself: nobody used it, or it is too old."""
    return now - seen_at > idle_after(way, shared=shared) or now - opened_at > over_after(way, shared=shared)


#: Characters of an address to go on to: it waits in the cookie of a session, of which browsers keep 4 kB in all.
LONGEST_PATH: Final = 1000


def own_path(target: str | None) -> str | None:
    """`target` where it is an address of this site, written from its root; None otherwise."""
    if not target or len(target) > LONGEST_PATH:
        return None
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if not target.isprintable() or " " in target:
        return None
    url = urlsplit(target)
    return None if url.scheme or url.netloc else target


class BadNames(StrEnum):
    """Why a name cannot be kept."""

    LONG = "long"
    CHARACTERS = "characters"


def tidy_name(typed: str) -> str:
    """A name as it is kept: one form for each letter, single spaces."""
    return " ".join(word for word in unicodedata.normalize("NFC", typed).split(" ") if word)


def name_problem(name: str) -> BadNames | None:
    """What is wrong with a first name or a pseudonym; None: nothing.

    It is read by others and may stand in a message's head: one line, no hidden character, nothing that looks like
    markup or an address.
    """
    if len(name) > LONGEST_NAME:
        return BadNames.LONG
    if not name.isprintable() or re.search(r"[<>@\\/{}\[\]|`]", name):
        return BadNames.CHARACTERS
    return None


def masked_email(email: str) -> str:
    """An e-mail address as a screen that others may see shows it: enough to know one's own."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}•••@{domain}" if domain else ""


def masked_phone(phone: str) -> str:
    """A telephone number (E.164) with its country and its last two digits: "+33 •••• 78"."""
    return f"{phone[:3]} •••• {phone[-2:]}" if len(phone) > 6 else ""


def says_two_factors(acr: object, amr: object) -> bool:
    """Whether another service says that somebody proved who they are in two ways (claims `acr`, `amr`).

    RFC 8176 names it "mfa"; levels of eIDAS from 2 on, and those of ProConnect that end in "2fa", ask for it.
    """
    methods = amr if isinstance(amr, list) else [amr]
    level = acr.casefold() if isinstance(acr, str) else ""
    return "mfa" in methods or "mfa" in level or level.endswith("2fa") or level in ("eidas2", "eidas3")


# --- The second factor: codes of an authenticator app (RFC 6238), and recovery codes on paper ---

#: An app shows a new code every 30 seconds; the code of one step before or after is right too.
STEP_SECONDS: Final = 30
ACCEPTED_STEPS: Final = 1
#: So far off, a code is not right, but known: the person is told that the clock of the device is wrong.
EXPLAINED_STEPS: Final = 10
CODE_DIGITS: Final = 6
#: How long the right password waits for the code.
CODE_WAITED_FOR: Final = timedelta(minutes=10)

RECOVERY_CODES: Final = 10
#: No character that looks like another one.
RECOVERY_ALPHABET: Final = "ACDEFGHJKLMNPQRTUVWXY34679"
#: 12 of 26 characters: 56 bits.
RECOVERY_LENGTH: Final = 12


class Verdict(StrEnum):
    """What a code that was typed is."""

    RIGHT = "right"
    #: It served already, or one after it did.
    USED = "used"
    #: Right for a clock some minutes ahead of ours, or behind it.
    AHEAD = "ahead"
    BEHIND = "behind"
    WRONG = "wrong"


@dataclass(frozen=True)
class Judged:
    """A verdict, and the step whose code it is (0 for a wrong one)."""

    verdict: Verdict
    step: int = 0


def step_at(now: datetime) -> int:
    """How many times 30 seconds went by since 1970."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of one step; `secret` is base 32."""
    return HOTP(secret, digits=CODE_DIGITS).at(step)


def clean_code(typed: str) -> str:
    """The six digits that were typed, in any script and however they are grouped; empty where they are not six."""
    return pasted_text.digits(typed, CODE_DIGITS) or ""


def judge_code(secret: str, typed: str, now: datetime, last_step: int) -> Judged:
    """What a typed code is; `last_step` is the step of the last code that served. The same work for each."""
    code, present = clean_code(typed), step_at(now)
    found = [
        offset
        for offset in range(-EXPLAINED_STEPS, EXPLAINED_STEPS + 1)
        if hmac.compare_digest(code_at(secret, present + offset), code)
    ]
    right = [present + offset for offset in found if abs(offset) <= ACCEPTED_STEPS]
    fresh = [step for step in right if step > last_step]
    if fresh:
        return Judged(Verdict.RIGHT, min(fresh))
    if any(present + offset <= last_step for offset in found):
        return Judged(Verdict.USED)
    if found:
        nearest = min(found, key=abs)
        return Judged(Verdict.AHEAD if nearest > 0 else Verdict.BEHIND, present + nearest)
    return Judged(Verdict.WRONG)


def clean_recovery_code(typed: str) -> str:
    """A recovery code as it is compared: capitals, no spaces, no dashes; empty where it cannot be one."""
    code = pasted_text.code(typed).upper()
    return code if len(code) == RECOVERY_LENGTH and set(code) <= set(RECOVERY_ALPHABET) else ""


def in_fours(text: str) -> str:
    """A long code in groups of four, to be read and typed."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
