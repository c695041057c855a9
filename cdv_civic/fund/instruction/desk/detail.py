"""One project on one page: what it says, its money, its files, what the rules say of it, and what can be done now."""

from collections.abc import Callable, Mapping
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import answer_with, weight_text
from cdv_civic.core.uploads.stored_files import PHOTO_SIZES
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.fund.instruction.desk.act_forms import ActForm, form_of
from cdv_civic.fund.instruction.desk.blueprint import (
    ProjectHere,
    allowed_round,
    blueprint,
    filters_here,
    kept,
    list_url,
    project_here,
    project_url,
)
from cdv_civic.fund.instruction.operations import deciding, keeping
from cdv_civic.fund.instruction.queries.detail import file_of_project, photo_of_project
from cdv_civic.fund.instruction.queries.listed import ProjectFilters, neighbours
from cdv_civic.fund.instruction.queries.rounds import asked_bodies
from cdv_civic.fund.instruction.rules import AWAITS_RETURN, BUTTONS, InstructionAct, acts_on
from cdv_civic.fund.instruction.wording import ACTS, BUDGET_FAULTS, STANCES, breach_sentences
from cdv_civic.fund.project_words import CARRIERS, STATES, cents_text, purpose_words
from cdv_civic.fund.rules.files import ProjectFileKind
from cdv_civic.participation.wording import CHANNEL_WORDS

#: What is told once an act is done.
_DONE: Final[Mapping[InstructionAct, LazyString]] = {
    InstructionAct.ASSIGN: _l("C’est noté."),
    InstructionAct.ADMIT: _l("Ce projet peut être choisi. La personne est prévenue."),
    InstructionAct.MISSING: _l("La personne est prévenue de ce qui manque."),
    InstructionAct.REFUSE: _l("La personne est prévenue\u00a0: elle lit pourquoi, et où demander."),
    InstructionAct.REINSTATE: _l("Ce projet est repris."),
    InstructionAct.TO_OPINION: _l("L’avis est demandé."),
    InstructionAct.TO_CHOICE: _l("Ce projet est au choix."),
    InstructionAct.NOTIFY: _l("La lettre est notée. La personne est prévenue."),
    InstructionAct.PAY: _l("Le versement est noté. La personne est prévenue."),
    InstructionAct.CO_FUNDERS: _l("Ces montants sont notés."),
    InstructionAct.CORRECT: _l("C’est corrigé."),
}
_PRESSED: Final[Mapping[InstructionAct, Callable[..., None]]] = {
    InstructionAct.ADMIT: deciding.admit,
    InstructionAct.REINSTATE: deciding.reinstate,
    InstructionAct.TO_OPINION: deciding.ask_opinion,
    InstructionAct.TO_CHOICE: deciding.bring_to_choice,
}
#: Where the focus stays after an act.
_ACTS: Final = "faire"


@blueprint.get("/<int:project_id>")
@policy("project.instruct")
def one(project_id: int) -> str:
    """A project; 11 statements, 1 more where words are looked for or transports are counted."""
    return _page(project_here(project_id))


@blueprint.route("/<int:project_id>/<act>", methods=["GET", "POST"])
@policy("project.instruct")
@keeps_form
def act(project_id: int, act: str) -> Answer:
    """An act that asks for words, a day or an amount: its form stands on the page of the project."""
    here = project_here(project_id)
    asked = _act_named(act)
    if asked in BUTTONS:
        return redirect(project_url(project_id, filters_here()), 303)
    if request.method == "GET" and asked not in acts_on(here.project.standing):
        flash(str(_l("Cela ne se fait plus\u00a0: ce projet a changé d’étape.")), "info")
        return redirect(project_url(project_id, filters_here()), 303)
    made = form_of(asked, here)
    status = submit(made.form, made.act)
    if status is None:
        flash(str(_DONE[asked]), "success")
        return redirect(project_url(project_id, filters_here(), _anchor=_ACTS), 303)
    return _page(here, asked, made), status


@blueprint.post("/<int:project_id>/<act>/fait")
@policy("project.instruct")
def press_act(project_id: int, act: str) -> AnyResponse:
    """An act of a button alone."""
    allowed_round(project_id)
    asked = _act_named(act)
    if asked not in BUTTONS:
        abort(404)
    version = number_in(request.form.get("version")) or 0
    press(
        lambda: _PRESSED[asked](actor(), project_id, version=version),
        lambda _done: str(_DONE[asked]),
    )
    return redirect(project_url(project_id, filters_here(), _anchor=_ACTS), 303)


def _act_named(name: str) -> InstructionAct:
    if name not in {each.value for each in InstructionAct} - {InstructionAct.RETURN.value}:
        abort(404)
    return InstructionAct(name)


def _page(here: ProjectHere, asked: InstructionAct | None = None, made: ActForm | None = None) -> str:
    project, fund_round = here.project, here.round
    filters = filters_here()
    beside = neighbours(fund_round.id, project.number, filters)
    today = clock.today()
    return render_template(
        "fund/instruction/one.html",
        round=fund_round,
        project=project,
        days=(today - project.state_on).days,
        late=project.return_by is not None and project.return_by < today and project.state in AWAITS_RETURN,
        against=breach_sentences(fund_round.rules, project.facts),
        budget_faults=[BUDGET_FAULTS[each] for each in sorted(project.budget.faults())],
        acts=[(ACTS[each.value], each in BUTTONS) for each in acts_on(project.standing) if each is not asked],
        act_url=lambda name: _url("projects_desk.act", project.id, name, filters),
        press_url=lambda name: _url("projects_desk.press_act", project.id, name, filters),
        asked=ACTS[asked.value] if asked is not None else None,
        made=made,
        bodies=asked_bodies(fund_round.fund_id, project.id) if fund_round.opinion_asked else [],
        states=STATES,
        opinion_stances=STANCES,
        carriers=CARRIERS,
        channels=CHANNEL_WORDS,
        cents=cents_text,
        purpose=purpose_words,
        weight=weight_text,
        quotes=[each for each in project.files if each.kind is not ProjectFileKind.PHOTO],
        photos=[each for each in project.files if each.kind is ProjectFileKind.PHOTO],
        list_url=list_url(fund_round.id, filters),
        here=project_url(project.id, filters),
        previous_url=project_url(beside.previous_id, filters) if beside.previous_id else None,
        next_url=project_url(beside.next_id, filters) if beside.next_id else None,
    )


def _url(endpoint: str, project_id: int, act: str, filters: ProjectFilters) -> str:
    """A page about an act, which keeps the list one came from."""
    return url_for(endpoint, project_id=project_id, act=act, **kept(filters))


@blueprint.get("/<int:project_id>/photo/<size>")
@policy("project.instruct")
def photo(project_id: int, size: str) -> AnyResponse:
    """The photo that came with a project."""
    allowed_round(project_id)
    row = photo_of_project(project_id)
    if row is None or size not in PHOTO_SIZES:
        abort(404)
    return answer_with(row, size, f"projet-{project_id}")


@blueprint.get("/<int:project_id>/fichiers/<int:file_id>/<size>")
@policy("project.instruct")
def file(project_id: int, file_id: int, size: str) -> AnyResponse:
    """A quote, a proof or a photo of a project: for whoever instructs it alone."""
    allowed_round(project_id)
    row = file_of_project(project_id, file_id)
    if row is None:
        abort(404)
    return answer_with(row, size, f"projet-{project_id}-{file_id}.pdf")


@blueprint.post("/<int:project_id>/photo/masquer")
@policy("project.instruct")
def hide_photo(project_id: int) -> AnyResponse:
    """Take the photo that came with a project off its public page."""
    allowed_round(project_id)
    version = number_in(request.form.get("version")) or 0
    press(
        lambda: keeping.hide_photo(actor(), project_id, version=version),
        lambda _done: str(_l("Cette photo n’est plus sur la page publique.")),
    )
    return redirect(project_url(project_id, filters_here(), _anchor="fichiers"), 303)


@blueprint.post("/<int:project_id>/fichiers/<int:file_id>/<visibility>")
@policy("project.instruct")
def show_or_hide(project_id: int, file_id: int, visibility: str) -> AnyResponse:
    """Take a photo off the public page, or put it back: « masquer », « montrer »."""
    allowed_round(project_id)
    if visibility not in ("masquer", "montrer"):
        abort(404)
    hidden, version = visibility == "masquer", number_in(request.form.get("version")) or 0
    press(
        lambda: keeping.show_or_hide(actor(), project_id, file_id, hidden=hidden, version=version),
        lambda _done: str(
            _l("Cette photo n’est plus sur la page publique.")
            if hidden
            else _l("Cette photo est sur la page publique.")
        ),
    )
    return redirect(project_url(project_id, filters_here(), _anchor="fichiers"), 303)
