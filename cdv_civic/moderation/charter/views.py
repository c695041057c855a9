"""Public pages: the charter of a body, or of the staff of a contract, with the figures of the year."""

from typing import Any, Final

from flask import Blueprint, Response, abort, g, render_template, request, url_for

from cdv_civic.core import clock
from cdv_civic.core.csv_export import csv_answer
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import number_in
from cdv_civic.core.web.validity import shows_only
from cdv_civic.moderation import wording
from cdv_civic.moderation.charter.figures import YearFigures, figures_of
from cdv_civic.moderation.charter.queries import CharterFacts, charter_of_body, charter_of_staff, named
from cdv_civic.moderation.rules.figures import FATES
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Contract

blueprint = Blueprint("charters", __name__, url_prefix="/<lang>")
#: The file is for reports written in French, whatever the language of the page.
HEADER: Final = ("Année", "Ce qui est compté", "Nombre")


def _of_body(contract: str, slug: str) -> CharterFacts:
    found = charter_of_body(named(contract, slug), g.language.tag)
    if found is None:
        abort(404)
    return found


def _of_staff(contract: str) -> CharterFacts:
    found = charter_of_staff(Contract.slug == contract, g.language.tag)
    if found is None:
        abort(404)
    return found


def _page(charter: CharterFacts) -> str:
    shows_only(contract_tag(charter.contract))
    now = clock.today().year
    asked = number_in(request.args.get("annee"))
    year = asked if asked is not None and now - 20 <= asked <= now else now
    shown = figures_of(charter.contract_id, charter.body_id, year, g.language.tag)
    return render_template(
        "moderation/charter/show.html",
        charter=charter,
        shown=shown,
        reasons=[
            (reason, count)
            for reason, count in zip(shown.reasons, shown.figures.reasons, strict=True)
            if count is not None
        ],
        years=[(each, charter_url(charter, annee=each)) for each in range(now, shown.first_year - 1, -1)],
        csv_url=_file_url(charter, year),
    )


def _file(charter: CharterFacts, year: int) -> Response:
    if not clock.today().year - 20 <= year <= clock.today().year:
        abort(404)
    shown = figures_of(charter.contract_id, charter.body_id, year, "fr")
    name = f"moderation-{charter.body_slug or charter.contract}-{year}.csv"
    return csv_answer(name, HEADER, _rows(shown))


def _rows(shown: YearFigures) -> list[tuple[object, ...]]:
    """One count a line; what cannot be told is left empty."""
    figures = shown.figures
    hours = figures.median_hours
    counts: list[tuple[str, object]] = [
        ("textes reçus", figures.received),
        *((f"textes : {wording.FATES[fate].label}", figures.of(fate)) for fate in FATES),
        *(
            (f"masqués : {reason}", count)
            for reason, count in zip(shown.reasons, figures.reasons, strict=True)
            if count is not None
        ),
        ("délai médian, en heures", None if hours is None else round(hours, 1)),
        ("signalements", figures.reports),
        ("recours répondus", figures.appeals),
        ("recours gagnés", figures.won),
    ]
    return [(shown.year, name, count) for name, count in counts]


@blueprint.get("/contrats/<contract>/instances/<slug>/charte")
@policy("public", reads=("annee",))
def of_body(contract: str, slug: str) -> str:
    """What a body asks of whoever writes, how it moderates, and what came of it in a year (`?annee=`). 6 statements."""
    return _page(_of_body(contract, slug))


@blueprint.get("/contrats/<contract>/charte")
@policy("public", reads=("annee",))
def of_staff(contract: str) -> str:
    """The same of the staff of a contract. 6 statements."""
    return _page(_of_staff(contract))


@blueprint.get("/contrats/<contract>/instances/<slug>/charte/<int:year>.csv")
@policy("public")
def figures_of_body(contract: str, slug: str, year: int) -> Response:
    """The figures of a year for a spreadsheet."""
    return _file(_of_body(contract, slug), year)


@blueprint.get("/contrats/<contract>/charte/<int:year>.csv")
@policy("public")
def figures_of_staff(contract: str, year: int) -> Response:
    """The same of the staff of a contract."""
    return _file(_of_staff(contract), year)


def _file_url(charter: CharterFacts, year: int) -> str:
    if charter.body_slug:
        return url_for(
            "charters.figures_of_body", contract=charter.contract, slug=charter.body_slug, year=year
        )
    return url_for("charters.figures_of_staff", contract=charter.contract, year=year)


def charter_url(charter: CharterFacts, **more: Any) -> str:
    """The public page of a charter."""
    if charter.body_slug:
        return url_for("charters.of_body", contract=charter.contract, slug=charter.body_slug, **more)
    return url_for("charters.of_staff", contract=charter.contract, **more)
