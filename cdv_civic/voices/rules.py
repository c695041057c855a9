"""Pure decisions about what residents say: its life, its receipt, what may be published."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cdv_civic.core import pasted_text

KINDS: Final = ("question", "idee", "difficulte")
#: Never public without a second confirmation by the moderator (DOMAIN: safety, drugs, women, minors, housing).
SENSITIVE: Final = ("violences", "drogues", "femmes", "enfants", "conflit_logement")
OTHER_THEME: Final = "autre"
THEMES: Final = (
    "habitat", "ecologie", "tranquillite", "emploi", "sante", "emancipation", OTHER_THEME, *SENSITIVE,
)  # fmt: skip
ONLINE: Final = "en_ligne"
CHANNELS: Final = (
    ONLINE, "permanence", "rue", "telephone", "porte_a_porte", "domicile", "marche", "ecole", "reunion", "papier",
)  # fmt: skip
#: Where a relais meets people.
RELAIS_CHANNELS: Final = ("rue", "telephone", "porte_a_porte", "domicile", "marche")

LONGEST_WORDS: Final = 4000
LONGEST_ANSWER: Final = 4000
LONGEST_READERS: Final = 300
#: Due this soon, it stands with what is urgent.
SOON_DAYS: Final = 7
MOST_DUE_DAYS: Final = 365
#: A way to answer is kept so long, where nobody ever answered.
FORGOTTEN_AFTER: Final = timedelta(days=730)


class StatementState(StrEnum):
    """Where a word is on its way."""

    RECEIVED = "recu"
    TRANSMITTED = "transmis"
    ANSWERED = "repondu"
    CLOSED = "sans_suite"


class Act(StrEnum):
    """What the people of the body do with it."""

    TRANSMIT = "transmettre"
    TAKE_BACK = "reprendre"
    ANSWER = "repondre"
    CLOSE = "clore"
    REOPEN = "rouvrir"


STATES: Final = tuple(state.value for state in StatementState)
OPEN_STATES: Final = (StatementState.RECEIVED.value, StatementState.TRANSMITTED.value)
#: What may be done in each state, and where it leads. What is not listed is refused.
LIFE: Final[dict[StatementState, dict[Act, StatementState]]] = {
    StatementState.RECEIVED: {
        Act.TRANSMIT: StatementState.TRANSMITTED,
        Act.ANSWER: StatementState.ANSWERED,
        Act.CLOSE: StatementState.CLOSED,
    },
    StatementState.TRANSMITTED: {
        Act.TRANSMIT: StatementState.TRANSMITTED,  # to somebody else
        Act.TAKE_BACK: StatementState.RECEIVED,
        Act.ANSWER: StatementState.ANSWERED,
        Act.CLOSE: StatementState.CLOSED,
    },
    StatementState.ANSWERED: {Act.REOPEN: StatementState.RECEIVED},
    StatementState.CLOSED: {Act.REOPEN: StatementState.RECEIVED},
}


class WrongMoment(ValueError):
    """The word is not in a state in which this can be done."""


def after(state: str, act: Act) -> StatementState:
    """The state that an act leads to; raises `WrongMoment`."""
    try:
        return LIFE[StatementState(state)][act]
    except KeyError:
        raise WrongMoment(f"{act} in {state}") from None


def acts_in(state: str) -> tuple[Act, ...]:
    """What may be done in a state."""
    return tuple(LIFE[StatementState(state)])


def due_day(received_on: date, due_days: int | None) -> date | None:
    """The day by which the body answers; None where it set none."""
    return received_on + timedelta(days=due_days) if due_days else None


def is_late(state: str, due_on: date | None, today: date) -> bool:
    """Whether an answer is overdue."""
    return state in OPEN_STATES and due_on is not None and due_on < today


# --- what may be public -------------------------------------------------------------------------------------------


class Why(StrEnum):
    """Why a word may not be published as it is."""

    AUTHOR = "author"
    NOT_READ = "not_read"
    NAMES = "names"
    SENSITIVE = "sensitive"


def why_not_public(
    *,
    author_agrees: bool,
    read_again: bool,
    holds_names: bool,
    shortened: bool,
    theme: str,
    minor: bool,
    confirmed: bool,
) -> Why | None:
    """What keeps a word from being published; None: nothing does.

    Sensitive themes, and what somebody under 18 says, ask for a second confirmation.
    """
    if not author_agrees:
        return Why.AUTHOR
    if not read_again:
        return Why.NOT_READ
    if holds_names and not shortened:
        return Why.NAMES
    if (theme in SENSITIVE or minor) and not confirmed:
        return Why.SENSITIVE
    return None


# --- receipts -----------------------------------------------------------------------------------------------------

#: No two characters that look or sound alike (0 O, 1 I L, 2 Z, 5 S, 8 B, G 6, Q, U V…): 23, a prime.
ALPHABET: Final = "23456789ACEFHJKMNPRTVXY"
_LENGTH: Final = 9
RECEIPT_LENGTH: Final = _LENGTH + 1


class BadReceipt(ValueError):
    """What was typed cannot be a receipt: it says so without a look into the database."""


def _check_character(body: str) -> str:
    """A weighted sum over a prime: every single wrong character and every pair swapped changes it."""
    return ALPHABET[sum(weight * ALPHABET.index(char) for weight, char in enumerate(body, 2)) % len(ALPHABET)]


def make_receipt(draw: Callable[[int], int]) -> str:
    """A receipt of 9 characters (41 bits) and a check character; `draw(n)` gives a number below n."""
    body = "".join(ALPHABET[draw(len(ALPHABET))] for _ in range(_LENGTH))
    return body + _check_character(body)


def receipt_from(digest: bytes) -> str:
    """The receipt that 32 bytes give: the same bytes, the same receipt."""
    number = int.from_bytes(digest, "big")

    def draw(size: int) -> int:
        nonlocal number
        number, drawn = divmod(number, size)
        return drawn

    return make_receipt(draw)


def read_receipt(typed: str) -> str:
    """A receipt as people type it (spaces, dashes, small letters); raises `BadReceipt`."""
    code = pasted_text.code(typed).upper()
    if len(code) != RECEIPT_LENGTH or not set(code) <= set(ALPHABET):
        raise BadReceipt
    if _check_character(code[:-1]) != code[-1]:
        raise BadReceipt
    return code


def written(code: str) -> str:
    """A receipt in two groups, as it is printed."""
    return f"{code[:5]}-{code[5:]}"


# --- counts --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearCounts:
    """What a body was told in one year, and what it did with it."""

    received: int = 0
    answered: int = 0
    closed: int = 0
    relayed: int = 0
    published: int = 0
