"""The form of a service that helps in other languages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from wtforms import RadioField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, ValidationError

from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, ChecksField, listed
from cdv_civic.core.forms.texts import text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.i18n.spoken import SPOKEN, language_name
from cdv_civic.core.pasted_text import phone as as_pasted
from cdv_civic.core.web.desk import number_in
from cdv_civic.language_help.operations import HelpDraft
from cdv_civic.language_help.queries import ServedPlace
from cdv_civic.language_help.rules import (
    LONGEST_HOURS,
    LONGEST_PHONE,
    LONGEST_PLACE,
    LONGEST_SERVICE,
    LONGEST_WHAT,
    Reachable,
    Wrong,
    wrongs_with,
)
from cdv_civic.language_help.wording import KINDS, REFUSALS

#: What people write between the groups of a number.
_SEPARATORS: Final = re.compile(r"[ .\-/\u00a0]+")
_IN_FRENCH: Final = {"lang": "fr", "dir": "ltr"}


class ServiceForm(VersionForm):
    """A service. Made complete by `service_form`."""

    kind = RadioField(
        _l("Quelle aide\u00a0?"),
        [InputRequired(_l("Choisissez une réponse."))],
        choices=listed((word.code, word.label) for word in KINDS.values()),
        **FROM_THE_LIST,
    )
    served = SelectField(
        _l("Pour qui\u00a0?"),
        [InputRequired(_l("Choisissez une réponse."))],
        description=_l("Les habitantes et les habitants d’un quartier, d’une ville, ou de tout le contrat."),
        **FROM_THE_LIST,
    )
    service = StringField(
        _l("Le nom du service"),
        [InputRequired(_l("Écrivez le nom du service, en 120 caractères au plus."))],
        description=_l("Un service ou un lieu, jamais le nom d’une personne."),
        render_kw={"maxlength": LONGEST_SERVICE, **_IN_FRENCH},
    )
    spoken = ChecksField(_l("Langues parlées"), [InputRequired(REFUSALS[Wrong.SPOKEN][1])], **FROM_THE_LIST)
    place = StringField(
        _l("Où\u00a0?"),
        description=_l("L’adresse où l’on peut venir."),
        render_kw={"maxlength": LONGEST_PLACE, **_IN_FRENCH},
    )
    phone = TelField(
        _l("Numéro de téléphone du service"),
        render_kw={"maxlength": LONGEST_PHONE, "autocomplete": "off", "dir": "ltr"},
    )
    client_key = ClientKeyField()

    def validate_place(self, _field: StringField) -> None:
        """Say what is wrong with where to go together with all else."""
        self._say(Wrong.PLACE, Wrong.NOWHERE)

    def validate_phone(self, _field: TelField) -> None:
        """Say what is wrong with the number together with all else."""
        self._say(Wrong.PHONE, Wrong.NOWHERE)

    def _say(self, *about: Wrong) -> None:
        for wrong in wrongs_with(self.draft().reachable, SPOKEN):
            if wrong in about:
                raise ValidationError(REFUSALS[wrong][1])

    def draft(self) -> HelpDraft:
        """What was typed."""
        kind, _colon, number = (self.served.data or "").partition(":")
        place_id = number_in(number)
        return HelpDraft(
            kind=self.kind.data or "",
            commune_id=place_id if kind == "commune" else None,
            quartier_id=place_id if kind == "quartier" else None,
            reachable=Reachable(
                service=(self.service.data or "").strip(),
                spoken=tuple(self.spoken.data or ()),
                place=(self.place.data or "").strip(),
                phone=_SEPARATORS.sub(" ", as_pasted(self.phone.data or "")),
            ),
            what=texts_of(self, "what"),
            hours=texts_of(self, "hours"),
        )


def service_form(
    languages: Iterable[Language], places: Sequence[ServedPlace], data: Mapping[str, Any]
) -> ServiceForm:
    """The form with what stands there now; `places`: whom the person may add a service for."""
    languages = list(languages)
    fields = {
        **text_fields(
            "what",
            _l("Ce que l’on y fait pour vous"),
            languages,
            longest=LONGEST_WHAT,
            must=_l("Écrivez ce que l’on y fait."),
            hint=_l("Une ou deux phrases courtes."),
        ),
        **text_fields(
            "hours",
            _l("Quand\u00a0?"),
            languages,
            longest=LONGEST_HOURS,
            long=False,
            hint=_l("Les jours et les heures. Dites s’il faut un rendez-vous."),
        ),
    }
    form: ServiceForm = type("ServiceForm", (ServiceForm,), fields)(data=data)
    form.served.choices = listed((place.code, place.name) for place in places)
    form.spoken.choices = listed((tag, language_name(tag)) for tag in SPOKEN)
    for either in (form.place, form.phone):
        either.flags.one_of_several = True  # not « facultatif »: one of the two is asked for
    return form
