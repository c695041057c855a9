"""The form of a new consultation."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from cdv_civic.consultations.desk.wording import STARTERS
from cdv_civic.consultations.operations.editing.holding import LONGEST_TITLE
from cdv_civic.consultations.operations.editing.settings import LONGEST_WAVE
from cdv_civic.consultations.starters import OF_CONTRACT, starters
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, listed
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language


class BeginForm(StaffForm):
    """A new consultation. Made complete by `begin_form`."""

    client_key = ClientKeyField()


def begin_form(
    languages: Sequence[Language],
    organisers: Iterable[tuple[str, Any]],
    parts: Iterable[tuple[str, Any]],
    *,
    of_copy: bool = False,
    about: tuple[str, Any] | None = None,
) -> BeginForm:
    """The form; `organisers` and `parts` of the contract as (value, label). `of_copy`: of an older consultation.

    `about`: the part that is asked about, where one came from it: it is chosen, and so is what asks about parts.
    """
    fields: dict[str, Any] = {
        "organiser": SelectField(
            _l("Qui organise\u00a0?"),
            choices=listed(organisers),
            **FROM_THE_LIST,
            validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        )
    }
    if of_copy:
        fields["wave"] = StringField(
            _l("Nom de cette vague"),
            [Optional()],
            description=_l(
                "Par exemple 2027, si vous posez les mêmes questions pour comparer. Sinon, laissez vide."
            ),
            render_kw={"maxlength": LONGEST_WAVE},
        )
    else:
        fields["starter"] = RadioField(
            _l("Par quoi commencer\u00a0?"),
            choices=listed(
                (
                    code,
                    _l("%(label)s\u00a0: %(meaning)s", label=STARTERS[code][0], meaning=STARTERS[code][1]),
                )
                for code in starters()
            ),
            **FROM_THE_LIST,
            validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        )
        fields["part"] = SelectField(
            _l("Quelle partie du contrat, si l’on choisit des priorités\u00a0?"),
            choices=listed([("", _l("Aucune")), *([about] if about else []), *parts]),
            **FROM_THE_LIST,
            validators=[Optional()],
        )
    fields |= text_fields(
        "title",
        _l("Titre"),
        languages,
        longest=LONGEST_TITLE,
        long=False,
        must=_l("Donnez un titre en français."),
        hint=_l("Une question ou quelques mots\u00a0: «\u00a0La placette\u00a0: quel nom\u00a0?\u00a0»"),
    )
    first = {"starter": OF_CONTRACT, "part": about[0]} if about and not of_copy else {}
    form: BeginForm = type("BeginForm", (BeginForm,), fields)(**first)
    return form
