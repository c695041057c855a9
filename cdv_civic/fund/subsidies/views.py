"""Subsidies for everybody: the years, and a file of each; and for the desk, what is not in them and why."""

from typing import Final

from flask import Blueprint, Response, render_template, request

from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor, desk_blueprint
from cdv_civic.fund.scopes import INSTRUCT
from cdv_civic.fund.subsidies.open_data import as_csv, as_json, table_schema
from cdv_civic.fund.subsidies.queries import left_out, subsidies_of, years_of_subsidies
from cdv_civic.fund.subsidies.rules import Subsidy
from cdv_civic.fund.subsidies.wording import FAULTS, OF_THE_PROJECT

blueprint: Final = Blueprint("fund_subsidies", __name__, url_prefix="/<lang>/fonds/subventions")
desk: Final = desk_blueprint("subsidies_desk", __name__, "/projets/subventions")


@blueprint.get("")
@policy("public")
def index() -> str:
    """The years in which something was paid; 1 statement."""
    return render_template("fund/subsidies/index.html", years=years_of_subsidies())


def _asked(year: int) -> list[Subsidy]:
    return subsidies_of(year, request.args.get("contrat") or None)


@blueprint.get("/<int:year>.csv")
@policy("public", reads=("contrat",))
def csv(year: int) -> Response:
    """What was decided in a year and is paid (`?contrat=` of one contract); 1 statement."""
    answer = Response(as_csv(_asked(year)), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"subventions-{year}.csv")
    return answer


@blueprint.get("/<int:year>.json")
@policy("public", reads=("contrat",))
def json(year: int) -> Response:
    """The same for programs."""
    return Response(as_json(_asked(year)), content_type="application/json; charset=utf-8")


@blueprint.get("/subventions.schema.json")
@policy("public")
def schema() -> Response:
    """What the columns are. No statement."""
    return Response(table_schema(), content_type="application/json; charset=utf-8")


@desk.get("")
@policy("project.instruct")
def not_published() -> str:
    """What is paid within reach and cannot be published, with why; 1 statement."""
    return render_template(
        "fund/subsidies/not_published.html",
        rows=left_out(reach_of(actor(), INSTRUCT)),
        faults=FAULTS,
        of_the_project=OF_THE_PROJECT,
    )
