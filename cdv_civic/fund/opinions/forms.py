"""The form of an opinion."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from wtforms import RadioField
from wtforms.validators import InputRequired

from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, NO_NUMBER, WholeNumberField, day_field, listed
from cdv_civic.core.forms.texts import text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.fund.opinions.operations import OpinionDraft
from cdv_civic.fund.opinions.wording import STANCES
from cdv_civic.fund.rules.opinions import LONGEST_REASONS, MOST_ASIDE


class OpinionForm(VersionForm):
    """What a body says of a project. Made complete by `opinion_form`."""

    stance = RadioField(
        _l("Que dit votre groupe\u00a0?"),
        choices=listed((term.code, term.label) for term in STANCES.values()),
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        **FROM_THE_LIST,
    )
    given_on = day_field(
        _l("Quel jour l’avez-vous dit\u00a0?"),
        [InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))],
    )
    aside = WholeNumberField(
        _l("Combien de membres liés au projet n’ont pas pris part\u00a0?"),
        [InputRequired(NO_NUMBER)],
        description=_l("Zéro si personne. Nous publions ce nombre, sans aucun nom."),
        render_kw={"inputmode": "numeric", "min": 0, "max": MOST_ASIDE},
    )
    client_key = ClientKeyField()

    def said(self) -> OpinionDraft:
        """The opinion that the form says."""
        return OpinionDraft(
            stance=self.stance.data or "",
            reasons=texts_of(self, "reasons"),
            given_on=cast(date, self.given_on.data),
            aside=self.aside.data or 0,
        )


def opinion_form(languages: Sequence[Language], data: Mapping[str, Any]) -> OpinionForm:
    """The form, with what stands there now."""
    fields = text_fields(
        "reasons",
        _l("Pourquoi\u00a0?"),
        languages,
        longest=LONGEST_REASONS,
        must=_l("Écrivez pourquoi, en français\u00a0: un avis sans raisons n’aide personne."),
        hint=_l("Tout le monde lit ces mots avec la décision. N’écrivez aucun nom de personne."),
    )
    complete: Any = type("OpinionForm", (OpinionForm,), fields)
    form: OpinionForm = complete(data=data)
    return form
