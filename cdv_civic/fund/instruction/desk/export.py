"""The file of a round for those who instruct: a page that says what it holds, then the file."""

from flask import abort, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor
from cdv_civic.fund.instruction.desk.blueprint import blueprint, filters_here, list_url, round_here
from cdv_civic.fund.instruction.operations.exporting import FORMATS, take_away


@blueprint.get("/appels/<int:round_id>/exporter")
@policy("project.instruct")
def export(round_id: int) -> str:
    """What the file holds, before somebody takes it."""
    fund_round = round_here(round_id)
    return render_template(
        "fund/instruction/export.html", round=fund_round, list_url=list_url(round_id, filters_here())
    )


@blueprint.post("/appels/<int:round_id>/exporter")
@policy("project.instruct")
def take_file(round_id: int) -> AnyResponse:
    """The file; the audit trail says who took it. 4 statements."""
    fund_round = round_here(round_id)
    format_ = request.form.get("format", "")
    if format_ not in FORMATS:
        abort(404)
    return take_away(actor(), fund_round, format_)
