"""How the person can be answered: an e-mail address or a phone number, read from one field."""

import phonenumbers

from cdv_civic.accounts.emails import BadEmail, fold_email
from cdv_civic.accounts.phones import BadPhone, read_number
from cdv_civic.core import pasted_text
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

EMAIL, PHONE = "email", "phone"


def read_contact(typed: str, *, fictional: bool = False) -> tuple[str, str] | None:
    """(kind, folded address or number); None where nothing was typed. `fictional`: see `accounts.phones.read_number`.

    Raises `DomainError`.
    """
    said = pasted_text.contact(typed)
    if not said:
        return None
    if "@" in said:
        try:
            return EMAIL, fold_email(typed)
        except BadEmail as refused:
            raise DomainError(refused.sentence, field="contact") from None
    try:
        number = read_number(typed, fictional=fictional)
    except BadPhone:
        raise DomainError(
            _l("Écrivez une adresse e-mail (prenom@exemple.fr) ou un numéro de téléphone (06 12 34 56 78)."),
            field="contact",
        ) from None
    return PHONE, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
