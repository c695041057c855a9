"""The page of a body: what it is, when it meets, who sits there, what residents told it, what it did."""

from flask import Blueprint, abort, g, render_template

from cdv_civic.bodies import wording as body_wording
from cdv_civic.bodies.activities import MEETINGS
from cdv_civic.bodies.queries.bodies import body_page
from cdv_civic.bodies.queries.dates import coming, past
from cdv_civic.bodies.queries.events import events_of_body
from cdv_civic.bodies.queries.publications import (
    newest_of_body,
)
from cdv_civic.consultations.public.activities import CONSULTATIONS
from cdv_civic.consultations.public.queries.places import of_body
from cdv_civic.core import clock
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.validity import shows_only
from cdv_civic.draws.queries import draws_of
from cdv_civic.pages.queries.body_numbers import numbers_of
from cdv_civic.seats.queries import public_colleges
from cdv_civic.territory.activities.registry import current_activities
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.voices.activities import LISTENING
from cdv_civic.voices.queries.listening import listening_at
from cdv_civic.voices.queries.public import latest

#: Years whose numbers stand on the page of a body.
YEARS_SHOWN = 2
#: Dates ahead that it shows; a page of their own shows the others.
DATES_SHOWN = 3


@policy("public")
def body(contract: str, slug: str) -> str:
    """What a body is, how to reach it, when it meets. Of one where residents do not sit: what it is for."""
    page = body_page(contract, slug, g.language.tag)
    if page is None:
        abort(404)
    shows_only(contract_tag(page.contract))
    now, today = clock.now(), clock.today()
    residents = page.line.residents
    events = events_of_body(page.line.id, g.language.tag) if residents else []
    dates = coming(events, now, DATES_SHOWN)
    consultations = of_body(page.line.id, g.language.tag)
    heard = listening_at(page.line.id, now) if residents else None
    publications, more = newest_of_body(page.line.id, g.language.tag) if residents else ([], False)
    return render_template(
        "pages/body.html",
        page=page,
        can_do=body_wording.CAN_DO[page.line.kind.code],
        coming=dates,
        met=bool(dates or past(events, now, 1)),
        voices=latest(page.line.id, g.language.tag) if residents else [],
        heard=heard,
        # Its dates and the button at its head say what these would.
        current=current_activities(
            g.language.tag,
            body=page.line.id,
            known={MEETINGS: (), LISTENING: (), CONSULTATIONS: consultations},
            now=now,
        ),
        consultations=consultations,
        colleges=public_colleges(page.line.id, today) if residents else [],
        draws=draws_of(page.line.id, published=True) if residents else [],
        days_left={each.day: body_wording.days_left(each.day, today) for each in dates},
        publications=publications,
        more_publications=more,
        few=current_settings().small_count,
        numbers=numbers_of(page.line.id, events, today)[:YEARS_SHOWN] if residents else [],
    )


def add_routes(blueprint: Blueprint) -> None:
    """Give the page its address."""
    blueprint.add_url_rule("/<lang>/contrats/<contract>/instances/<slug>", view_func=body)
