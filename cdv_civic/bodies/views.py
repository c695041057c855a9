"""Public pages of bodies, and their calendars."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, current_app, g, render_template, request, url_for

from cdv_civic.bodies import queries, wording
from cdv_civic.bodies.calendars import calendar
from cdv_civic.bodies.queries import Event
from cdv_civic.core import clock
from cdv_civic.core.i18n import _
from cdv_civic.core.policy import policy

blueprint = Blueprint("bodies", __name__, url_prefix="/<lang>")


@blueprint.get("/contrats/<contract>/instances")
@policy("public")
def index(contract: str) -> str:
    """The bodies of a contract, those where residents are heard first."""
    found = queries.contract_named(contract)
    if found is None:
        abort(404)
    lines = queries.bodies_of(found.id)
    return render_template(
        "bodies/index.html",
        contract=found,
        residents=[line for line in lines if line.residents],
        others=[line for line in lines if not line.residents],
    )


@blueprint.get("/contrats/<contract>/instances/<slug>")
@policy("public")
def show(contract: str, slug: str) -> str:
    """What a body is, how to reach it, when it meets. Of one where residents do not sit: what it is for."""
    page = queries.body_page(contract, slug, g.language.tag)
    if page is None:
        abort(404)
    today = clock.today()
    events = queries.events_of_body(page.line.id, g.language.tag) if page.line.residents else []
    return render_template(
        "bodies/show.html",
        page=page,
        can_do=wording.CAN_DO[page.line.kind.code],
        coming=queries.coming(events, today),
        past=queries.past(events, today),
        days_left={each.day: wording.days_left(each.day, today) for each in queries.coming(events, today)},
    )


def _answer(name: str, events: Sequence[Event]) -> Response:
    base = current_app.extensions["settings"].base_url or request.url_root.rstrip("/")
    entries = [
        (event, base + url_for("bodies.show", contract=event.contract, slug=event.body_slug))
        for event in events
    ]
    return Response(calendar(name, entries, queries.zone()), content_type="text/calendar; charset=utf-8")


@blueprint.get("/contrats/<contract>/instances/<slug>/calendrier.ics")
@policy("public")
def body_calendar(contract: str, slug: str) -> Response:
    """All events of a body."""
    page = queries.body_page(contract, slug, g.language.tag)
    if page is None or not page.line.residents:
        abort(404)
    return _answer(page.line.name, queries.events_of_body(page.line.id, g.language.tag))


@blueprint.get("/contrats/<contract>/instances/<slug>/rencontres/<int:meeting_id>.ics")
@policy("public")
def event_calendar(contract: str, slug: str, meeting_id: int) -> Response:
    """One event."""
    event = queries.event_of_body(contract, slug, meeting_id, g.language.tag)
    if event is None:
        abort(404)
    return _answer(event.body_name, [event])


@blueprint.get("/quartiers/<slug>/calendrier.ics")
@policy("public")
def quartier_calendar(slug: str) -> Response:
    """All events of the bodies of a quartier."""
    found = queries.quartier_named(slug)
    if found is None:
        abort(404)
    quartier_id, name = found
    return _answer(
        _("Les rencontres du quartier %(name)s", name=name),
        queries.events_of_quartier(quartier_id, g.language.tag),
    )
