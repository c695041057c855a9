"""What a question offers: its options, taken from the contract or typed, with their pictures."""

from typing import Any

from flask import abort, render_template, request, url_for

from cdv_civic.consultations.desk.blueprint import (
    ask_to_delete,
    back_to,
    blueprint,
    consultation_at_desk,
    french_definition,
    goes_up,
    open_to_change,
    pressed,
    question_in,
)
from cdv_civic.consultations.desk.forms.asking import (
    BEST_FIRST,
    FromContractForm,
    OptionsForm,
    option_form,
)
from cdv_civic.consultations.models import ConsultationOption
from cdv_civic.consultations.operations.editing import options as option_operations
from cdv_civic.consultations.operations.editing.options import option_version, read_options
from cdv_civic.consultations.queries.definition import Definition, ShownOption, ShownQuestion
from cdv_civic.consultations.queries.desk_choices import axis_choices
from cdv_civic.consultations.queries.options_of_contract import commitments_named
from cdv_civic.consultations.rules.questions import WITH_OPTIONS, QuestionKind
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.core.web.request_limits import takes
from cdv_civic.core.web.search import typed_search

_OPTIONS = "consultations_desk.options"


@blueprint.route("/<slug>/questions/<int:question_id>/reponses", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def options(slug: str, question_id: int) -> Answer:
    """What a question offers, and more of it, one a line."""
    found = open_to_change(slug)
    question = _with_options(question_in(french_definition(found), question_id))
    form = OptionsForm(data={"version": str(found.version)})
    status, added = submit_for(
        form,
        lambda: option_operations.add_options(
            actor(),
            found.id,
            question_id,
            read_options(form.options.data or "", len(question.options)),
            version=form.version.number,
        ),
    )
    if added is not None:
        return _added(slug, question_id, added)
    page = render_template(
        "consultations/desk/options.html",
        found=found,
        form=form,
        question=question,
        best_first=BEST_FIRST if question.kind is QuestionKind.SCALE else None,
    )
    return page, status


def _added(slug: str, question_id: int, count: int) -> Answer:
    said = ngettext("%(num)s réponse ajoutée.", "%(num)s réponses ajoutées.", count)
    return back_to(slug, said, endpoint=_OPTIONS, question_id=question_id)


def _with_options(question: ShownQuestion) -> ShownQuestion:
    return question if question.kind in WITH_OPTIONS else abort(404)


@blueprint.route("/<slug>/questions/<int:question_id>/contrat", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def from_contract(slug: str, question_id: int) -> Answer:
    """Axes and commitments of the contract to choose from; `?q=` looks for commitments."""
    found = open_to_change(slug)
    question = _with_options(question_in(french_definition(found), question_id))
    typed = typed_search(request.args)
    language = current_language().tag
    form = FromContractForm(data={"version": str(found.version), "axes": [], "commitments": []})
    status, added = submit_for(
        form,
        lambda: option_operations.take_from_contract(
            actor(),
            found.id,
            question_id,
            axes=form.axes.data or (),
            commitments=form.commitments.data or (),
            version=form.version.number,
        ),
    )
    if added is not None:
        return _added(slug, question_id, added)
    page = render_template(
        "consultations/desk/from_contract.html",
        found=found,
        form=form,
        question=question,
        axes=axis_choices(found.contract_id, language),
        there={option.axis_id for option in question.options if option.axis_id},
        commitments=commitments_named(found.contract_id, typed, language) if typed else (),
        q=typed,
    )
    return page, status


def _option_at_desk(definition: Definition, option_id: int) -> tuple[ShownQuestion, ShownOption]:
    """An option and its question; 404 where there is none."""
    found = (
        (question, option)
        for question in definition.questions
        for option in question.options
        if option.id == option_id
    )
    return next(found, None) or abort(404)


@blueprint.route("/<slug>/reponses/<int:option_id>", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
@takes(megabytes_of_files=20)
def change_option(slug: str, option_id: int) -> Answer:
    """The words of an option in each language, and its picture."""
    found = open_to_change(slug)
    question, option = _option_at_desk(french_definition(found), option_id)
    row = db.session.get_one(ConsultationOption, option_id)
    text, shows = texts_in_all(row.text_id, row.picture_words_id)
    form: Any = option_form(
        site_languages(),
        version=option_version(row),
        text=text,
        picture_words=shows,
        of_contract=bool(row.axis_id or row.commitment_id),
        has_picture=row.picture_id is not None,
    )
    status = submit(
        form,
        lambda: option_operations.change_option(
            actor(),
            found.id,
            option_id,
            texts_of(form, "text"),
            picture=form["picture"].upload,
            picture_words=texts_of(form, "picture_words"),
            remove_picture="remove_picture" in form and bool(form["remove_picture"].data),
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to(slug, _("C’est enregistré."), endpoint=_OPTIONS, question_id=question.id)
    page = render_template(
        "consultations/desk/option.html",
        found=found,
        form=form,
        question=question,
        option=option,
        languages_to=site_languages(),
    )
    return page, status


@blueprint.post("/<slug>/reponses/<int:option_id>/<direction>")
@policy("consultation.edit")
def move_option(slug: str, option_id: int, direction: str) -> Answer:
    """An option one place up or down."""
    found = consultation_at_desk(slug)
    question, _option = _option_at_desk(french_definition(found), option_id)
    return pressed(
        slug,
        lambda: option_operations.move_option(actor(), found.id, option_id, up=goes_up(direction)),
        _("La réponse est déplacée."),
        _OPTIONS,
        question_id=question.id,
    )


@blueprint.route("/<slug>/reponses/<int:option_id>/effacer", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def delete_option(slug: str, option_id: int) -> Answer:
    """Ask first, then delete an option."""
    found = open_to_change(slug)
    question, option = _option_at_desk(french_definition(found), option_id)
    return ask_to_delete(
        found,
        lambda version: option_operations.delete_option(actor(), found.id, option_id, version=version),
        lambda: back_to(slug, _("La réponse est effacée."), endpoint=_OPTIONS, question_id=question.id),
        title=_("Effacer cette réponse\u00a0?"),
        button=_("Effacer la réponse"),
        back=url_for(_OPTIONS, slug=slug, question_id=question.id),
        lost=[str(option.words)],
    )
