"""The pages of whoever types in what people say: a relais in the street; groups and workshops at the desk."""

from typing import Any, TypeVar

from flask import Response, abort, flash, redirect, render_template, request, url_for

from cdv_civic.accounts.consents import ANSWER_SENTENCES, FORMS
from cdv_civic.consultations.in_person.blueprint import (
    consultation_of,
    desk,
    drawn_questions,
    is_open,
    reads_words,
    receive,
    require_own,
    street,
    touched,
    workshop_of,
)
from cdv_civic.consultations.in_person.forms import (
    GroupForm,
    InPersonFields,
    StreetForm,
    WorkshopForm,
    WorkshopTableForm,
    heard_form,
)
from cdv_civic.consultations.in_person.operations import entering, workshops
from cdv_civic.consultations.in_person.operations.entering import HeardAnswer
from cdv_civic.consultations.in_person.operations.workshops import NewWorkshop
from cdv_civic.consultations.in_person.queries import (
    EnteredConsultation,
    entered_consultation,
    entered_in_person,
    groups_of,
    offered_to,
    sheet_of_table,
    tables_of,
    workshops_of,
)
from cdv_civic.consultations.operations.keeping import KeptAnswer
from cdv_civic.consultations.queries.definition import Definition, definition_of
from cdv_civic.core import clock
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import answer_with
from cdv_civic.core.uploads.stored_files import DOCUMENT
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.core.web.request_limits import takes
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.receipts import written

Form = TypeVar("Form", bound=InPersonFields)


def _form(form: type[Form], consultation: EnteredConsultation, **data: Any) -> tuple[Form, Definition]:
    definition = definition_of(consultation.id, current_language().tag)
    return heard_form(form, definition, consultation.quartiers, data), definition


@street.get("")
@policy("consultation.enter")
def start() -> str:
    """The consultations that are open within the reach of the relais."""
    return render_template(
        "consultations/in_person/start.html", offered=offered_to(actor(), current_language().tag)
    )


@street.get("/<slug>")
@policy("consultation.enter")
def consent(slug: str) -> str:
    """What is read aloud before the first question. Languages change by the links of the page's head."""
    consultation = consultation_of(slug)
    return render_template(
        "consultations/in_person/consent.html",
        consultation=consultation,
        sentences=ANSWER_SENTENCES,
        open=is_open(consultation),
    )


@street.route("/<slug>/ecrire", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def write(slug: str) -> Answer:
    """The person's own answers. The receipt answers the POST itself, to be handed over."""
    consultation = consultation_of(slug)
    agreed = request.args.get("accord", "")
    form, definition = _form(
        StreetForm,
        consultation,
        channel=Channel.STREET.value,
        consent=agreed if agreed in FORMS else "",
        read_in=current_language().tag,
    )
    if not form.is_submitted() and not form.consent.data:
        return redirect(url_for("consultation_street.consent", slug=slug))
    tags = {each.tag for each in site_languages()}

    def act(heard: HeardAnswer) -> KeptAnswer:
        read_in = str(form.read_in.data) if form.read_in.data in tags else current_language().tag
        return entering.assist(
            actor(), heard, Channel(form.channel.data or ""), form=form.consent.data or "", read_in=read_in
        )

    status, kept = receive(form, consultation, definition, act)
    if kept is not None:
        return render_template(
            "consultations/in_person/done.html",
            consultation=consultation,
            receipt=written(kept.receipt) if kept.receipt else None,
        )
    page = render_template(
        "consultations/in_person/write.html",
        consultation=consultation,
        form=form,
        questions=drawn_questions(form, definition),
    )
    return page, status


@desk.get("")
@policy("consultation.enter")
def show(slug: str) -> str:
    """What was entered in person: workshops, groups, and the way to the street."""
    consultation = consultation_of(slug)
    return render_template(
        "consultations/in_person/show.html",
        consultation=consultation,
        open=is_open(consultation),
        workshops=workshops_of(consultation.id),
        groups=groups_of(consultation.id),
        entered=entered_in_person(consultation.id),
        reads=reads_words(consultation),
        mine=actor().actor_id,
        at_desk=may(actor(), "consultation.read", touched(consultation)),
    )


@desk.route("/groupe", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def group(slug: str) -> Answer:
    """What a group says with one voice."""
    consultation = consultation_of(slug)
    form, definition = _form(GroupForm, consultation, said_on=clock.today())
    status, kept = receive(
        form,
        consultation,
        definition,
        lambda heard: entering.enter_group(actor(), heard, form.people.data or 0),
    )
    if kept is not None:
        flash(_("La réponse du groupe est enregistrée."), "success")
        return redirect(url_for("consultation_in_person.show", slug=slug))
    page = render_template(
        "consultations/in_person/group.html",
        consultation=consultation,
        form=form,
        questions=drawn_questions(form, definition),
    )
    return page, status


@desk.route("/atelier", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def new_workshop(slug: str) -> Answer:
    """Note a workshop; its tables come next."""
    consultation = consultation_of(slug)
    form = WorkshopForm(data={"held_on": clock.today()})
    status, workshop_id = submit_for(
        form,
        lambda: workshops.note_workshop(
            actor(),
            NewWorkshop(
                consultation.id,
                form.client_key.data or "",
                form.held_on.data,
                form.place.data or "",
                form.present.data or 0,
            ),
        ),
    )
    if workshop_id is not None:
        flash(_("L’atelier est noté. Écrivez maintenant ce que chaque table a dit."), "success")
        return redirect(url_for("consultation_in_person.workshop", slug=slug, workshop_id=workshop_id))
    return (
        render_template("consultations/in_person/new_workshop.html", consultation=consultation, form=form),
        status,
    )


@desk.get("/ateliers/<int:workshop_id>")
@policy("consultation.enter")
def workshop(slug: str, workshop_id: int) -> str:
    """A workshop and its tables."""
    consultation = consultation_of(slug)
    return render_template(
        "consultations/in_person/workshop.html",
        consultation=consultation,
        workshop=workshop_of(consultation, workshop_id),
        tables=tables_of(workshop_id),
        open=is_open(consultation),
        reads=reads_words(consultation),
        mine=actor().actor_id,
    )


@desk.get("/ateliers/<int:workshop_id>/tables/<int:number>/feuille")
@policy("consultation.words")
def table_sheet(slug: str, workshop_id: int, number: int) -> Response:
    """The sheet of a table, for whoever reads all words; no cache keeps it."""
    consultation = entered_consultation(slug, current_language().tag)
    if consultation is None:
        abort(404)
    require(actor(), "consultation.words", touched(consultation))
    row = sheet_of_table(consultation.id, workshop_id, number)
    if row is None:
        abort(404)
    return answer_with(row, "grande" if row.kind == "photo" else DOCUMENT, f"table-{number}.pdf")


@desk.route("/ateliers/<int:workshop_id>/table", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
@takes(megabytes_of_files=30)
def table(slug: str, workshop_id: int) -> Answer:
    """What a table said, then the next one."""
    consultation = consultation_of(slug)
    shown = workshop_of(consultation, workshop_id)
    form, definition = _form(WorkshopTableForm, consultation, number=shown.tables + 1)

    def act(heard: HeardAnswer) -> KeptAnswer:
        return workshops.enter_table(
            actor(),
            workshop_id,
            heard,
            number=form.number.data or 0,
            people=form.people.data or 0,
            sheet=form.sheet.upload,
        )

    status, kept = receive(form, consultation, definition, act)
    if kept is not None:
        flash(_("La table %(number)s est enregistrée.", number=form.number.data), "success")
        return redirect(url_for("consultation_in_person.workshop", slug=slug, workshop_id=workshop_id))
    page = render_template(
        "consultations/in_person/table.html",
        consultation=consultation,
        workshop=shown,
        form=form,
        questions=drawn_questions(form, definition),
    )
    return page, status


@desk.route("/ateliers/<int:workshop_id>/tables/<int:number>/retirer", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def remove_table(slug: str, workshop_id: int, number: int) -> Answer:
    """Ask, then take a table out again."""
    consultation = consultation_of(slug)
    shown = workshop_of(consultation, workshop_id)
    line = next((each for each in tables_of(workshop_id) if each.number == number), None)
    if line is None:
        abort(404)
    require_own(consultation, line.entered_by)
    form = ButtonForm()
    status = submit(form, lambda: workshops.remove_table(actor(), workshop_id, consultation.id, number))
    if status is None:
        flash(_("La table %(number)s est retirée.", number=number), "success")
        return redirect(url_for("consultation_in_person.workshop", slug=slug, workshop_id=workshop_id))
    page = render_template(
        "consultations/in_person/remove_table.html",
        consultation=consultation,
        workshop=shown,
        table=line,
        form=form,
    )
    return page, status
