"""The page of a body: what it is, when it meets, who sits there, what residents told it, what it did."""

from flask import Blueprint, abort, g, render_template

from cdv_civic.bodies import wording as body_wording
from cdv_civic.bodies.activities import MEETINGS
from cdv_civic.bodies.queries.bodies import body_page
from cdv_civic.bodies.queries.events import coming, events_of_body, past
from cdv_civic.bodies.queries.publications import (
    newest_of_body,
)
from cdv_civic.core import clock
from cdv_civic.core.policy.guard import policy
from cdv_civic.draws.queries import draws_of
from cdv_civic.pages.queries.body_numbers import numbers_of
from cdv_civic.seats.queries import public_colleges
from cdv_civic.territory.activities.registry import current_activities
from cdv_civic.voices.activities import LISTENING
from cdv_civic.voices.queries.listening import ListeningPlace, listens
from cdv_civic.voices.queries.public import latest

#: Years whose numbers stand on the page of a body.
YEARS_SHOWN = 2


@policy("public")
def body(contract: str, slug: str) -> str:
    """What a body is, how to reach it, when it meets. Of one where residents do not sit: what it is for."""
    page = body_page(contract, slug, g.language.tag)
    if page is None:
        abort(404)
    today = clock.today()
    residents = page.line.residents
    events = events_of_body(page.line.id, g.language.tag) if residents else []
    heard = residents and listens(page.line.id)
    places = [ListeningPlace(page.contract, page.line.slug, page.line.name)] if heard else []
    publications, more = newest_of_body(page.line.id, g.language.tag) if residents else ([], False)
    return render_template(
        "pages/body.html",
        page=page,
        can_do=body_wording.CAN_DO[page.line.kind.code],
        coming=coming(events, today),
        past=past(events, today),
        voices=latest(page.line.id, g.language.tag) if residents else [],
        heard=heard,
        current=current_activities(
            g.language.tag, body=page.line.id, known={MEETINGS: events, LISTENING: places}
        ),
        colleges=public_colleges(page.line.id, today) if residents else [],
        draws=draws_of(page.line.id, published=True) if residents else [],
        days_left={each.day: body_wording.days_left(each.day, today) for each in coming(events, today)},
        publications=publications,
        more_publications=more,
        numbers=numbers_of(page.line.id, events, today)[:YEARS_SHOWN] if residents else [],
    )


def add_routes(blueprint: Blueprint) -> None:
    """Give the page its address."""
    blueprint.add_url_rule("/<lang>/contrats/<contract>/instances/<slug>", view_func=body)
