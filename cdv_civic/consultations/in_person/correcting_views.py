"""The pages where what was entered in person is put right, or taken out."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from cdv_civic.consultations.in_person.blueprint import (
    consultation_of,
    desk,
    drawn_questions,
    is_open,
    reads_words,
    receive,
    require_own,
    workshop_of,
)
from cdv_civic.consultations.in_person.forms import (
    CorrectionForm,
    GroupCorrectionForm,
    StreetCorrectionForm,
    WorkshopCorrectionForm,
    correction_form,
)
from cdv_civic.consultations.in_person.operations import correcting, workshops
from cdv_civic.consultations.in_person.operations.entering import HeardAnswer
from cdv_civic.consultations.in_person.operations.workshops import NewWorkshop
from cdv_civic.consultations.in_person.queries import (
    EnteredConsultation,
    HeardAgain,
    heard_answer,
    street_answers_of,
)
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.wording import CHANNEL_WORDS


@desk.get("/rue")
@policy("consultation.enter")
def street_answers(slug: str) -> str:
    """What was written for people in the street: one's own, or all of it for the organiser; nothing that was said."""
    consultation = consultation_of(slug)
    reads = reads_words(consultation)
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = street_answers_of(consultation.id, None if reads else actor().actor_id, cursor)

    def url(**more: Any) -> str:
        return url_for("consultation_in_person.street_answers", slug=slug, **more)

    return render_template(
        "consultations/in_person/street_answers.html",
        consultation=consultation,
        rows=page.rows,
        channels=CHANNEL_WORDS,
        open=is_open(consultation),
        reads=reads,
        previous_url=url(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=url(apres=write_key(page.next_key)) if page.next_key else None,
    )


def _entered(consultation: EnteredConsultation, answer_id: int) -> HeardAgain:
    """What a group or somebody in the street said, for whoever may correct it; 404, `Forbidden` or `TakenOver`."""
    found = heard_answer(consultation.id, answer_id)
    if found is None:
        abort(404)
    row = db.session.get_one(Consultation, consultation.id)
    correcting.require_correctable(db.session(), actor(), row, found.row)
    return found


def _back(slug: str, found: HeardAgain) -> str:
    """The list in which an answer stands."""
    endpoint = "street_answers" if found.row.relayed else "show"
    return url_for(f"consultation_in_person.{endpoint}", slug=slug)


@desk.route("/reponses/<int:answer_id>", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def correct(slug: str, answer_id: int) -> Answer:
    """What a group or somebody in the street said, to be put right."""
    consultation = consultation_of(slug)
    found = _entered(consultation, answer_id)
    row, relayed, back = found.row, found.row.relayed, _back(slug, found)
    definition = definition_of(consultation.id, current_language().tag)
    data: dict[str, Any] = {"version": str(row.version), "quartier": str(row.quartier_id or "")}
    data |= {"channel": row.channel} if relayed else {"people": row.people, "said_on": row.received_on}
    form: CorrectionForm = correction_form(
        StreetCorrectionForm if relayed else GroupCorrectionForm,
        definition,
        consultation.quartiers,
        data,
        found.answers,
    )

    def act(heard: HeardAnswer) -> bool:
        version = form.version.number
        if isinstance(form, StreetCorrectionForm):
            channel = Channel(form.channel.data or "")
            correcting.correct_street(actor(), answer_id, heard, channel, version=version)
        else:
            people = form["people"].data or 0
            correcting.correct_group(actor(), answer_id, heard, people, version=version)
        return True

    status, done = receive(form, consultation, definition, act, found.lang)
    if done is not None:
        flash(_("La réponse est corrigée."), "success")
        return redirect(back, 303)
    page = render_template(
        "consultations/in_person/correct.html",
        consultation=consultation,
        form=form,
        questions=drawn_questions(form, definition),
        answer_id=answer_id,
        relayed=relayed,
        open=is_open(consultation),
        back_url=back,
    )
    return page, status


@desk.route("/reponses/<int:answer_id>/retirer", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def remove(slug: str, answer_id: int) -> Answer:
    """Ask, then take out what a group or somebody in the street said."""
    consultation = consultation_of(slug)
    found = _entered(consultation, answer_id)
    relayed, back = found.row.relayed, _back(slug, found)
    form = VersionForm(data={"version": str(found.row.version)})
    status = submit(
        form,
        lambda: correcting.remove_heard(actor(), consultation.id, answer_id, version=form.version.number),
    )
    if status is None:
        flash(_("La réponse est retirée."), "success")
        return redirect(back, 303)
    page = render_template(
        "consultations/in_person/remove.html",
        consultation=consultation,
        form=form,
        answer_id=answer_id,
        relayed=relayed,
    )
    return page, status


@desk.route("/ateliers/<int:workshop_id>/corriger", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def correct_workshop(slug: str, workshop_id: int) -> Answer:
    """When and where a workshop was, and how many came, to be put right."""
    consultation = consultation_of(slug)
    shown = workshop_of(consultation, workshop_id)
    require_own(consultation, shown.entered_by)
    form = WorkshopCorrectionForm(
        data={
            "version": str(shown.version),
            "held_on": shown.held_on,
            "place": shown.place,
            "present": shown.present,
        }
    )

    def act() -> None:
        new = NewWorkshop(
            consultation.id, "", form.held_on.data, form.place.data or "", form.present.data or 0
        )
        workshops.correct_workshop(actor(), workshop_id, new, version=form.version.number)

    status = submit(form, act)
    if status is None:
        flash(_("L’atelier est corrigé."), "success")
        return redirect(url_for("consultation_in_person.workshop", slug=slug, workshop_id=workshop_id), 303)
    page = render_template(
        "consultations/in_person/correct_workshop.html",
        consultation=consultation,
        workshop=shown,
        form=form,
        open=is_open(consultation),
    )
    return page, status


@desk.route("/ateliers/<int:workshop_id>/retirer", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def remove_workshop(slug: str, workshop_id: int) -> Answer:
    """Ask, then delete a workshop without tables."""
    consultation = consultation_of(slug)
    shown = workshop_of(consultation, workshop_id)
    require_own(consultation, shown.entered_by)
    form = VersionForm(data={"version": str(shown.version)})
    status = submit(
        form,
        lambda: workshops.remove_workshop(actor(), consultation.id, workshop_id, version=form.version.number),
    )
    if status is None:
        flash(_("L’atelier est retiré."), "success")
        return redirect(url_for("consultation_in_person.show", slug=slug), 303)
    page = render_template(
        "consultations/in_person/remove_workshop.html", consultation=consultation, workshop=shown, form=form
    )
    return page, status
