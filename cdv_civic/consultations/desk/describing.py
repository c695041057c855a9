"""What a consultation says of itself, whom it asks, how it is counted: the forms, in the order of the list."""

from flask import render_template, request

from cdv_civic.consultations.desk.blueprint import (
    back_to,
    blueprint,
    consultation_at_desk,
    french_definition,
    open_to_change,
)
from cdv_civic.consultations.desk.drafts import SETTINGS
from cdv_civic.consultations.desk.forms.settings import (
    QuartiersForm,
    counting_form,
    publics_form,
    settings_form,
)
from cdv_civic.consultations.desk.parts import PART, shown_parts
from cdv_civic.consultations.operations.editing import counting as counting_operations
from cdv_civic.consultations.operations.editing import settings as operations
from cdv_civic.consultations.operations.editing.settings import TEXTS
from cdv_civic.consultations.queries.desk import crosses_of, publics_of, waves_before, whole_row
from cdv_civic.consultations.queries.desk_choices import quartier_choices
from cdv_civic.consultations.queries.preparation import prepared_of
from cdv_civic.consultations.rules.checklist import checklist
from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.drafts.forms import DraftUse, draft_of


@blueprint.route("/<slug>/reglages", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def settings(slug: str) -> Answer:
    """The form of what is declared: what answers can change, who decides, until when, how it is proved."""
    found = open_to_change(slug)
    row = whole_row(found.id)
    texts = dict(zip(TEXTS, texts_in_all(*(getattr(row, f"{field}_id") for field in TEXTS)), strict=True))
    form = settings_form(site_languages(), row, texts, waves_before(found, current_language().tag))
    draft = draft_of(form, SETTINGS, found.id)
    if draft.was_kept():
        return draft.to_list()
    status = submit(
        form,
        lambda: operations.change_settings(
            actor(), found.id, form.settings(), version=form.version.number, sent=draft.sent
        ),
    )
    if status is None:
        draft.forget_on_device()
        return back_to(slug, _("C’est enregistré."))
    lines = checklist(prepared_of(row, french_definition(found)), clock.now(), clock.zone())
    typed = form.is_submitted() or draft.use in (DraftUse.PUT_IN, DraftUse.COMPARED)
    page = render_template(
        "consultations/desk/settings.html",
        found=found,
        form=form,
        parts=shown_parts(form, lines, request.args.get(PART, ""), typed=typed),
        draft=draft,
        languages_to=site_languages(),
    )
    return page, status


@blueprint.route("/<slug>/quartiers", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def quartiers(slug: str) -> Answer:
    """Whose residents are asked."""
    found = open_to_change(slug)
    choices = quartier_choices(found)
    form = QuartiersForm(
        data={
            "version": str(found.version),
            "quartiers": [each.id for each in choices if each.chosen],
        }
    )
    form.quartiers.choices = [(each.id, each.name) for each in choices]
    status = submit(
        form,
        lambda: operations.choose_quartiers(
            actor(), found.id, form.quartiers.data or [], version=form.version.number
        ),
    )
    if status is None:
        return back_to(slug, _("C’est enregistré."))
    page = render_template("consultations/desk/quartiers.html", found=found, form=form, choices=choices)
    return page, status


@blueprint.route("/<slug>/publics", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def publics(slug: str) -> Answer:
    """Whom the organiser wants to reach, each with a way to them; nobody is asked who they are."""
    found = open_to_change(slug)
    row = whole_row(found.id)
    form = publics_form(
        site_languages(), publics_of(found.id), nobody=bool(row.reaches_nobody), version=row.version
    )
    status = submit(
        form,
        lambda: operations.name_publics(
            actor(),
            found.id,
            form.publics(),
            nobody=bool(form.nobody.data),
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to(slug, _("C’est enregistré."))
    page = render_template(
        "consultations/desk/publics.html", found=found, form=form, languages_to=site_languages()
    )
    return page, status


@blueprint.route("/<slug>/comptage", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def counting(slug: str) -> Answer:
    """Which questions are crossed, whether rows are open data, whether paper is entered twice."""
    found = consultation_at_desk(slug)
    if found.calendar.frozen_at is not None or found.calendar.withdrawn_at is not None:
        return back_to(slug)
    row = whole_row(found.id)
    questions = [(each.id, str(each.words)) for each in french_definition(found).crossable]
    form = counting_form(row, questions, crosses_of(found.id))
    status = submit(
        form,
        lambda: counting_operations.choose_counting(
            actor(),
            found.id,
            crosses=form.crosses(),
            open_rows=bool(form.open_rows.data),
            entered_twice=bool(form.entered_twice.data),
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to(slug, _("C’est enregistré."))
    page = render_template("consultations/desk/counting.html", found=found, form=form, questions=questions)
    return page, status
