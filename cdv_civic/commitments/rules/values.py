"""What was measured, and sums of money, as people type them."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.rules.texts import LONGEST_TITLE, check_plain
from cdv_civic.core.typed_numbers import BadNumber, NumberFault, read_decimal
from cdv_civic.territory.codes import NUMERIC_VALUE_KINDS

_MOST_CENTS: Final = 10**13
_YES: Final = frozenset({"oui", "yes", "نعم", "1", "vrai"})
_NO: Final = frozenset({"non", "no", "لا", "0", "faux"})


def read_value(kind: str, typed: str) -> tuple[float | None, str | None]:
    """A measure as it was typed, as (number, text), one of them None; raises `BrokenRule`.

    `kind` is a key of `territory.vocabulary.VALUE_KINDS`. Amounts are given in euros and kept in cents, rates in
    percent; yes or no is kept as "oui" or "non", a day as an ISO date.
    """
    text = typed.strip()
    if not text:
        raise BrokenRule(Breach.NO_VALUE, "value")
    check_plain(text, "value")
    if kind in NUMERIC_VALUE_KINDS:
        return _read_number(kind, text), None
    if kind == "boolean":
        if text.casefold() in _YES:
            return None, "oui"
        if text.casefold() in _NO:
            return None, "non"
        raise BrokenRule(Breach.NOT_YES_OR_NO, "value")
    if kind == "date":
        return None, _read_day(text).isoformat()
    if len(text) > LONGEST_TITLE:
        raise BrokenRule(Breach.LONG_LINE, "value", length=len(text), longest=LONGEST_TITLE)
    return None, text


def _read_number(kind: str, text: str) -> float:
    number = float(_decimal(text.removesuffix("%").removesuffix("€"), Breach.NO_NUMBER, "value"))
    if abs(number) > 1e12:
        raise BrokenRule(Breach.LARGE_NUMBER, "value")
    if kind == "count" and (number < 0 or number != int(number)):
        raise BrokenRule(Breach.NOT_WHOLE, "value")
    return float(round(number * 100)) if kind == "amount" else number


def _decimal(text: str, otherwise: Breach, field: str) -> Decimal:
    try:
        return read_decimal(text)
    except BadNumber as bad:
        breach = Breach.TWO_NUMBERS if bad.fault is NumberFault.TWO_WAYS else otherwise
        raise BrokenRule(breach, field) from None


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    found = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise BrokenRule(Breach.NO_DATE, "value")


def read_euros(typed: str, field: str) -> int | None:
    """Cents from an amount typed in euros ("1 250,50"), None where nothing was typed; raises `BrokenRule`."""
    bare = typed.strip().removesuffix("€").strip()
    if not bare:
        return None
    cents = _decimal(bare, Breach.NO_AMOUNT, field) * 100
    if not 0 <= cents < _MOST_CENTS or cents != int(cents):
        raise BrokenRule(Breach.NO_AMOUNT, field)
    return int(cents)
