"""Pure decisions about who sits in a body: how people are named, keys, and friendly warnings.

Two collèges: residents, and associations with local actors. Law 2014-173, article 7, asks for as many women as men
among the residents; the State's reference framework asks that residents be at least half of all members.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cdv_civic.core.text_folding import fold
from cdv_civic.participation.rules.public_names import NameShown

RESIDENTS: Final = "habitants"
LOCAL_ACTORS: Final = "acteurs_locaux"
COLLEGES: Final = (RESIDENTS, LOCAL_ACTORS)

DRAWN: Final = "tirage"
WAYS: Final = (DRAWN, "volontaire", "designation")
WOMAN: Final = "femme"
MAN: Final = "homme"
GENDERS: Final = (WOMAN, MAN, "non_dit")
#: Why a seat ends. A closed list: a free text would say more of a person than anybody needs.
ENDINGS: Final = ("mandat", "depart", "demenagement", "absence", "erreur", "autre")
#: Names of former members are kept that long after their seat ended.
FORMER_KEPT: Final = timedelta(days=365)
SOON: Final = timedelta(days=60)
MOST_SEATS: Final = 500


def name_shown(*, hidden: bool, name_public_on: date | None) -> NameShown:
    """How much of a member's name everybody reads: the first name, unless the person said otherwise."""
    if hidden:
        return NameShown.NOTHING
    return NameShown.FIRST_NAME if name_public_on is None else NameShown.FULL


def contact_key(email: str, phone: str) -> str:
    """One form of an address or a number, however it is written; empty where there is none."""
    if email:
        return f"@{email.casefold()}"
    digits = "".join(character for character in phone if character.isdigit())
    return f"+{digits[-9:]}" if digits else ""


def person_key(first_name: str, last_name: str, email: str, phone: str) -> str | None:
    """What tells one person without an account from another in a collège; None where only a first name is known.

    A person is not a contact: a couple shares an e-mail address, a mother and her son a phone. With the first name it
    is somebody; so is a full name, nearly always. Two people called Fatima may both sit.
    """
    contact = contact_key(email, phone)
    if contact:
        return f"{contact} {fold(first_name)}"
    if last_name.strip():
        return " ".join(sorted(fold(f"{first_name} {last_name}").split())) or None
    return None


def numbered_key(key: str | None, namesake: int) -> str | None:
    """The key of the second, third… person whom a key alone would not tell from the first."""
    return key if key is None or namesake == 1 else f"{key} #{namesake}"


def namesake_in(key: str | None) -> int:
    """The number that `numbered_key` put into a key."""
    _key, _mark, number = (key or "").rpartition(" #")
    return int(number) if _key and number.isdecimal() else 1


@dataclass(frozen=True)
class Sitting:
    """What the warnings go by: one open seat, not of a substitute."""

    college: str
    gender: str | None = None
    ends_on: date | None = None


class CautionKind(StrEnum):
    """What is worth a friendly word. Nothing is ever refused for it."""

    PARITY = "parity"
    MAJORITY = "majority"
    ENDING = "ending"
    ENDED = "ended"
    VACANT = "vacant"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Caution:
    """A warning, with its collège where it has one, and its numbers."""

    kind: CautionKind
    college: str | None = None
    number: int = 0
    other: int = 0


def warnings_of(
    sittings: Iterable[Sitting], planned: Sequence[tuple[str, int | None]], today: date
) -> list[Caution]:
    """What to say to the desk; `planned` is the number of seats of each collège, None where nobody has set it."""
    everybody = list(sittings)
    found = []
    residents = [each for each in everybody if each.college == RESIDENTS]
    women = sum(each.gender == WOMAN for each in residents)
    men = sum(each.gender == MAN for each in residents)
    if abs(women - men) > 1:
        found.append(Caution(CautionKind.PARITY, RESIDENTS, women, men))
    others = len(everybody) - len(residents)
    if others > len(residents):
        found.append(Caution(CautionKind.MAJORITY, None, len(residents), others))
    for college, number in planned:
        if number is None:
            continue
        filled = sum(each.college == college for each in everybody)
        if filled < number:
            found.append(Caution(CautionKind.VACANT, college, number - filled))
        elif filled > number:
            found.append(Caution(CautionKind.TOO_MANY, college, filled - number))
    ended = sum(each.ends_on is not None and each.ends_on < today for each in everybody)
    ending = sum(each.ends_on is not None and today <= each.ends_on <= today + SOON for each in everybody)
    if ended:
        found.append(Caution(CautionKind.ENDED, None, ended))
    if ending:
        found.append(Caution(CautionKind.ENDING, None, ending))
    return found
