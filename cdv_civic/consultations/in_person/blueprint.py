"""The blueprints of what is entered in person, and what their pages share."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, abort
from markupsafe import Markup

from cdv_civic.consultations.engine.drawing import draw_question
from cdv_civic.consultations.engine.wording import asked_if, fault_said
from cdv_civic.consultations.in_person.forms import InPersonFields
from cdv_civic.consultations.in_person.operations.correcting import require_entered
from cdv_civic.consultations.in_person.operations.entering import HeardAnswer
from cdv_civic.consultations.in_person.queries import (
    EnteredConsultation,
    WorkshopLine,
    entered_consultation,
    workshops_of,
)
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.definition import Definition
from cdv_civic.consultations.rules.calendar import ENTER
from cdv_civic.consultations.rules.questions import NOTHING
from cdv_civic.consultations.rules.typed import fields_of, read_all
from cdv_civic.consultations.scopes import touched_by_answers, touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import only_language
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.model import Touched
from cdv_civic.core.web.desk import actor, desk_blueprint, keep_for_one_person, number_in

desk = desk_blueprint("consultation_in_person", __name__, "/consultations/<slug>/rencontres")
street = Blueprint("consultation_street", __name__, url_prefix="/<lang>/relais/consultations")
keep_for_one_person(street)
Done = TypeVar("Done")


def consultation_of(slug: str) -> EnteredConsultation:
    """The consultation of a page, once whoever asks may enter answers; 404 where there is none, or `Forbidden`."""
    found = entered_consultation(slug, current_language().tag)
    if found is None:
        abort(404)
    row = db.session.get_one(Consultation, found.id)
    require(actor(), "consultation.enter", touched_by_answers(db.session(), row))
    return found


def reads_words(consultation: EnteredConsultation) -> bool:
    """Whether whoever asks is the organiser, who reads all words and corrects what others entered; 4 statements."""
    return may(actor(), "consultation.words", touched(consultation))


def touched(consultation: EnteredConsultation) -> Touched:
    """What acts of the organiser touch; 3 statements at most."""
    return touched_consultation(db.session(), db.session.get_one(Consultation, consultation.id))


def workshop_of(consultation: EnteredConsultation, workshop_id: int) -> WorkshopLine:
    """A workshop of a consultation; 404 where there is none."""
    found = next((each for each in workshops_of(consultation.id) if each.id == workshop_id), None)
    return found or abort(404)


def require_own(consultation: EnteredConsultation, entered_by: int | None) -> None:
    """Raise `EnteredByAnother` unless whoever asks entered it, or is the organiser."""
    row = db.session.get_one(Consultation, consultation.id)
    require_entered(db.session(), actor(), row, entered_by)


def is_open(consultation: EnteredConsultation) -> bool:
    """Whether answers are entered now."""
    return consultation.calendar.allows(ENTER, clock.now())


def drawn_questions(form: InPersonFields, definition: Definition) -> list[Markup]:
    """All questions on one page, with what was typed and what is wrong with it."""
    return [
        draw_question(
            step,
            question,
            form.typed,
            next(iter(form[next(fields_of(question.rule))].errors), None),
            asked_if=asked_if(definition, question),
        )
        for step in definition.steps
        for question in step.questions
    ]


def receive(
    form: InPersonFields,
    consultation: EnteredConsultation,
    definition: Definition,
    act: Callable[[HeardAnswer], Done],
    lang: str = "",
) -> tuple[int, Done | None]:
    """Do what a form with questions asks, once each of them is answered as it may be; as `submit_for`.

    `lang`: of the words; empty: of the page.
    """
    answers, faults = read_all(definition.rules, form.typed)
    if form.is_submitted() and faults and not only_language():
        form.validate()
        by_id = {question.id: question for question in definition.questions}
        for number, fault in faults.items():
            form.find_fault(by_id[number], fault_said(by_id[number], fault, answers.get(number, NOTHING)))
        return 422, None
    heard = HeardAnswer(
        consultation.id,
        answers,
        str(form["client_key"].data or "") if "client_key" in form else "",
        lang or current_language().tag,
        quartier_id=number_in(form.quartier.data),
        said_on=form.said_on.data if "said_on" in form else None,
    )
    return submit_for(form, lambda: act(heard))
