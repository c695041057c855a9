"""Telephone numbers that take text messages: one form for one number, as people write it in France and overseas."""

import re
from collections.abc import Sequence
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from cdv_civic.core import pasted_text
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

#: Beyond this nobody types a number, spaces included.
LONGEST: Final = 40
#: Where somebody writes 06 92… and means a number of La Réunion: they are dialled like those of the mainland.
OVERSEAS: Final = ("GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF")
_MAINLAND: Final = 33
#: Numbers that are given to nobody, kept for films and examples (Arcep, decision 2018-0881, 2.5.12).
FICTIONAL: Final = ("0199", "026191", "035301", "046571", "053649", "063998")
#: In the setting SMS_COUNTRIES: numbers of all countries.
EVERYWHERE: Final = "ALL"
_TYPED: Final = re.compile(r"\+?[\d ().\-/]+")
_MOBILE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class BadPhone(DomainError):
    """Not a number that text messages can be sent to."""

    def __init__(self, sentence: object) -> None:
        super().__init__(sentence, field="phone")


class ForeignPhone(BadPhone):
    """A number of a country that the site sends no text messages to."""

    def __init__(self) -> None:
        super().__init__(
            _l("Le site n’envoie pas de SMS dans ce pays. Écrivez un autre numéro de téléphone portable.")
        )


def _no_number() -> BadPhone:
    return BadPhone(
        _l(
            "Ce numéro n’est pas complet, ou contient autre chose que des chiffres. "
            "Écrivez-le comme 06 12 34 56 78."
        )
    )


def _parsed(typed: str) -> PhoneNumber | None:
    for region in ("FR", *OVERSEAS):
        number = _parsed_in(region, typed)
        if number is None:
            continue
        if phonenumbers.is_valid_number(number):
            return number
        if number.country_code == _MAINLAND and (found := _overseas(number)) is not None:
            return found
    return None


def _parsed_in(region: str, typed: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(typed, region)
    except NumberParseException:
        return None


def _overseas(number: PhoneNumber) -> PhoneNumber | None:
    """A number of a department overseas that was written with +33, as if it were of the mainland."""
    national = f"0{number.national_number}"
    candidates = (_parsed_in(region, national) for region in OVERSEAS)
    return next((each for each in candidates if each and phonenumbers.is_valid_number(each)), None)


def read_number(typed: str, *, fictional: bool = False) -> PhoneNumber:
    """Any telephone number, of a fixed line too, as people write it in France and overseas; raises `BadPhone`.

    `fictional`: those that Arcep keeps free for films and examples are taken too.
    """
    plain = pasted_text.phone(typed)
    if len(plain) > LONGEST or not _TYPED.fullmatch(plain):
        raise _no_number()
    number = _parsed(plain)
    if number is None and fictional:
        number = _fictional(plain)
    if number is None:
        raise _no_number()
    return number


def _fictional(plain: str) -> PhoneNumber | None:
    number = _parsed_in("FR", plain)
    if number is None:
        return None
    digits = f"0{number.national_number}"
    mainland = number.country_code == _MAINLAND and len(digits) == 10
    return number if mainland and digits.startswith(FICTIONAL) else None


def fold_phone(typed: str, countries: Sequence[str] = ("FR",), *, fictional: bool = False) -> str:
    """The number as E.164, such as "+33612345678": the form under which it is kept and looked for.

    `countries` are those whose numbers are taken; FR stands for the overseas departments too. `fictional`: see
    `read_number`. Raises `BadPhone`, `ForeignPhone`.
    """
    number = read_number(typed, fictional=fictional)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if fictional and not phonenumbers.is_valid_number(number):
        return e164
    region = phonenumbers.region_code_for_number(number)
    home = region in ("FR", *OVERSEAS)
    if EVERYWHERE not in countries and region not in countries and not (home and "FR" in countries):
        raise ForeignPhone
    if phonenumbers.number_type(number) not in _MOBILE:
        raise BadPhone(
            _l(
                "Ce numéro ne reçoit pas de SMS. Écrivez un numéro de téléphone portable, comme 06 12 34 56 78."
            )
        )
    return e164


def shown(phone: str) -> str:
    """An E.164 number as people read it: « 06 12 34 56 78 » in France, with its country code elsewhere."""
    return written(phonenumbers.parse(phone, None))


def written(number: PhoneNumber) -> str:
    """A number as people read it: see `shown`."""
    french = number.country_code == 33
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if french else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, kind)
