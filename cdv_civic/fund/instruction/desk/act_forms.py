"""The form of each act that asks for something, filled with what is stored, and what it does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cdv_civic.core import clock
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language, site_languages
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.web.desk import actor
from cdv_civic.fund.instruction.desk.blueprint import ProjectHere
from cdv_civic.fund.instruction.forms import (
    AssignForm,
    CorrectTextsForm,
    MissingForm,
    NotifyForm,
    PayForm,
    RefuseProjectForm,
    co_funders_form,
    with_texts,
)
from cdv_civic.fund.instruction.operations import deciding, keeping
from cdv_civic.fund.instruction.queries.rounds import services_of
from cdv_civic.fund.instruction.rules import InstructionAct

_WHY: Final = _l("Écrivez pourquoi, en français\u00a0: la personne lira ces mots.")


@dataclass(frozen=True)
class ActForm:
    """A form, what it does, and the services that it proposes."""

    form: VersionForm
    act: Callable[[], None]
    services: Sequence[str] = field(default=())


def form_of(act: InstructionAct, here: ProjectHere) -> ActForm:
    """The form of an act on a project; 1 statement for services, 2 for the words of a fund."""
    return _FORMS[act](here)


def _languages(here: ProjectHere) -> list[Language]:
    """French, and the language that the carrier reads."""
    read = {SOURCE_LANGUAGE, here.project.contact.language}
    return [each for each in site_languages() if each.tag in read]


def _assign(here: ProjectHere) -> ActForm:
    project = here.project
    form = AssignForm(
        data={
            "version": str(project.version),
            "service": project.service,
            "return_by": project.return_by,
        }
    )

    def act() -> None:
        day = form.return_by.data
        given = keeping.Assignment(form.service.data or "", day, no_day=day is None)
        keeping.assign(actor(), project.id, given, version=form.version.number)

    return ActForm(form, act, services_of(here.round.fund_id))


def _missing(here: ProjectHere) -> ActForm:
    project = here.project
    form = with_texts(
        MissingForm,
        {
            "reason": (
                _l("Ce qui manque"),
                _WHY,
                _l("La personne lit ces mots. Dites ce qu’il faut envoyer, et comment."),
            )
        },
        _languages(here),
        data={"version": str(project.version)},
    )

    def act() -> None:
        deciding.say_missing(
            actor(),
            project.id,
            texts_of(form, "reason"),
            form["return_by"].data,
            version=form.version.number,
        )

    return ActForm(form, act)


def _refuse(here: ProjectHere) -> ActForm:
    project = here.project
    (elsewhere,) = texts_in_all(here.round.elsewhere_id)
    form = with_texts(
        RefuseProjectForm,
        {
            "reason": (
                _l("Pourquoi ce fonds ne peut pas aider"),
                _WHY,
                _l("La personne lit ces mots."),
            ),
            "elsewhere": (_l("Où demander"), None, _l("Un autre fonds, un service, une association.")),
        },
        _languages(here),
        data={"version": str(project.version)},
        **{f"elsewhere_{tag}": text for tag, text in elsewhere.items()},
    )

    def act() -> None:
        deciding.refuse_project(
            actor(),
            project.id,
            texts_of(form, "reason"),
            texts_of(form, "elsewhere"),
            version=form.version.number,
        )

    return ActForm(form, act)


def _notify(here: ProjectHere) -> ActForm:
    project = here.project
    form = NotifyForm(
        data={"version": str(project.version), "reference": project.decision_reference},
        on=clock.today(),
    )

    def act() -> None:
        deciding.notify(
            actor(),
            project.id,
            form.on.data or clock.today(),
            form.reference.data or "",
            version=form.version.number,
        )

    return ActForm(form, act)


def _pay(here: ProjectHere) -> ActForm:
    project = here.project
    form = PayForm(data={"version": str(project.version)}, on=clock.today())

    def act() -> None:
        deciding.pay(actor(), project.id, form.on.data or clock.today(), version=form.version.number)

    return ActForm(form, act)


def _co_funders(here: ProjectHere) -> ActForm:
    project = here.project
    form = co_funders_form(project.co_funders, {"version": str(project.version)})

    def act() -> None:
        granted: dict[int, Any] = {each.id: form[f"granted_{each.id}"].cents for each in project.co_funders}
        keeping.note_co_funders(actor(), project.id, granted, version=form.version.number)

    return ActForm(form, act)


def _correct(here: ProjectHere) -> ActForm:
    project = here.project
    form = CorrectTextsForm(
        data={
            "version": str(project.version),
            "title": project.title,
            "summary": project.summary,
            "rna": project.rna or "",
            "siret": project.siret or "",
        }
    )

    def act() -> None:
        said = keeping.ProjectCorrection(
            form.title.data or "", form.summary.data or "", form.rna.data or "", form.siret.data or ""
        )
        keeping.correct(actor(), project.id, said, version=form.version.number)

    return ActForm(form, act)


_FORMS: Final[dict[InstructionAct, Callable[[ProjectHere], ActForm]]] = {
    InstructionAct.ASSIGN: _assign,
    InstructionAct.MISSING: _missing,
    InstructionAct.REFUSE: _refuse,
    InstructionAct.NOTIFY: _notify,
    InstructionAct.PAY: _pay,
    InstructionAct.CO_FUNDERS: _co_funders,
    InstructionAct.CORRECT: _correct,
}
