"""The form that says in which box a step takes ideas."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from wtforms import RadioField
from wtforms.validators import InputRequired

from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, listed
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.ideas.rules.boxes import LONGEST_ANSWERER, LONGEST_QUESTION, LONGEST_TITLE

#: In the place of a box’s id: one is made.
NEW: Final = "nouvelle"


def idea_step_form(
    languages: Sequence[Language], boxes: Iterable[tuple[int, Any]], *, version: int, chosen: int | None
) -> Any:
    """The form of a step: boxes that it can take, or what a new one says."""
    fields: dict[str, Any] = {
        "client_key": ClientKeyField(),
        "box": RadioField(
            _l("Où les idées arrivent"),
            [InputRequired(_l("Choisissez une réponse de la liste."))],
            **FROM_THE_LIST,
        ),
        **text_fields("title", _l("Titre de la boîte à idées"), languages, longest=LONGEST_TITLE, long=False),
        **text_fields("question", _l("Ce que vous demandez"), languages, longest=LONGEST_QUESTION),
        **text_fields(
            "answerer", _l("Qui répond aux idées"), languages, longest=LONGEST_ANSWERER, long=False
        ),
    }
    form: Any = type("IdeaStepForm", (VersionForm,), fields)(
        data={"version": str(version), "box": str(chosen) if chosen else NEW}
    )
    form.box.choices = listed([*boxes, (NEW, _l("Une nouvelle boîte à idées"))])
    return form
