"""What is asked of whoever says something in words of their own: an account, where it is asked who takes part, and an
age. Comments, and ideas of a consultation, ask the same in the same words.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel.speaklater import LazyString
from wtforms import BooleanField

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import lazy_ngettext


class AccountNeeded(DomainError):
    """It is asked who takes part."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_l("Ici, connectez-vous d’abord. Vos mots restent sur cette page."))


@dataclass(frozen=True)
class AskedOfSpeakers:
    """What is asked of whoever says something."""

    #: Whether they sign in first.
    account: bool = False
    #: In years; 0: any.
    age: int = 0

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return self.account or self.age > 0

    def require(self, *, signed_in: bool, old_enough: bool) -> None:
        """Raise `AccountNeeded`, or `DomainError` with the field `age`, where somebody may not say anything here.

        `old_enough`: whether they say that they are.
        """
        if self.account and not signed_in:
            raise AccountNeeded
        require_age(self.age, old_enough=old_enough)

    def require_of_somebody(self, *, old_enough: bool) -> None:
        """The same of somebody for whom another person writes, who was there or holds the sheet: such a witness counts
        as any proof, as it does for answers.
        """
        if self.age and not old_enough:
            raise DomainError(
                lazy_ngettext(
                    "Cochez cette case si la personne a %(num)s an ou plus. Sinon, un adulte peut répondre.",
                    "Cochez cette case si la personne a %(num)s ans ou plus. Sinon, un adulte peut répondre.",
                    self.age,
                ),
                field="age",
            )


def require_age(age: int, *, old_enough: bool) -> None:
    """Raise `DomainError` with the field `age` unless somebody says that they are old enough."""
    if age and not old_enough:
        raise DomainError(
            lazy_ngettext(
                "Cochez cette case si vous avez %(num)s an ou plus. Sinon, un adulte peut répondre.",
                "Cochez cette case si vous avez %(num)s ans ou plus. Sinon, un adulte peut répondre.",
                age,
            ),
            field="age",
        )


def ask_age(field: BooleanField, age: int) -> None:
    """Let the field `age` of a form ask whether its reader has an age in years."""
    _ask(field, lazy_ngettext("J’ai %(num)s an ou plus", "J’ai %(num)s ans ou plus", age))


def ask_age_of_somebody(field: BooleanField, age: int) -> None:
    """The same of somebody for whom another person writes."""
    _ask(field, lazy_ngettext("La personne a %(num)s an ou plus", "La personne a %(num)s ans ou plus", age))


def _ask(field: BooleanField, label: LazyString) -> None:
    asked: Any = field
    asked.label.text = label
    asked.flags.required = True
