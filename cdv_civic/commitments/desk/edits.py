"""Change what a commitment says: its fields, its links, its translations, what is measured."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_date
from werkzeug.wrappers import Response

from cdv_civic.commitments import operations, rules
from cdv_civic.commitments.desk import dossier as reading
from cdv_civic.commitments.desk.dossiers import other_languages
from cdv_civic.commitments.desk.routes import blueprint
from cdv_civic.commitments.forms import (
    EditForm,
    LinksForm,
    MeasureForm,
    TranslationForm,
    listed,
    translation_form,
)
from cdv_civic.commitments.operations import Edit, EditConflict
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language, current_language
from cdv_civic.core.localized import TranslationState
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor
from cdv_civic.territory.vocabulary import CERTAINTIES, NATURES, THEMES

#: Field of an edit -> field of the form.
_FORM_FIELD: Final = {"budget_cents": "budget"}


def euros(cents: int | None) -> str:
    """Cents as staff type them."""
    if cents is None:
        return ""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)


def _current(dossier: reading.Dossier) -> Edit:
    """What the commitment says now."""
    return Edit(
        title=dossier.original_title,
        nature=dossier.nature.code,
        theme=dossier.theme.code if dossier.theme else None,
        deadline_text=dossier.deadline_text,
        deadline_date=dossier.deadline_date,
        recurrence=dossier.recurrence,
        condition=dossier.condition,
        budget_text=dossier.budget_text,
        budget_cents=dossier.budget_cents,
        budget_certainty=dossier.budget_certainty,
        status_text=dossier.status_text,
        partners_text=dossier.partners_text,
    )


def _wanted(form: EditForm) -> Edit:
    """What the form says it should be; raises `BrokenRule` for an amount that is none."""

    def said(value: str | None) -> str | None:
        return (value or "").strip() or None

    lines = (form.partners_text.data or "").splitlines()
    return Edit(
        title=form.title.data or "",
        nature=form.nature.data,
        theme=said(form.theme.data),
        deadline_text=said(form.deadline_text.data),
        deadline_date=form.deadline_date.data,
        recurrence=said(form.recurrence.data),
        condition=said(form.condition.data),
        budget_text=said(form.budget_text.data),
        budget_cents=rules.read_euros(form.budget.data or "", "budget"),
        budget_certainty=said(form.budget_certainty.data),
        status_text=said(form.status_text.data),
        partners_text=tuple(line.strip() for line in lines if line.strip()),
    )


def _in_words(name: str, value: Any) -> str:
    """A value as a person compares it with another."""
    if value is None or value in ("", ()):
        return _("non renseigné")
    if name == "budget_cents":
        return f"{euros(value)} €"
    if isinstance(value, date):
        return str(format_date(value, "long"))
    if isinstance(value, tuple):
        return " · ".join(value)
    known: dict[str, Any] = {"nature": NATURES, "theme": THEMES, "budget_certainty": CERTAINTIES}
    return str(known[name][value].label) if name in known else str(value)


def _differences(form: EditForm, theirs: Edit, mine: Edit) -> list[tuple[str, str, str]]:
    """(field, what stands there now, what was typed) where the two are not the same."""
    return [
        (
            form[_FORM_FIELD.get(each.name, each.name)].label.text,
            _in_words(each.name, getattr(theirs, each.name)),
            _in_words(each.name, getattr(mine, each.name)),
        )
        for each in fields(Edit)
        if getattr(theirs, each.name) != getattr(mine, each.name)
    ]


def _version(form: EditForm | LinksForm) -> int:
    typed = form.version.data or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


@blueprint.route("/engagements/<int:commitment_id>/modifier", methods=["GET", "POST"])
@policy("commitment.edit")
@keeps_form
def edit(commitment_id: int) -> str | Response | tuple[str, int]:
    """The form of public fields. A change by somebody else meanwhile is shown beside what was typed."""
    language = current_language().tag
    dossier = reading.dossier(actor(), "commitment.edit", commitment_id, language)
    now = _current(dossier)
    form = EditForm(
        data={
            **{each.name: getattr(now, each.name) for each in fields(Edit)},
            "partners_text": "\n".join(now.partners_text),
            "budget": euros(now.budget_cents),
            "version": str(dossier.version),
        }
    )
    status, differences = 200, []
    if form.validate_on_submit():
        try:
            mine = _wanted(form)
            changed = operations.edit_commitment(
                actor(), commitment_id, mine, version=_version(form), reason=form.reason.data or ""
            )
        except EditConflict as conflict:
            status = conflict.status
            dossier = reading.dossier(actor(), "commitment.edit", commitment_id, language)
            differences = _differences(form, _current(dossier), mine)
            form.refuse(None, conflict.sentence)
            form.version.data = str(dossier.version)
        except DomainError as refused:
            if refused.status != 422:
                raise
            status = refused.status
            form.refuse(refused.field, refused.sentence)
        else:
            _say_saved(changed.version != dossier.version)
            return redirect(url_for("commitments_desk.show", commitment_id=commitment_id), 303)
    elif form.is_submitted():
        status = 422
    return render_template(
        "commitments/desk/edit.html", dossier=dossier, form=form, differences=differences
    ), status


def _say_saved(changed: bool) -> None:
    if changed:
        flash(_("C’est enregistré. L’ancien texte reste visible dans les versions."), "success")
    else:
        flash(_("Rien n’a changé : tout était déjà ainsi."), "info")


@blueprint.route("/engagements/<int:commitment_id>/liens", methods=["GET", "POST"])
@policy("commitment.edit")
@keeps_form
def links(commitment_id: int) -> str | Response | tuple[str, int]:
    """Who answers for it, with whom, and where."""
    language = current_language().tag
    dossier = reading.dossier(actor(), "commitment.edit", commitment_id, language)
    offered = reading.offered(dossier.contract_id)
    form = LinksForm(
        data={
            "holders": [each.id for each in dossier.holders],
            "partners": [each.id for each in dossier.partners],
            "quartiers": [each.id for each in dossier.quartiers],
            "version": str(dossier.version),
        }
    )
    form.holders.choices = listed(_chosen_first(offered.organisations, dossier.holders))
    form.partners.choices = listed(_chosen_first(offered.organisations, dossier.partners))
    form.quartiers.choices = listed(_chosen_first(offered.quartiers, dossier.quartiers))
    status = 200
    if form.validate_on_submit():
        try:
            changed = operations.set_links(
                actor(),
                commitment_id,
                version=_version(form),
                reason=form.reason.data or "",
                holders=form.holders.data or [],
                partners=form.partners.data or [],
                quartiers=form.quartiers.data or [],
            )
        except EditConflict as conflict:
            status = conflict.status
            dossier = reading.dossier(actor(), "commitment.edit", commitment_id, language)
            form.refuse(None, conflict.sentence)
            form.version.data = str(dossier.version)
        except DomainError as refused:
            if refused.status != 422:
                raise
            status = refused.status
            form.refuse(refused.field, refused.sentence)
        else:
            _say_saved(changed.version != dossier.version)
            return redirect(url_for("commitments_desk.show", commitment_id=commitment_id), 303)
    elif form.is_submitted():
        status = 422
    return render_template(
        "commitments/desk/links.html", dossier=dossier, form=form, conflict=status == 409
    ), status


def _chosen_first(
    every: Sequence[tuple[int, str]], chosen: Sequence[reading.Linked]
) -> list[tuple[int, str]]:
    """Those that stand there now first, retired ones included; then the others by name."""
    here = {each.id for each in chosen}
    return [*((each.id, each.name) for each in chosen), *(each for each in every if each[0] not in here)]


_KINDS: Final = {
    "title": _l("Titre"),
    "sentence": _l("Nouvelle du %(day)s"),
    "detail": _l("Texte plus long du %(day)s"),
    "caption": _l("Photo ou document du %(day)s"),
}


def _label(text: reading.ToTranslate) -> str:
    label = str(_KINDS[text.kind])
    return label % {"day": format_date(text.on, "long")} if text.on else label


@blueprint.route("/engagements/<int:commitment_id>/traductions", methods=["GET", "POST"])
@policy("commitment.translate")
@keeps_form
def translations(commitment_id: int) -> str | Response | tuple[str, int]:
    """All texts of a commitment beside their translation into one language."""
    languages: dict[str, Language] = {each.tag: each for each in other_languages()}  # type: ignore[attr-defined, misc]
    target = languages.get(request.args.get("langue", "")) or next(iter(languages.values()), None)
    if target is None:
        raise NotFound(_l("Ce site n’a qu’une langue : il n’y a rien à traduire."))
    dossier = reading.dossier(
        actor(), "commitment.translate", commitment_id, current_language().tag, target.tag
    )
    texts = [
        each
        for each in reading.texts(commitment_id, dossier.title_id, target.tag)
        if each.language != target.tag
    ]
    form: TranslationForm = translation_form(
        ((each.text_id, each.translated or "", _label(each), _height(each)) for each in texts), target
    )
    if request.method == "GET" and any(each.state == TranslationState.DRAFT for each in texts):
        form.state.data = TranslationState.DRAFT.value
    status = 200
    if form.validate_on_submit():
        typed = {each.text_id: form[f"text_{each.text_id}"].data or "" for each in texts}
        try:
            count = operations.translate_commitment(
                actor(), commitment_id, target.tag, typed, state=TranslationState(form.state.data)
            )
        except DomainError as refused:
            if refused.status != 422:
                raise
            status = refused.status
            form.refuse(refused.field, refused.sentence)
        else:
            flash(_("Les traductions sont enregistrées.") if count else _("Rien n’a changé : tout était déjà ainsi."),
                  "success" if count else "info")  # fmt: skip
            return redirect(
                url_for("commitments_desk.translations", commitment_id=commitment_id, langue=target.tag), 303
            )
    elif form.is_submitted():
        status = 422
    page = render_template(
        "commitments/desk/translations.html",
        dossier=dossier,
        form=form,
        texts=texts,
        target=target,
        languages_to=languages.values(),
    )
    return page, status


def _height(text: reading.ToTranslate) -> int:
    return min(12, max(2, len(text.original) // 50 + 1))


@blueprint.route("/engagements/<int:commitment_id>/indicateurs", methods=["GET", "POST"])
@policy("indicator.enter")
@keeps_form
def indicators(commitment_id: int) -> str | Response | tuple[str, int]:
    """What was measured, and a form for one more measure."""
    language = current_language().tag
    dossier = reading.dossier(actor(), "indicator.enter", commitment_id, language)
    gauges = reading.gauges(commitment_id, language)
    form = MeasureForm()
    form.indicator.choices = listed((each.id, each.name.text) for each in gauges)
    form.quartier.choices = listed(
        [("", _l("Partout")), *((each.id, each.name) for each in dossier.quartiers)]
    )
    status = 200
    if form.validate_on_submit() and form.measured_on.data:
        try:
            operations.enter_indicator_value(
                actor(),
                int(form.indicator.data),
                value=form.value.data or "",
                measured_on=form.measured_on.data,
                quartier_id=int(form.quartier.data) if form.quartier.data else None,
                source=form.source.data or "",
            )
        except DomainError as refused:
            if refused.status != 422:
                raise
            status = refused.status
            form.refuse(refused.field, refused.sentence)
        else:
            flash(_("La mesure est publiée."), "success")
            return redirect(url_for("commitments_desk.indicators", commitment_id=commitment_id), 303)
    elif form.is_submitted():
        status = 422
    return render_template(
        "commitments/desk/indicators.html", dossier=dossier, gauges=gauges, form=form
    ), status


@blueprint.post("/engagements/<int:commitment_id>/indicateurs/<int:value_id>/retirer")
@policy("indicator.enter")
def withdraw_value(commitment_id: int, value_id: int) -> Response:
    """Take a wrong figure off the public pages."""
    operations.withdraw_indicator_value(actor(), value_id)
    flash(_("La mesure est retirée des pages publiques."), "success")
    return redirect(url_for("commitments_desk.indicators", commitment_id=commitment_id), 303)
