"""The form of what is said of a body."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import RadioField
from wtforms.validators import Optional

from cdv_civic.bodies.operations.texts import LONGEST_TEXT
from cdv_civic.bodies.wording import BODY_STATES
from cdv_civic.core.forms.fields import FROM_THE_LIST, listed
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language


class BodyForm(VersionForm):
    """How a body is. Made complete by `body_form`."""

    state = RadioField(
        _l("Ce groupe est-il actif ?"),
        choices=listed(
            [("", _l("Non renseigné")), *((word.code, word.label) for word in BODY_STATES.values())]
        ),
        **FROM_THE_LIST,
        validators=[Optional()],
    )


def body_form(languages: Iterable[Language], data: Mapping[str, Any]) -> BodyForm:
    """The form with what stands there now."""
    languages = list(languages)
    fields = {
        **text_fields(
            "contact",
            _l("Comment prendre contact"),
            languages,
            longest=LONGEST_TEXT,
            hint=_l("Où, quand, à quel numéro. Pas de nom de personne sans son accord."),
        ),
        **text_fields(
            "joining",
            _l("Comment y entrer"),
            languages,
            longest=LONGEST_TEXT,
            hint=_l("Qui peut venir, comment on s’inscrit, combien de temps cela prend."),
        ),
    }
    form: BodyForm = type("BodyForm", (BodyForm,), fields)(data=data)
    return form
