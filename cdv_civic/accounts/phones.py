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
        _l("Ce numéro n’est pas complet ou contient un signe inattendu. Écrivez-le comme 06 12 34 56 78.")
    )


def _parsed(typed: str) -> PhoneNumber | None:
    for region in ("FR", *OVERSEAS):
        try:
            number = phonenumbers.parse(typed, region)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    return None


def fold_phone(typed: str, countries: Sequence[str] = ("FR",)) -> str:
    """The number as E.164, such as "+33612345678": the form under which it is kept and looked for.

    `countries` are those whose numbers are taken; FR stands for the overseas departments too. Raises `BadPhone`,
    `ForeignPhone`.
    """
    plain = pasted_text.contact(typed)
    if len(plain) > LONGEST or not _TYPED.fullmatch(plain):
        raise _no_number()
    number = _parsed(plain)
    if number is None:
        raise _no_number()
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
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown(phone: str) -> str:
    """An E.164 number as people read it: « 06 12 34 56 78 » in France, with its country code elsewhere."""
    number = phonenumbers.parse(phone, None)
    french = number.country_code == 33
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if french else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, kind)
