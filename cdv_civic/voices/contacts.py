"""How the person can be answered: an e-mail address or a phone number, read from one field."""

import phonenumbers

from cdv_civic.accounts.emails import BadEmail, fold_email
from cdv_civic.core import pasted_text
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

EMAIL, PHONE = "email", "phone"


def read_contact(typed: str) -> tuple[str, str] | None:
    """(kind, folded address or number); None where nothing was typed. Raises `DomainError`."""
    said = pasted_text.contact(typed)
    if not said:
        return None
    if "@" in said:
        try:
            return EMAIL, fold_email(said)
        except BadEmail as refused:
            raise DomainError(refused.sentence, field="contact") from None
    try:
        number = phonenumbers.parse(said[:40], "FR")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise DomainError(
            _l("Écrivez une adresse e-mail (prenom@exemple.fr) ou un numéro de téléphone (06 12 34 56 78)."),
            field="contact",
        )
    return PHONE, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
