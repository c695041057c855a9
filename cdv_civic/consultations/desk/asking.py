"""What a consultation asks: its steps, their questions, what these offer."""

from flask import abort, render_template, url_for

from cdv_civic.consultations.desk.blueprint import (
    READ,
    ask_to_delete,
    back_to,
    blueprint,
    consultation_at_desk,
    fixed_by,
    french_definition,
    goes_up,
    may_edit,
    open_to_change,
    pressed,
    question_in,
    step_in,
)
from cdv_civic.consultations.desk.forms.asking import (
    question_form,
    step_form,
)
from cdv_civic.consultations.desk.wording import QUESTIONS
from cdv_civic.consultations.engine.kinds import step_kinds
from cdv_civic.consultations.engine.wording import asked_if
from cdv_civic.consultations.models import ConsultationQuestion, ConsultationStep
from cdv_civic.consultations.operations.editing import questions as question_operations
from cdv_civic.consultations.operations.editing import steps as step_operations
from cdv_civic.consultations.operations.editing.holding import AlreadyAnswered
from cdv_civic.consultations.operations.editing.options import read_options
from cdv_civic.consultations.operations.editing.questions import question_version
from cdv_civic.consultations.queries.definition import Definition
from cdv_civic.consultations.rules.conditions import LOOKED_AT, may_look_at
from cdv_civic.consultations.rules.questions import WITH_OPTIONS, QuestionKind
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.forms.texts import text_data, texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor

_HERE = "consultations_desk.questions"


@blueprint.get("/<slug>/questions")
@policy("consultation.read")
def questions(slug: str) -> str:
    """All that it asks, step by step, with the buttons that move and change it."""
    found = consultation_at_desk(slug, READ)
    definition = french_definition(found)
    fixed = fixed_by(found)
    return render_template(
        "consultations/desk/questions.html",
        found=found,
        definition=definition,
        kinds=QUESTIONS,
        step_kinds=step_kinds(),
        with_options=WITH_OPTIONS,
        asked_if=lambda question: asked_if(definition, question),
        answered=isinstance(fixed, AlreadyAnswered),
        may_edit=may_edit(found),
        edit=may_edit(found) and fixed is None and found.calendar.withdrawn_at is None,
    )


@blueprint.route("/<slug>/etapes/nouvelle", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def add_step(slug: str) -> Answer:
    """One more step."""
    found = open_to_change(slug)
    form = step_form(site_languages(), version=found.version, new=True)
    status, made = submit_for(
        form,
        lambda: step_operations.add_step(
            actor(),
            found.id,
            form["kind"].data,
            texts_of(form, "title"),
            texts_of(form, "intro"),
            version=form.version.number,
        ),
    )
    if made is not None:
        kind = step_kinds()[form["kind"].data]
        if not kind.takes and kind.settings_endpoint is not None:
            return back_to(slug, _("L’étape est ajoutée."), endpoint=kind.settings_endpoint, step_id=made)
        return back_to(
            slug,
            _("L’étape est ajoutée. Posez maintenant sa première question."),
            endpoint="consultations_desk.add_question",
            step_id=made,
        )
    page = render_template(
        "consultations/desk/step.html", found=found, form=form, step=None, languages_to=site_languages()
    )
    return page, status


@blueprint.route("/<slug>/etapes/<int:step_id>", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def change_step(slug: str, step_id: int) -> Answer:
    """The words of a step."""
    found = open_to_change(slug)
    row = db.session.get(ConsultationStep, step_id)
    if row is None or row.consultation_id != found.id:
        abort(404)
    title, intro = texts_in_all(row.title_id, row.intro_id)
    form = step_form(site_languages(), version=found.version, title=title, intro=intro)
    status = submit(
        form,
        lambda: step_operations.change_step(
            actor(),
            found.id,
            step_id,
            texts_of(form, "title"),
            texts_of(form, "intro"),
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to(slug, _("C’est enregistré."), endpoint=_HERE)
    page = render_template(
        "consultations/desk/step.html", found=found, form=form, step=row, languages_to=site_languages()
    )
    return page, status


@blueprint.post("/<slug>/etapes/<int:step_id>/<direction>")
@policy("consultation.edit")
def move_step(slug: str, step_id: int, direction: str) -> Answer:
    """A step one place up or down."""
    found = consultation_at_desk(slug)
    return pressed(
        slug,
        lambda: step_operations.move_step(actor(), found.id, step_id, up=goes_up(direction)),
        _("L’étape est déplacée."),
        _HERE,
        _anchor=f"etape-{step_id}",
    )


@blueprint.route("/<slug>/etapes/<int:step_id>/effacer", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def delete_step(slug: str, step_id: int) -> Answer:
    """Ask first, then delete a step with its questions."""
    found = open_to_change(slug)
    step = step_in(french_definition(found), step_id)
    return ask_to_delete(
        found,
        lambda version: step_operations.delete_step(actor(), found.id, step_id, version=version),
        lambda: back_to(slug, _("L’étape est effacée."), endpoint=_HERE),
        title=_("Effacer cette étape\u00a0?"),
        button=_("Effacer l’étape"),
        back=url_for(_HERE, slug=slug),
        lost=[str(each.words) for each in step.questions],
    )


def _conditions(definition: Definition, question_id: int | None) -> list[tuple[int, str]]:
    """What a condition can look at, in words: the options of earlier choices."""
    if question_id is None:
        allowed = {option for each in definition.rules if each.kind in LOOKED_AT for option in each.options}
    else:
        allowed = set(may_look_at(definition.rules, question_id))
    return [
        (
            option.id,
            _(
                "«\u00a0%(question)s\u00a0»\u00a0: %(answer)s",
                question=_shortened(str(question.words)),
                answer=_shortened(str(option.words)),
            ),
        )
        for question in definition.questions
        for option in question.offered
        if option.id in allowed
    ]


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


@blueprint.route("/<slug>/etapes/<int:step_id>/questions/nouvelle", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def add_question(slug: str, step_id: int) -> Answer:
    """One more question at the end of a step."""
    found = open_to_change(slug)
    definition = french_definition(found)
    step = step_in(definition, step_id)
    upto = [each for each in definition.steps if each.position <= step.position]
    before = Definition(tuple(upto))
    takes = step_kinds()[step.kind].takes
    form = question_form(
        site_languages(),
        {"version": str(found.version)},
        conditions=_conditions(before, None),
        takes=takes,
    )

    def act() -> int:
        kind = QuestionKind(form["kind"].data)
        options = read_options(form["options"].data or "") if kind in WITH_OPTIONS else []
        return question_operations.add_question(
            actor(), found.id, step_id, form.question(kind, options), version=form.version.number
        )

    status, made = submit_for(form, act)
    if made is not None:
        return back_to(slug, _("La question est ajoutée."), endpoint=_HERE, _anchor=f"question-{made}")
    page = render_template(
        "consultations/desk/question.html",
        found=found,
        form=form,
        question=None,
        kind=takes[0] if len(takes) == 1 else None,
        languages_to=site_languages(),
    )
    return page, status


@blueprint.route("/<slug>/questions/<int:question_id>", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def change_question(slug: str, question_id: int) -> Answer:
    """The words and bounds of a question, and to whom it is asked."""
    found = open_to_change(slug)
    definition = french_definition(found)
    shown = question_in(definition, question_id)
    row = db.session.get_one(ConsultationQuestion, question_id)
    text, hint, easy = texts_in_all(row.text_id, row.hint_id, row.easy_id)
    form = question_form(
        site_languages(),
        {
            "version": str(question_version(row, shown.rule.condition)),
            "required": row.required,
            "may_publish": row.may_publish,
            "least": row.least,
            "most": row.most,
            "lowest": row.lowest,
            "highest": row.highest,
            "classes": ", ".join(map(str, row.classes or ())),
            "condition": str(shown.rule.condition or ""),
            **text_data("text", text),
            **text_data("hint", hint),
            **text_data("easy", easy),
        },
        conditions=_conditions(definition, question_id),
    )
    status = submit(
        form,
        lambda: question_operations.change_question(
            actor(), found.id, question_id, form.question(shown.kind), version=form.version.number
        ),
    )
    if status is None:
        return back_to(slug, _("C’est enregistré."), endpoint=_HERE, _anchor=f"question-{question_id}")
    page = render_template(
        "consultations/desk/question.html",
        found=found,
        form=form,
        question=shown,
        kind=shown.kind,
        languages_to=site_languages(),
    )
    return page, status


@blueprint.post("/<slug>/questions/<int:question_id>/<direction>")
@policy("consultation.edit")
def move_question(slug: str, question_id: int, direction: str) -> Answer:
    """A question one place up or down within its step."""
    found = consultation_at_desk(slug)
    return pressed(
        slug,
        lambda: question_operations.move_question(actor(), found.id, question_id, up=goes_up(direction)),
        _("La question est déplacée."),
        _HERE,
        _anchor=f"question-{question_id}",
    )


@blueprint.route("/<slug>/questions/<int:question_id>/effacer", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def delete_question(slug: str, question_id: int) -> Answer:
    """Ask first, then delete a question with what it offers."""
    found = open_to_change(slug)
    question = question_in(french_definition(found), question_id)
    return ask_to_delete(
        found,
        lambda version: question_operations.delete_question(actor(), found.id, question_id, version=version),
        lambda: back_to(slug, _("La question est effacée."), endpoint=_HERE),
        title=_("Effacer cette question\u00a0?"),
        button=_("Effacer la question"),
        back=url_for(_HERE, slug=slug),
        lost=[str(question.words), *(str(each.words) for each in question.options)],
    )
