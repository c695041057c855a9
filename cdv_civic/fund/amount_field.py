"""An amount of euros in a form: typed as people type it, read in cents, shown again as it was typed."""

from typing import Any, Final

from wtforms import StringField
from wtforms.validators import ValidationError

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.fund.breach_words import AMOUNT_FAULTS
from cdv_civic.fund.rules.amounts import AmountFault, BadAmount, read_cents

#: Nothing at all is an amount too: of what was spent, or came back.
_SAID: Final = {**AMOUNT_FAULTS, AmountFault.NEGATIVE: _l("Écrivez un montant de zéro ou plus.")}


def typed_euros(cents: int | None) -> str:
    """An amount as a field of a form begins with it: « 250 », « 250,50 »; "" for none."""
    if cents is None:
        return ""
    whole, part = divmod(cents, 100)
    return f"{whole},{part:02}" if part else str(whole)


class AmountField(StringField):
    """An amount of euros. `cents` is what was typed; None: nothing, or what is wrong is said."""

    cents: int | None = None

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr", "maxlength": 40}
        super().__init__(label, validators, render_kw={**attributes, **kwargs.pop("render_kw", {})}, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Read what was typed."""
        self.cents = None
        if not (self.data or "").strip():
            return
        try:
            self.cents = read_cents(self.data or "")
        except BadAmount as bad:
            raise ValidationError(_SAID[bad.fault]) from None
