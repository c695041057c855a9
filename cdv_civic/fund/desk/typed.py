"""Amounts of euros as people type them, and as a field shows them again."""

from decimal import Decimal
from typing import Final

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.typed_numbers import BadNumber, NumberFault, read_decimal

_NO_AMOUNT: Final = _l("Écrivez un montant en euros, en chiffres. Exemple\u00a0: 1 500 ou 1 500,50.")
_TWO_WAYS: Final = _l(
    "Ce nombre se lit de deux façons. Écrivez 1250 pour mille deux cent cinquante euros, ou 1,25 pour un euro "
    "vingt-cinq."
)
#: A column of the database holds no more.
_LARGEST: Final = Decimal(10) ** 12


def read_cents(typed: str) -> int:
    """The cents of an amount that was typed, « 1 500,50 € » say; raises `DomainError`."""
    bare = typed.replace("€", " ").strip()
    for word in ("euros", "euro", "EUR"):
        bare = bare.removesuffix(word).strip()
    try:
        amount = read_decimal(bare)
    except BadNumber as bad:
        raise DomainError(_TWO_WAYS if bad.fault is NumberFault.TWO_WAYS else _NO_AMOUNT) from None
    cents = amount * 100
    if not 0 <= cents < _LARGEST or cents != cents.to_integral_value():
        raise DomainError(_NO_AMOUNT)
    return int(cents)


def typed_cents(cents: int | None) -> str:
    """An amount as its field shows it: « 1500 » or « 1500,50 »; "" for None."""
    if cents is None:
        return ""
    whole, part = divmod(cents, 100)
    return f"{whole},{part:02}" if part else str(whole)
