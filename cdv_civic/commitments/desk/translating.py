"""Translate what a commitment says, text by text."""

from typing import Final

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.desk.lookup import (
    commitment_for,
    languages_into,
    languages_of_role,
    other_languages,
)
from cdv_civic.commitments.forms import TranslationForm, translation_form
from cdv_civic.commitments.operations.translating import translate_commitment
from cdv_civic.commitments.queries.desk_translations import TextToTranslate, texts_to_translate
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.texts import first_state
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.localized import TranslationState
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.texts_version import texts_version
from cdv_civic.core.web.desk import Answer, actor

_KINDS: Final = {
    "title": _l("Titre"),
    "sentence": _l("Nouvelle du %(day)s"),
    "detail": _l("Texte plus long du %(day)s"),
    "caption": _l("Photo ou document du %(day)s"),
}


def _label(text: TextToTranslate) -> str:
    label = str(_KINDS[text.kind])
    return label % {"day": date_text(text.on, "long")} if text.on else label


@blueprint.route("/engagements/<int:commitment_id>/traductions", methods=["GET", "POST"])
@policy("commitment.translate")
@keeps_form
def translations(commitment_id: int) -> Answer:
    """All texts of a commitment beside their translation into one language."""
    languages = {each.tag: each for each in other_languages()}
    # Whoever names no language begins with one that they translate into.
    usual = next(iter(languages_of_role() or languages.values()), None)
    target = languages.get(request.args.get("langue", ""), usual)
    if target is None:
        raise NotFound(_l("Ce site n’a qu’une langue : il n’y a rien à traduire."))
    tag = target.tag
    commitment = commitment_for("commitment.translate", commitment_id, tag)
    texts = [
        each for each in texts_to_translate(commitment_id, commitment.title_id, tag) if each.language != tag
    ]
    version = texts_version((each.text_id, each.original, each.translated, each.state) for each in texts)
    form: TranslationForm = translation_form(
        ((each.text_id, each.translated or "", _label(each), _height(each)) for each in texts),
        target,
        version,
    )
    if not form.is_submitted():
        form.state.data = first_state(each.state for each in texts)

    def save() -> None:
        typed = {each.text_id: form[f"text_{each.text_id}"].data or "" for each in texts}
        count = translate_commitment(
            actor(),
            commitment_id,
            tag,
            typed,
            state=TranslationState(form.state.data),
            version=form.version.number,
        )
        if count:
            flash(_("Les traductions sont enregistrées."), "success")
        else:
            flash(_("Rien n’a changé : tout était déjà ainsi."), "info")

    status = submit(form, save)
    if status is None:
        return redirect(
            url_for("commitments_desk.translations", commitment_id=commitment_id, langue=tag), 303
        )
    page = render_template(
        "commitments/desk/translations.html",
        commitment=commitment,
        form=form,
        texts=texts,
        target=target,
        languages_to=languages_into(commitment),
    )
    return page, status


def _height(text: TextToTranslate) -> int:
    return min(12, max(2, len(text.original) // 50 + 1))
