"""The counts that contracts ask of a body, by year, to read and to take away."""

from typing import Final

from flask import Response, render_template

from cdv_civic.bodies import dossiers, queries
from cdv_civic.bodies.desk.routes import blueprint, body_at_desk
from cdv_civic.bodies.queries.numbers import YearNumbers, numbers_of
from cdv_civic.core import clock
from cdv_civic.core.i18n import current_language
from cdv_civic.core.policy import policy
from cdv_civic.core.tables import csv_answer

#: The file is for reports written in French, whatever the language of the desk.
HEADER: Final = (
    "Instance",
    "Année",
    "Réunions tenues",
    "Permanences tenues",
    "Dates comptées",
    "Personnes présentes",
    "Dont première fois",
    "Paroles recueillies",
    "Avis donnés",
)


def _numbers(body: dossiers.BodyDossier) -> list[YearNumbers]:
    if not body.residents:
        return []
    return numbers_of(body.id, queries.events_of_body(body.id, current_language().tag), clock.today())


@blueprint.get("/<int:body_id>/chiffres")
@policy("body.read")
def numbers(body_id: int) -> str:
    """A line for each year."""
    body = body_at_desk(body_id, "body.read")
    return render_template("bodies/desk_numbers.html", body=body, numbers=_numbers(body))


@blueprint.get("/<int:body_id>/chiffres.csv")
@policy("body.read")
def numbers_csv(body_id: int) -> Response:
    """The same for a spreadsheet."""
    body = body_at_desk(body_id, "body.read")
    rows = [
        (
            body.name,
            each.year,
            each.meetings,
            each.permanences,
            each.counted,
            each.present if each.counted else None,
            each.first_time if each.first_time_counted else None,
            each.contributions,
            each.opinions,
        )
        for each in _numbers(body)
    ]
    return csv_answer(f"chiffres-{body.slug}.csv", HEADER, rows)
