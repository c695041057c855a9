"""What may be kept of what somebody types, how much of it, and for how long.

A form declares by a kind that its words may be kept (`drafts.kinds`). Passwords, codes, receipts, ballots and words
that somebody types for somebody else never are: no kind can be declared for them, and no form that asks for a secret
can be opened with a draft.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

#: A draft with an account is kept for so long after it was saved last. On a device: `static/src/js/draft-store.js`.
KEPT_FOR: Final = timedelta(days=90)
#: Drafts of one account at most.
MOST_DRAFTS: Final = 30
#: Bytes of one draft, as JSON in UTF-8.
MOST_BYTES: Final = 64 * 1024
LONGEST_OWNER: Final = 100

#: Words of kinds that nobody can declare: ballots, and what others say to whoever writes it down.
NEVER_DECLARED: Final = frozenset(
    {"ballot", "vote", "roll", "card", "code", "receipt", "password", "assisted", "noted", "observation"}
)
#: Names of fields that make a form secret as a whole.
SECRET_FIELDS: Final = frozenset({"password", "again", "current", "code", "card", "proof", "receipt"})
#: Names of fields that are left out: nobody typed them, or they say how to reach somebody.
LEFT_OUT: Final = frozenset(
    {"csrf_token", "version", "client_key", "client_files", "draft_version", "contact"}
)
#: What the attribute `autocomplete` of a field says where a browser is to keep nothing of it.
_NOT_BY_BROWSERS: Final = frozenset({"off", "one-time-code", "current-password", "new-password"})
_SECRETS_OF_BROWSERS: Final = _NOT_BY_BROWSERS - {"off"}

_KIND: Final = re.compile(r"[a-z][a-z_]*(?:\.[a-z][a-z_]*)+")
_OWNER: Final = re.compile(rf"[0-9a-z:_.-]{{1,{LONGEST_OWNER}}}")

#: The values of each field by its name, as a form sends them.
Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class DraftKey:
    """Which form a draft is of: its kind, and what it is about (a message, a commitment, a body)."""

    kind: str
    owner: str

    def __post_init__(self) -> None:
        if not _OWNER.fullmatch(self.owner):
            raise ValueError(f"not an owner of a draft: {self.owner!r}")


@dataclass(frozen=True)
class SentDraft:
    """The draft that a form was opened with, for the act that sends the form: it goes with it."""

    key: DraftKey
    #: Empty: it was opened with none.
    version: str


def owner_of(*parts: int | str) -> str:
    """What a draft is about, as one key."""
    return ":".join(map(str, parts))


def check_kind(name: str) -> None:
    """Raise `ValueError` for a kind that nobody may declare, and for what is no name of one."""
    if not _KIND.fullmatch(name):
        raise ValueError(f"not a kind of draft: {name!r}")
    if NEVER_DECLARED & set(re.split(r"[._]", name)):
        raise ValueError(f"never kept as a draft: {name!r}")


def is_secret(name: str, autocomplete: str = "") -> bool:
    """Whether a field makes its form one that keeps no draft, by its name and its attribute `autocomplete`."""
    return name in SECRET_FIELDS or autocomplete in _SECRETS_OF_BROWSERS


def is_kept(name: str, autocomplete: str = "") -> bool:
    """Whether what is typed into a field may be kept."""
    return not is_secret(name, autocomplete) and name not in LEFT_OUT and autocomplete not in _NOT_BY_BROWSERS


def says_something(typed: Typed) -> bool:
    """Whether anything was typed or chosen."""
    return any(value.strip() for values in typed.values() for value in values)


def bytes_of(typed: Typed) -> int:
    """How many bytes a draft takes."""
    said = {name: list(values) for name, values in typed.items()}
    return len(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def is_stale(base: str, current: str) -> bool:
    """Whether what a form changes was changed since its draft was saved: the draft is then offered, not put in.

    `base` is the version of it that the draft began with, `current` that which is stored; empty where it has none.
    """
    return base != current


def end_of(saved_at: datetime) -> datetime:
    """When a draft is erased."""
    return saved_at + KEPT_FOR
