"""Forms of the desk of charters."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from cdv_civic.core.forms.fields import FROM_THE_LIST, WholeNumberField, listed
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.moderation.charter.queries import CharterFacts
from cdv_civic.moderation.charter.rules import LONGEST_PRINCIPLE


class CharterForm(VersionForm):
    """How texts are read, and who answers appeals."""

    read_before = RadioField(
        _l("Quand une personne lit les textes"),
        choices=listed(
            [
                ("avant", _l("Avant que tout le monde les voie")),
                ("apres", _l("Après\u00a0: ils paraissent tout de suite")),
            ]
        ),
        description=_l("Les sujets délicats et les textes des moins de 18 ans sont toujours lus avant."),
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        **FROM_THE_LIST,
    )
    read_within_hours = WholeNumberField(
        _l("En combien d’heures un texte est lu"),
        [InputRequired(_l("Écrivez un nombre d’heures."))],
    )
    appeals_body_id = SelectField(
        _l("Qui répond aux recours si une seule personne anime le groupe"),
        validators=[Optional()],
        **FROM_THE_LIST,
    )


def charter_form(charter: CharterFacts, bodies: Sequence[tuple[int, str]]) -> CharterForm:
    """The form of a charter; `bodies`: the others whose moderators may answer appeals."""
    form = CharterForm(
        data={
            "version": str(charter.version),
            "read_before": "avant" if charter.read_before else "apres",
            "read_within_hours": charter.read_within_hours,
            "appeals_body_id": str(charter.appeals_body_id or ""),
        }
    )
    form.appeals_body_id.choices = listed(
        [("", _("L’équipe du contrat")), *((str(number), name) for number, name in bodies)]
    )
    return form


def principle_form(languages: Iterable[Language], data: dict[str, Any]) -> VersionForm:
    """A principle in each language."""
    fields = text_fields(
        "text",
        _l("Le principe"),
        languages,
        longest=LONGEST_PRINCIPLE,
        must=_l("Écrivez le principe en français."),
        hint=_l("Une phrase courte. Une seule idée."),
    )
    return cast(VersionForm, type("PrincipleForm", (VersionForm,), fields)(data=data))
