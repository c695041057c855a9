"""Forms of the moderators: one for each act, with the reasons that it asks for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from cdv_civic.core.forms.fields import FROM_THE_LIST, listed
from cdv_civic.core.forms.texts import text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.web.desk import number_in
from cdv_civic.moderation.kinds import SaidText
from cdv_civic.moderation.queries.cases import Case, OtherText, Principle
from cdv_civic.moderation.rules.decisions import (
    LONGEST_FACTS,
    RESTRICTIONS,
    LegalGround,
    ModerationAct,
    Reasons,
)
from cdv_civic.moderation.rules.parts import LONGEST_PART, ShownParts
from cdv_civic.moderation.wording import LAWS

_PRINCIPLE, _LAW = "charte", "loi"


class DecideForm(VersionForm):
    """What every act asks. Made complete by `decide_form`."""

    points_to_help = BooleanField(
        _l("Dire aussi à la personne où trouver de l’aide"),
        description=_l("Si elle semble aller mal, ou être en danger."),
    )


class ReasonsForm(DecideForm):
    """An act that takes something from a text: why, and what was seen."""

    ground = RadioField(_l("Pourquoi\u00a0?"), validators=[Optional()], **FROM_THE_LIST)


class PartForm(ReasonsForm):
    """What stays public of a text. `decide_form` leaves out what the text does not have."""

    title = StringField(
        _l("Ce qui reste du titre"), [Optional()], render_kw={"maxlength": LONGEST_PART, "dir": "auto"}
    )
    without_photo = BooleanField(_l("Masquer la photo"))
    part = TextAreaField(
        _l("Ce qui reste public"),
        [Optional()],
        description=_l("Enlevez le passage, et mettez […] à sa place. N’ajoutez pas de mots."),
        render_kw={"rows": 6, "maxlength": LONGEST_PART, "dir": "auto"},
    )


class MergeForm(DecideForm):
    """With which other text."""

    other_text = SelectField(_l("L’autre texte"), validators=[Optional()], **FROM_THE_LIST)


_FORMS = {
    ModerationAct.HIDE: ReasonsForm,
    ModerationAct.ASK_TO_REWORD: ReasonsForm,
    ModerationAct.HIDE_PART: PartForm,
    ModerationAct.MERGE: MergeForm,
}


def decide_form(
    act: ModerationAct,
    case: Case,
    principles: Sequence[Principle],
    others: Sequence[OtherText],
    languages: Sequence[Language],
    *,
    without_photo: bool = False,
) -> DecideForm:
    """The form of an act on a case; `languages` are those in which the facts can be written, French first.
    `without_photo`: the photo is what is to be hidden.
    """
    kind: type[DecideForm] = _FORMS.get(act, DecideForm)
    if act in RESTRICTIONS and act is not ModerationAct.MERGE:
        fields = text_fields(
            "facts",
            _l("Ce que vous avez vu"),
            languages,
            longest=LONGEST_FACTS,
            hint=_l("Une ou deux phrases, pour la personne qui a écrit. Ne répétez pas les mots blessants."),
        )
        kind = type(kind.__name__, (kind,), fields)
    shown = replace(case.shown, without_photo=without_photo or case.shown.without_photo)
    form: Any = kind(data={"version": str(case.version)}, **part_begins(case.said, shown))
    if "part" in form:
        keep_parts(form, case.said, has_photo=case.has_photo)
    # Asked by the act, which says all that is missing at once.
    for name in ("part", "title", "other_text", f"facts_{SOURCE_LANGUAGE}"):
        if name in form:
            form[name].flags.required = True
    if "ground" in form:
        form.ground.choices = listed(
            [
                *((f"{_PRINCIPLE}-{each.id}", each.words.text) for each in principles),
                *((f"{_LAW}-{code}", law.label) for code, law in LAWS.items()),
            ]
        )
    if "other_text" in form:
        form.other_text.choices = listed(
            [("", _l("Choisissez")), *((str(each.id), _begins(each)) for each in others)]
        )
    return cast(DecideForm, form)


def _begins(other: OtherText) -> str:
    words = other.said.title or other.said.words
    return words if len(words) <= 90 else words[:89] + "…"


def reasons_in(form: DecideForm) -> tuple[Reasons, dict[str, str]]:
    """The reasons that a form holds, and the facts in further languages."""
    fields: Any = form
    if "ground" not in form:
        return Reasons(), {}
    table, _dash, value = (fields.ground.data or "").partition("-")
    facts = texts_of(form, "facts")
    reasons = Reasons(
        principle_id=number_in(value) if table == _PRINCIPLE else None,
        law=LegalGround(value) if table == _LAW else None,
        facts=facts.pop(SOURCE_LANGUAGE, ""),
    )
    return reasons, facts


def part_begins(said: SaidText | None, shown: ShownParts) -> dict[str, Any]:
    """What stands in a form that says what stays of a text: what everybody sees of it now."""
    words, title = ("", "") if said is None else (said.words, said.title)
    return {
        "part": words if shown.words is None else shown.words,
        "title": title if shown.title is None else shown.title,
        "without_photo": shown.without_photo,
    }


def keep_parts(form: Any, said: SaidText | None, *, has_photo: bool) -> None:
    """Leave out of a form what the text does not have."""
    if said is None or not said.title:
        del form.title
    if not has_photo:
        del form.without_photo


def part_in(form: VersionForm) -> dict[str, Any]:
    """What stays public, as `operations.deciding.decide` takes it."""
    return {
        name: form[name].data if name == "without_photo" else form[name].data or ""
        for name in ("part", "title", "without_photo")
        if name in form
    }


def other_text_in(form: DecideForm) -> int | None:
    """The other text that was chosen."""
    fields: Any = form
    return number_in(fields.other_text.data) if "other_text" in form else None
