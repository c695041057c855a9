"""The counts that contracts ask of a body, by year, to read and to take away."""

from typing import Final

from flask import Response, render_template

from cdv_civic.bodies.desk.blueprint import body_at_desk
from cdv_civic.bodies.queries import desk
from cdv_civic.bodies.queries.events import events_of_body
from cdv_civic.core import clock
from cdv_civic.core.csv_export import csv_answer
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import desk_blueprint
from cdv_civic.pages.queries.body_numbers import YearNumbers, numbers_of

blueprint = desk_blueprint("body_numbers", __name__, "/instances")
#: The file is for reports written in French, whatever the language of the desk.
HEADER: Final = (
    "Instance",
    "Année",
    "Réunions tenues",
    "Permanences tenues",
    "Dates comptées",
    "Personnes présentes",
    "Dont première fois",
    "Messages recueillis",
    "Avis donnés",
)


def _numbers(body: desk.DeskBody) -> list[YearNumbers]:
    if not body.residents:
        return []
    return numbers_of(body.id, events_of_body(body.id, current_language().tag), clock.today())


@blueprint.get("/<int:body_id>/chiffres")
@policy("body.read")
def show(body_id: int) -> str:
    """A line for each year."""
    body = body_at_desk(body_id, "body.read")
    return render_template(
        "pages/body_numbers.html", body=body, numbers=_numbers(body), few=current_settings().small_count
    )


@blueprint.get("/<int:body_id>/chiffres.csv")
@policy("body.read")
def csv(body_id: int) -> Response:
    """The same for a spreadsheet."""
    body = body_at_desk(body_id, "body.read")
    few = current_settings().small_count
    rows = [
        (
            body.name,
            each.year,
            each.meetings,
            each.permanences,
            each.counted,
            each.present if each.counted else None,
            each.first_time if each.first_time_counted else None,
            f"moins de {few}" if each.contributions is None else each.contributions,
            each.opinions,
        )
        for each in _numbers(body)
    ]
    return csv_answer(f"chiffres-{body.slug}.csv", HEADER, rows)
