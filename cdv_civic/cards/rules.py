"""Pure decisions about personal cards: the code, its check character, what state a card is in.

The alphabet. Each character stands alone: of every family that people mix up when they read or write by hand, at most
one is kept. Left out: 0 O D Q, 1 I L, 2 Z, 5 S, 8 B, U V, G (a 6, or a C), N (between H and M), A (a closed 4),
E (an F). Without vowels no group of characters makes a word. Seventeen are left: a prime number, which the check
character needs.

The check character. Each character has a value from 0 to 16 and each place a weight from 1 to 16; the weighted sum of a
code is a multiple of 17. As 17 is prime and all weights differ, every single wrong character and every exchange of two
characters, neighbours or not, changes the sum (the scheme of ISBN-10, with a character of its own for each remainder).

Fifteen characters drawn at random hold 61.3 bits; the sixteenth is the check character.
"""

import secrets
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cdv_civic.core import pasted_text

ALPHABET: Final = "34679CFHJKMPRTWXY"
LENGTH: Final = 16
GROUP: Final = 4
#: Characters of a serial number; the last is a check character of the same scheme.
SERIAL_LENGTH: Final = 8
_BASE: Final = len(ALPHABET)
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}

#: What somebody may read in place of a character of the alphabet. Those that could stand for two are not here: they
#: are refused by name.
_LOOKS_LIKE: Final = {
    "A": "4",
    "E": "F",
    "G": "6",
    "Q": "9",
    "I": "J",
    "1": "7",
    "V": "Y",
    # Letters of other alphabets that look the same.
    "С": "C",
    "Н": "H",
    "К": "K",
    "М": "M",
    "Р": "P",
    "Т": "T",
    "Х": "X",
    "У": "Y",
    "З": "3",
    "Ч": "4",
    "Η": "H",
    "Κ": "K",
    "Μ": "M",
    "Ρ": "P",
    "Τ": "T",
    "Χ": "X",
    "Υ": "Y",
}
#: Beyond this nobody types a code: nothing is looked at.
_LONGEST_TYPED: Final = 200

MOST_CARDS: Final = 500
MOST_LANGUAGES: Final = 3
LONGEST_PURPOSE: Final = 200
LONGEST_HANDED_OUT_BY: Final = 80
#: Cards may be valid for this long at most; a replacement is valid for a year.
LONGEST_VALIDITY: Final = timedelta(days=5 * 366)
REPLACEMENT_VALIDITY: Final = timedelta(days=365)
#: As many cards are made while the page waits; the others by a job, so many in one step.
MADE_AT_ONCE: Final = 10
MADE_PER_STEP: Final = 20
#: Cards of one account that are still to be made: each takes 10 to 20 ms of a core.
MOST_WAITING: Final = 2 * MOST_CARDS
#: How long the codes of a batch can be printed again.
SHEET_LASTS: Final = timedelta(hours=1)
#: How long somebody at the desk who came in without a password may give cards after they confirmed by a code.
CONFIRMED_FOR: Final = timedelta(minutes=30)
#: Codes for one card in a day (of six digits, with five tries each), and for one person at the desk.
MOST_CODES_OF_CARD: Final = 3
MOST_CODES_AT_DESK: Final = 10
#: For how long « Mon compte » says that a card was closed.
TOLD_FOR: Final = timedelta(days=30)
#: For how long the report says who closed how many cards.
CLOSINGS_TOLD_FOR: Final = timedelta(days=7)
PER_SHEET: Final = 10


class CodeFault(StrEnum):
    """What is wrong with a code as it was typed."""

    EMPTY = "empty"
    CHARACTER = "character"
    SHORT = "short"
    LONG = "long"
    CHECK = "check"


class BadCardCode(ValueError):
    """No card can have this code. `character` is the one that no card has; `length` how many characters were typed."""

    def __init__(self, fault: CodeFault, *, character: str = "", length: int = 0) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.character = character
        self.length = length


def _remainder(characters: str) -> int:
    """The weighted sum of some characters, the last of weight 1, modulo 17."""
    return (
        sum(weight * _VALUES[character] for weight, character in enumerate(reversed(characters), 1)) % _BASE
    )


def check_character(body: str) -> str:
    """The character that makes a whole code of fifteen characters."""
    # The body's weights begin at 2: a character of value 0 holds the place of the check character.
    return ALPHABET[-_remainder(body + ALPHABET[0]) % _BASE]


def new_code() -> str:
    """A code that nobody can guess, without spaces."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def is_whole(code: str) -> bool:
    """Whether the check character fits; `code` is of the alphabet."""
    return len(code) == LENGTH and _remainder(code) == 0


def new_serial() -> str:
    """A serial number that follows from no other, as it is printed: « KMPR-7X4C ».

    Read aloud at the desk and no secret; seven characters drawn at random, so that whoever tries some finds no card.
    """
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(SERIAL_LENGTH - 1))
        if not body.isdecimal():  # never taken for a number of old
            serial = body + check_character(body)
            return f"{serial[:GROUP]}-{serial[GROUP:]}"


def grouped(code: str) -> str:
    """A code as it is printed: « 34C7 HKMP RTWX 96FY »."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def _characters(typed: str) -> list[str]:
    """What was typed as characters of the alphabet, without what stands between them; others stay as they are."""
    written = pasted_text.code(pasted_text.unquoted(typed).rpartition("#")[2]).upper()
    return [_LOOKS_LIKE.get(character, character) for character in written]


def read_code(typed: str) -> str:
    """The code that somebody typed, as it is kept; raises `BadCardCode`.

    Spaces, dashes, lower case, full-width forms and look-alike characters are forgiven, and the whole address of a
    card's QR is read too. Asks nothing of the database.
    """
    if len(typed) > _LONGEST_TYPED:
        raise BadCardCode(CodeFault.LONG, length=len(typed))
    characters = _characters(typed)
    if not characters:
        raise BadCardCode(CodeFault.EMPTY)
    unknown = next((character for character in characters if character not in _VALUES), None)
    if unknown is not None:
        raise BadCardCode(CodeFault.CHARACTER, character=unknown)
    code = "".join(characters)
    if len(code) != LENGTH:
        raise BadCardCode(CodeFault.SHORT if len(code) < LENGTH else CodeFault.LONG, length=len(code))
    if not is_whole(code):
        raise BadCardCode(CodeFault.CHECK)
    return code


class Reason(StrEnum):
    """Why a card was closed before its time."""

    LOST = "lost"
    SEEN = "seen"
    DAMAGED = "damaged"
    #: The account was erased.
    ERASED = "erased"


class CardEnding(StrEnum):
    """What became of a card that was closed, as its holder is told."""

    CLOSED = "closed"
    #: Another one opens the same space.
    SAME_SPACE = "same"
    #: Another one was given for the same person, and opens a space of its own.
    NEW_SPACE = "new"


#: Those that somebody at the desk chooses among.
REASONS_TO_CHOOSE: Final = (Reason.LOST, Reason.SEEN, Reason.DAMAGED)


class CardState(StrEnum):
    """What a card is good for today."""

    USABLE = "usable"
    REVOKED = "revoked"
    CLOSED = "closed"
    EXPIRED = "expired"


def card_state(*, revoked: bool, closed: bool, expires_on: date, today: date) -> CardState:
    """The state of a card; it works until the end of the day of `expires_on`."""
    if revoked:
        return CardState.REVOKED
    if closed:
        return CardState.CLOSED
    return CardState.EXPIRED if today > expires_on else CardState.USABLE


def proves(reason: Reason | None) -> bool:
    """Whether the code of a card, closed for this reason or open (None), still says whose space it opened.

    Not once it was said lost, or seen by others: whoever holds it then may be anybody.
    """
    return reason in (None, Reason.DAMAGED)


def read_serial(typed: str) -> str | None:
    """The serial number that somebody typed, as it is kept, or None where it is none.

    « KMPR-7X4C », « n° kmpr 7x4c »; of cards printed before: « 12-007 », « 12 / 7 ».
    """
    plain = pasted_text.unquoted(typed[:_LONGEST_TYPED]).lower()
    for mark in ("numéro", "no", "n°", "nº", "n"):
        if plain.startswith(mark):
            plain = plain.removeprefix(mark).strip(" .:")
            break
    characters = "".join(_characters(plain))
    if len(characters) == SERIAL_LENGTH and not characters.isdecimal() and set(characters) <= set(ALPHABET):
        return f"{characters[:GROUP]}-{characters[GROUP:]}" if _remainder(characters) == 0 else None
    for mark in ("/", " "):
        plain = plain.replace(mark, "-")
    numbers = [each for each in plain.split("-") if each]
    if len(numbers) != 2 or not all(each.isdecimal() and len(each) < 10 for each in numbers):
        return None
    return f"{int(numbers[0])}-{int(numbers[1]):03d}"
