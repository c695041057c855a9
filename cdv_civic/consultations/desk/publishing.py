"""Open a consultation, take it back, prolong it, withdraw it, delete a draft."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.consultations.desk.blueprint import (
    ask_to_delete,
    back_to,
    blueprint,
    consultation_at_desk,
    french_definition,
)
from cdv_civic.consultations.desk.forms.changing import prolong_form, reason_form
from cdv_civic.consultations.desk.forms.settings import calendar_data, closes_at
from cdv_civic.consultations.desk.parts import page_of
from cdv_civic.consultations.desk.wording import LACKS, PLACES
from cdv_civic.consultations.operations.editing import publishing as operations
from cdv_civic.consultations.operations.editing.publishing import PROLONGED
from cdv_civic.consultations.queries.desk import is_answered, is_printed, whole_row
from cdv_civic.consultations.queries.preparation import prepared_of
from cdv_civic.consultations.recordings.queries import voices_of
from cdv_civic.consultations.rules.checklist import checklist
from cdv_civic.consultations.wording import moment_text
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor


@blueprint.route("/<slug>/publier", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def publish(slug: str) -> Answer:
    """Ask first, then make it public; it opens by itself."""
    found = consultation_at_desk(slug)
    if found.calendar.published_at is not None:
        return back_to(slug)
    row = whole_row(found.id)
    prepared = prepared_of(row, french_definition(found))
    lines = checklist(prepared, clock.now(), clock.zone())
    form = VersionForm(data={"version": str(found.version)})
    status = submit(form, lambda: operations.publish(actor(), found.id, version=form.version.number))
    if status is None:
        opened = row.opens_at is not None and row.opens_at <= clock.now()
        said = (
            _("La consultation est publiée et ouverte.")
            if opened
            else _("La consultation est publiée. Elle ouvrira toute seule.")
        )
        return back_to(slug, said)
    page = render_template(
        "consultations/desk/publish.html",
        found=found,
        form=form,
        row=row,
        missing=[
            (PLACES[line.item].label, LACKS[line.lack], page_of(line.item, slug))
            for line in lines
            if line.stops and line.lack
        ],
        untranslated=[
            (each, prepared.untranslated[each.tag])
            for each in site_languages()
            if prepared.untranslated.get(each.tag)
        ],
        now=clock.now(),
        moment_text=moment_text,
    )
    return page, status


@blueprint.route("/<slug>/reprendre", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def take_back(slug: str) -> Answer:
    """Ask first, then prepare it again, as long as nobody has answered."""
    found = consultation_at_desk(slug)
    if found.calendar.published_at is None or found.calendar.withdrawn_at is not None:
        return back_to(slug)
    form = VersionForm(data={"version": str(found.version)})
    status = submit(form, lambda: operations.take_back(actor(), found.id, version=form.version.number))
    if status is None:
        return back_to(
            slug,
            _("La consultation est de nouveau en préparation. Personne d’autre que l’équipe ne la voit."),
        )
    page = render_template(
        "consultations/desk/take_back.html",
        found=found,
        form=form,
        answered=is_answered(found.id),
        printed=is_printed(found.id),
    )
    return page, status


@blueprint.route("/<slug>/prolonger", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def prolong(slug: str) -> Answer:
    """Until when it stays open, and why, as residents read it."""
    found = consultation_at_desk(slug)
    if found.calendar.stage_at(clock.now()) not in PROLONGED:
        return back_to(slug)
    row = whole_row(found.id)
    known = calendar_data(row)
    names = ("closes_day", "closes_time", "paper_day", "due_day")
    form = prolong_form(
        site_languages(), {"version": str(found.version), **{name: known[name] for name in names}}
    )

    def act() -> None:
        closes = closes_at(form.closes_day.data, form.closes_time.data)
        due = form.due_day.data
        if closes is None or due is None:
            raise DomainError(_l("Écrivez la date, par exemple 31/12/2026."), field="closes_day")
        operations.prolong(
            actor(),
            found.id,
            closes_at=closes,
            paper_until=closes_at(form.paper_day.data, None),
            answer_due_on=due,
            reason=texts_of(form, "reason"),
            version=form.version.number,
        )

    status = submit(form, act)
    if status is None:
        return back_to(slug, _("La consultation est prolongée. La raison est publique."))
    page = render_template(
        "consultations/desk/prolong.html",
        found=found,
        form=form,
        row=row,
        languages_to=site_languages(),
        moment_text=moment_text,
    )
    return page, status


@blueprint.route("/<slug>/retirer", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def withdraw(slug: str) -> Answer:
    """Ask why, then take it back."""
    found = consultation_at_desk(slug)
    if found.calendar.published_at is None or found.calendar.withdrawn_at is not None:
        return back_to(slug)
    form = reason_form(site_languages(), version=found.version)
    status = submit(
        form,
        lambda: operations.withdraw(actor(), found.id, texts_of(form, "reason"), version=form.version.number),
    )
    if status is None:
        return back_to(slug, _("La consultation est retirée. Son titre reste visible, avec votre raison."))
    page = render_template(
        "consultations/desk/withdraw.html",
        found=found,
        form=form,
        languages_to=site_languages(),
        voices=bool(voices_of(found.id)),
    )
    return page, status


@blueprint.route("/<slug>/effacer", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def discard(slug: str) -> Answer:
    """Ask first, then delete a consultation that is not public."""
    found = consultation_at_desk(slug)
    if found.calendar.published_at is not None:
        return back_to(slug)
    return ask_to_delete(
        found,
        lambda version: operations.discard(actor(), found.id, version=version),
        _to_list,
        title=_("Effacer cette consultation\u00a0?"),
        button=_("Effacer la consultation"),
        back=url_for("consultations_desk.show", slug=slug),
        lost=[str(each.words) for each in french_definition(found).questions],
    )


def _to_list() -> AnyResponse:
    flash(_("La consultation est effacée."), "success")
    return redirect(url_for("consultations_desk.index"), 303)
