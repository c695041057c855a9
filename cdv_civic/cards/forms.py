"""Forms of cards. What goes against a rule is refused by the operations, which know better."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from cdv_civic.cards.rules import (
    LONGEST_HANDED_OUT_BY,
    LONGEST_PURPOSE,
    MOST_CARDS,
    MOST_LANGUAGES,
    REASONS_TO_CHOOSE,
    BadCardCode,
    read_code,
)
from cdv_civic.cards.wording import REASONS
from cdv_civic.core import clock
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    ChecksField,
    CodeField,
    SharedDevice,
    WholeNumberField,
    day_field,
    listed,
)
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language


class CardForm(SharedDevice, StaffForm):
    """The code of a card. What is wrong with it is said by `operations.entry.read`."""

    code = StringField(
        _l("Le code de votre carte"),
        [InputRequired(_l("Écrivez le code qui est sur la carte."))],
        description=_l(
            "16 lettres et chiffres, en quatre groupes. Vous pouvez les écrire avec ou sans espaces."
        ),
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "dir": "ltr",
            "class": "card-code",
            "data-card-code": "",
        },
    )

    def forget_whole_code(self) -> None:
        """Let the page show again only what was mistyped: a code that a card may have opens a space, or did."""
        with suppress(BadCardCode):
            read_code(self.code.data or "")
            self.code.data = ""


_HOW_MANY: Final = _l("Écrivez un nombre de 1 à 500.")
_A_DAY_TO_COME: Final = _l("Choisissez un jour à venir.")


class BatchForm(StaffForm):
    """A new batch; made complete by `batch_form`."""

    client_key = ClientKeyField()
    quartier = SelectField(
        _l("Pour quel quartier"), [InputRequired(_l("Choisissez un quartier."))], **FROM_THE_LIST
    )
    quantity = WholeNumberField(
        _l("Combien de cartes"),
        [InputRequired(_HOW_MANY), NumberRange(1, MOST_CARDS, message=_HOW_MANY)],
        sentence=_HOW_MANY,
        description=_l("10 cartes par feuille. 500 au plus."),
        render_kw={"min": 1, "max": MOST_CARDS, "inputmode": "numeric"},
    )
    purpose = StringField(
        _l("À quoi servent-elles"),
        [InputRequired(_l("Écrivez à quoi servent ces cartes."))],
        description=_l("Pour vous et vos collègues. Par exemple : le vote de juin, le porte-à-porte."),
        render_kw={"maxlength": LONGEST_PURPOSE, "autocomplete": "off"},
    )
    handed_out_by = StringField(
        _l("Qui les donne"),
        [InputRequired(_l("Écrivez qui donne ces cartes."))],
        description=_l(
            "Imprimé sur chaque carte : c’est à qui l’on dit qu’elle est perdue. Un organisme "
            "ou un rôle, avec un lieu ou un numéro. Pas le nom d’une personne."
        ),
        render_kw={"maxlength": LONGEST_HANDED_OUT_BY, "autocomplete": "off"},
    )
    body = SelectField(
        _l("Au nom de quel conseil ou groupe"),
        [Optional()],
        description=_l("Par exemple le conseil citoyen qui les remet."),
        **FROM_THE_LIST,
    )
    expires_on = day_field(_l("Valables jusqu’au"), [InputRequired(_A_DAY_TO_COME)])
    languages = ChecksField(
        _l("Langues imprimées sur la carte"),
        [InputRequired(_l("Choisissez d’une à trois langues."))],
        description=_l("Trois au plus."),
        **FROM_THE_LIST,
    )

    def validate_expires_on(self, field: DateField) -> None:
        """Say that the day is over together with all else that is wrong."""
        if field.data is not None and field.data <= clock.today():
            raise ValidationError(_A_DAY_TO_COME)


def batch_form(
    quartiers: Sequence[tuple[int, str]],
    bodies: Sequence[tuple[int, str]],
    languages: Iterable[Language],
    **data: Any,
) -> BatchForm:
    """The form with what this person may print for; `data` is what stands there at first."""
    tags = [(each.tag, each.name) for each in languages]
    form = BatchForm(data={"languages": [tag for tag, _name in tags[:MOST_LANGUAGES]], **data})
    first = [("", _l("Choisissez"))] if len(quartiers) != 1 else []
    form.quartier.choices = listed([*first, *quartiers])
    form.body.choices = listed([("", _l("Aucune")), *bodies])
    form.languages.choices = listed(tags)
    return form


class LostForm(StaffForm):
    """A card to close, and whether another one is given."""

    card = StringField(
        _l("Le numéro ou le code de la carte"),
        [InputRequired(_l("Écrivez le numéro ou le code de la carte."))],
        description=_l(
            "Le code en grand si la personne l’a encore. Sinon le petit numéro au bas de la carte, comme KMPR-7X4C."
        ),
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "dir": "ltr",
        },
    )
    reason = RadioField(
        _l("Que s’est-il passé ?"),
        [InputRequired(_l("Choisissez une réponse."))],
        choices=listed((reason.value, REASONS[reason]) for reason in REASONS_TO_CHOOSE),
        **FROM_THE_LIST,
    )
    another = RadioField(
        _l("Donner une autre carte ?"),
        [InputRequired(_l("Choisissez une réponse."))],
        choices=listed(
            [
                ("oui", _l("Oui, donner une autre carte")),
                ("non", _l("Non, seulement fermer celle-ci")),
            ]
        ),
        **FROM_THE_LIST,
    )
    proof = CodeField(
        _l("Le code que la personne a reçu"),
        [Optional()],
        description=_l("6 chiffres, par e-mail ou par SMS, ou dans son compte. Elle seule le voit."),
        render_kw={"autocomplete": "off", "inputmode": "numeric", "dir": "ltr"},
    )


class DeskCodeForm(StaffForm):
    """The code that somebody at the desk gets, who came in without a password."""

    proof = CodeField(
        _l("Le code du message"),
        [Optional()],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"},
    )
    #: What was typed of a lost card before this was asked.
    card = HiddenField()
    reason = HiddenField()
    another = HiddenField()
