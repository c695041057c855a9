"""The form by which an appeal is answered."""

from collections.abc import Iterable
from typing import Any, cast

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from cdv_civic.core.forms.fields import FROM_THE_LIST, listed
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.web.desk import number_in
from cdv_civic.moderation.appeals.desk_queries import AppealAtDesk
from cdv_civic.moderation.appeals.operations.answering import AppealAnswer
from cdv_civic.moderation.appeals.rules import side_of
from cdv_civic.moderation.forms import keep_parts, part_begins, part_in
from cdv_civic.moderation.rules.appeals import LONGEST_ANSWER, AppealOutcome
from cdv_civic.moderation.rules.parts import LONGEST_PART
from cdv_civic.moderation.wording import LAWS, OUTCOME_CHOICES

#: How the list of grounds tells articles of the law from principles, which have numbers.
_LAW = "loi-"


class AppealAnswerForm(VersionForm):
    """What is decided, and what is shown of the text; the answer in each language is added."""

    outcome = RadioField(
        _l("Votre réponse"),
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        **FROM_THE_LIST,
    )
    title = StringField(
        _l("Ce qui reste visible du titre"),
        [Optional()],
        render_kw={"maxlength": LONGEST_PART, "dir": "auto"},
    )
    without_photo = BooleanField(
        _l("Masquer la photo"), description=_l("Seulement si la décision change en partie.")
    )
    part = TextAreaField(
        _l("Ce qui reste visible du texte"),
        [Optional()],
        description=_l("Seulement si la décision change en partie. Enlevez ce qui ne va pas."),
        render_kw={"rows": 4, "maxlength": LONGEST_PART, "dir": "auto"},
    )
    ground = SelectField(
        _l("Pourquoi le texte n’est plus visible"),
        validators=[Optional()],
        description=_l("Seulement si vous masquez un texte qui était resté."),
        **FROM_THE_LIST,
    )

    def ground_named(self) -> tuple[int | None, str | None]:
        """The principle, or the article of the law, that was chosen."""
        said = self.ground.data or ""
        if said.startswith(_LAW):
            return None, said.removeprefix(_LAW)
        return number_in(said), None


def answer_form(appeal: AppealAtDesk, languages: Iterable[Language], seen: int) -> AppealAnswerForm:
    """The form for an appeal; `seen`: the version of the page."""
    fields = text_fields(
        "answer",
        _l("Ce que vous répondez"),
        languages,
        longest=LONGEST_ANSWER,
        must=_l("Écrivez la réponse."),
        hint=_l("Les deux personnes le lisent. Des phrases courtes\u00a0: ce que vous avez vu, et pourquoi."),
    )
    form = cast(
        AppealAnswerForm,
        type("AppealAnswerForm", (AppealAnswerForm,), fields)(
            data={"version": str(seen)}, **part_begins(appeal.said, appeal.shown)
        ),
    )
    keep_parts(form, appeal.said, has_photo=appeal.has_photo)
    outcomes = OUTCOME_CHOICES[side_of(appeal.act)]
    form.outcome.choices = listed((each.value, outcomes[each]) for each in appeal.outcomes)
    grounds: list[tuple[str, Any]] = [
        ("", _("Aucune raison choisie")),
        *((str(number), words.text) for number, words in appeal.principles.items()),
        *((f"{_LAW}{code}", law.label) for code, law in LAWS.items()),
    ]
    form.ground.choices = listed(grounds)
    return form


def answer_of(form: AppealAnswerForm, texts: dict[str, str]) -> AppealAnswer:
    """What was answered."""
    principle_id, law = form.ground_named()
    return AppealAnswer(
        AppealOutcome(form.outcome.data), texts, **part_in(form), principle_id=principle_id, law=law
    )
