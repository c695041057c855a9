"""The blueprint of the desk of projects, the round and the project of a page, and the list that one comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import abort, request, url_for
from werkzeug.datastructures import MultiDict

from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.web.desk import actor, desk_blueprint, number_in
from cdv_civic.core.web.search import typed_search
from cdv_civic.fund.instruction.queries.detail import (
    InstructedProject,
    project_at_desk,
    round_of_project,
)
from cdv_civic.fund.instruction.queries.listed import ProjectFilters
from cdv_civic.fund.instruction.queries.rounds import RoundAtDesk, round_at_desk
from cdv_civic.fund.instruction.rules import LONGEST_SERVICE
from cdv_civic.fund.project_words import STATES
from cdv_civic.fund.scopes import INSTRUCT, touched_fund

blueprint: Final = desk_blueprint("projects_desk", __name__, "/projets")


def round_here(round_id: int) -> RoundAtDesk:
    """The round of a page, for whoever instructs its projects; 404 or `Forbidden` otherwise. 1 statement."""
    found = round_at_desk(round_id, current_language().tag)
    if found is None:
        abort(404)
    require(actor(), INSTRUCT, touched_fund(found))
    return found


@dataclass(frozen=True)
class ProjectHere:
    """A project of a page, with its round."""

    round: RoundAtDesk
    project: InstructedProject


def project_here(project_id: int) -> ProjectHere:
    """The project of a page, for whoever instructs it; 404 or `Forbidden` otherwise. 9 statements, and 1 more where
    transports are counted."""
    fund_round = allowed_round(project_id)
    project = project_at_desk(fund_round, project_id, current_language().tag)
    if project is None:
        abort(404)
    return ProjectHere(fund_round, project)


def allowed_round(project_id: int) -> RoundAtDesk:
    """The round of a project, for whoever instructs it; 404 or `Forbidden` otherwise. 2 statements."""
    round_id = round_of_project(project_id)
    if round_id is None:
        abort(404)
    return round_here(round_id)


def filters_in(typed: MultiDict[str, str]) -> ProjectFilters:
    """What an address narrows the list to."""
    return ProjectFilters(
        state=typed.get("etat", "") if typed.get("etat") in STATES else "",
        service=typed.get("service", "")[:LONGEST_SERVICE],
        quartier_id=number_in(typed.get("quartier")),
        late=typed.get("retard") == "1",
        q=typed_search(typed),
    )


def kept(filters: ProjectFilters) -> Mapping[str, Any]:
    """What carries the filters of the list along in addresses."""
    return {
        "etat": filters.state or None,
        "service": filters.service or None,
        "quartier": filters.quartier_id,
        "retard": "1" if filters.late else None,
        "q": filters.q or None,
    }


def list_url(round_id: int, filters: ProjectFilters, **where: Any) -> str:
    """The list of a round, narrowed."""
    return url_for("projects_desk.projects", round_id=round_id, **kept(filters), **where)


def project_url(project_id: int, filters: ProjectFilters, **where: Any) -> str:
    """The page of a project, which knows the list that one came from."""
    return url_for("projects_desk.one", project_id=project_id, **kept(filters), **where)


def filters_here() -> ProjectFilters:
    """What the address at hand narrows the list to."""
    return filters_in(request.args)
