"""Forms of the desk of seats. What goes against a rule is refused by the operations, which know better."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, cast

from wtforms import BooleanField, EmailField, RadioField, StringField
from wtforms.validators import InputRequired, Optional

from cdv_civic.accounts.emails import fold_email
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, WholeNumberField, day_field, listed, read_by
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.seats.operations.members import (
    LONGEST_CONTACT,
    LONGEST_NAME,
    NOT_IN_THE_LIST,
    Member,
    check_phone,
)
from cdv_civic.seats.rules import LOCAL_ACTORS, RESIDENTS
from cdv_civic.seats.wording import COLLEGE_WORDS, ENDING_WORDS, GENDER_WORDS, WAY_WORDS

_NO_COMPLETION: Final = {"autocomplete": "off"}


def _words(words: Mapping[str, Any]) -> list[Any]:
    return listed((word.code, word.label) for word in words.values())


class SeatForm(VersionForm):
    """A member, new or corrected."""

    college = RadioField(
        _l("Quelles places ?"),
        choices=_words(COLLEGE_WORDS),
        validators=[InputRequired(NOT_IN_THE_LIST)],
        **FROM_THE_LIST,
    )
    way = RadioField(
        _l("Comment cette personne est-elle venue ?"),
        choices=_words(WAY_WORDS),
        validators=[InputRequired(NOT_IN_THE_LIST)],
        **FROM_THE_LIST,
    )
    substitute = BooleanField(_l("La personne attend une place : mettez-la sur la liste des remplacements"))
    first_name = StringField(
        _l("Prénom"),
        [InputRequired(_l("Écrivez le prénom."))],
        render_kw={"maxlength": LONGEST_NAME, **_NO_COMPLETION},
    )
    last_name = StringField(
        _l("Nom"),
        [Optional()],
        description=_l("Pour l’équipe. Il ne paraît que si la personne le veut."),
        render_kw={"maxlength": LONGEST_NAME, **_NO_COMPLETION},
    )
    represents = StringField(
        _l("Au nom de quelle association, de quel lieu ?"),
        [Optional()],
        description=_l("Pour les places des associations et des acteurs locaux : il paraît avec le prénom."),
        render_kw={"maxlength": LONGEST_CONTACT, "lang": "fr", "dir": "auto", **_NO_COMPLETION},
    )
    email = EmailField(
        _l("Adresse e-mail"),
        [Optional(), read_by(fold_email)],
        description=_l("Pour l’équipe seulement."),
        render_kw={"maxlength": LONGEST_CONTACT, "dir": "ltr", **_NO_COMPLETION},
    )
    phone = StringField(
        _l("Téléphone"),
        [Optional(), read_by(check_phone)],
        description=_l("Pour l’équipe seulement."),
        render_kw={"maxlength": LONGEST_NAME, "dir": "ltr", "inputmode": "tel", **_NO_COMPLETION},
    )
    gender = RadioField(
        _l("Femme ou homme ?"),
        choices=[*listed([("", _l("Pas demandé"))]), *_words(GENDER_WORDS)],
        validators=[Optional()],
        description=_l(
            "Cette réponse sert à compter les femmes et les hommes. Aucune page publique ne la montre. Elle "
            "s’efface à la fin du siège."
        ),
        **FROM_THE_LIST,
    )
    minor = BooleanField(_l("La personne a moins de 18 ans : aucun nom ne paraît"))
    hidden = BooleanField(_l("La personne ne veut aucun nom sur le site, même pas son prénom"))
    name_public = BooleanField(_l("La personne est d’accord pour que son nom entier paraisse"))
    starts_on = day_field(
        _l("Membre depuis le"),
        validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))],
    )
    ends_on = day_field(_l("Fin prévue du siège"), validators=[Optional()])
    client_key = ClientKeyField()

    def member(self) -> Member:
        """What the form says."""
        return Member(
            college=self.college.data,
            way=self.way.data,
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            represents=self.represents.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            gender=self.gender.data or None,
            minor=self.minor.data,
            hidden=self.hidden.data,
            name_public=self.name_public.data,
            starts_on=cast(date, self.starts_on.data),
            ends_on=self.ends_on.data,
            substitute=self.substitute.data,
        )


def seat_form(data: Mapping[str, Any]) -> SeatForm:
    """The form with what stands there now."""
    return SeatForm(data={"version": "0", "gender": "", **data})


class NumbersForm(StaffForm):
    """How many seats each collège has."""

    number_habitants = WholeNumberField(COLLEGE_WORDS[RESIDENTS].label, [Optional()], render_kw={"min": 0})
    number_acteurs_locaux = WholeNumberField(
        COLLEGE_WORDS[LOCAL_ACTORS].label, [Optional()], render_kw={"min": 0}
    )

    def numbers(self) -> dict[str, int | None]:
        """What the form says, by collège."""
        return {RESIDENTS: self.number_habitants.data, LOCAL_ACTORS: self.number_acteurs_locaux.data}


class EndForm(VersionForm):
    """Why a seat ends."""

    ending = RadioField(
        _l("Pourquoi ?"),
        choices=_words(ENDING_WORDS),
        validators=[InputRequired(NOT_IN_THE_LIST)],
        **FROM_THE_LIST,
    )


class AccountForm(VersionForm):
    """Whose account a seat belongs to."""

    email = EmailField(
        _l("Adresse e-mail de la personne"),
        [InputRequired(_l("Écrivez l’adresse e-mail."))],
        description=_l("L’adresse e-mail que cette personne utilise sur ce site."),
        render_kw={"maxlength": LONGEST_CONTACT, "dir": "ltr", **_NO_COMPLETION},
    )
