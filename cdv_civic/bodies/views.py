"""Public pages of bodies, and their calendars."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, abort, g, render_template, request, url_for

from cdv_civic.bodies import queries, wording
from cdv_civic.bodies.calendars import calendar
from cdv_civic.bodies.queries import Event
from cdv_civic.bodies.queries.attendance import attendance_of
from cdv_civic.bodies.queries.events import occurrence
from cdv_civic.bodies.queries.publications import (
    KEY_PARTS,
    Publication,
    publication,
    publications_of_body,
    publications_of_meeting,
    shown_file,
)
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.paging import Key, read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.uploads import answer_with

blueprint = Blueprint("bodies", __name__, url_prefix="/<lang>")
#: Files have no language.
files = Blueprint("bodies_files", __name__)
#: Dates to come of one meeting on its page.
MOST_AHEAD = 6
#: Past dates of a meeting without papers or counts are shown this far back.
PAST_DATES_SHOWN = timedelta(days=183)


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


@blueprint.get("/contrats/<contract>/instances/<slug>/rencontres/<int:meeting_id>")
@policy("public")
def meeting(contract: str, slug: str, meeting_id: int) -> str:
    """One meeting or permanence: its dates, its papers, how many people came."""
    language, today = g.language.tag, clock.today()
    event = queries.event_of_body(contract, slug, meeting_id, language)
    if event is None:
        abort(404)
    here = queries.zone()
    ahead = [occurrence(event, each, here) for each in event.dates(today, today + wording.AHEAD)]
    papers: dict[date, list[Publication]] = {}
    for each in publications_of_meeting(meeting_id, language):
        papers.setdefault(each.meeting_day or each.said_on, []).append(each)
    counted = attendance_of(meeting_id)
    behind = {
        each.key: occurrence(event, each, here)
        for each in event.dates(today - PAST_DATES_SHOWN, today)
        if event.cancelled_at is None or each.key in papers or each.key in counted
    }
    shown = {each.key for each in ahead}
    told = [
        (key, behind.get(key), papers.get(key, []), counted.get(key))
        for key in sorted({*behind, *papers, *counted} - shown, reverse=True)
    ]
    return render_template(
        "bodies/event.html",
        event=event,
        title=queries.contract_named(contract),
        coming=ahead[:MOST_AHEAD],
        days_left={each.day: wording.days_left(each.day, today) for each in ahead},
        papers=papers,
        counted=counted,
        told=told,
    )


@blueprint.get("/contrats/<contract>/instances/<slug>/publications")
@policy("public", reads=("apres", "avant"))
def papers(contract: str, slug: str) -> str:
    """All that a body said and decided, the newest first."""
    page = queries.body_page(contract, slug, g.language.tag)
    if page is None or not page.line.residents:
        abort(404)
    place = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    found = publications_of_body(page.line.id, g.language.tag, place)

    def url(**keys: Key | None) -> str | None:
        (name, key), *_rest = keys.items()
        if key is None:
            return None
        return url_for("bodies.papers", contract=contract, slug=slug, **{name: write_key(key)})  # type: ignore[arg-type]

    return render_template(
        "bodies/papers.html",
        page=page,
        papers=found.rows,
        first=place is None,
        previous_url=url(avant=found.previous_key),
        next_url=url(apres=found.next_key),
    )


@blueprint.get("/contrats/<contract>/instances/<slug>/publications/<int:publication_id>")
@policy("public")
def paper(contract: str, slug: str, publication_id: int) -> str:
    """One paper: its summary, decisions and files."""
    found = publication(contract, slug, publication_id, g.language.tag)
    if found is None:
        abort(404)
    return render_template("bodies/paper.html", paper=found)


@files.get("/fichiers/instances/<int:id>/<size>")
@policy("public")
def paper_file(id: int, size: str) -> Response:  # noqa: A002  (the name in addresses)
    """A photo or a document of a paper; gone once that is withdrawn."""
    row = shown_file(id)
    if row is None:
        abort(404)
    return answer_with(row, size, f"document-{id}.pdf")


def _answer(name: str, events: Sequence[Event]) -> Response:
    base = current_settings().base_url or request.url_root.rstrip("/")
    entries = [
        (event, base + url_for("pages.body", contract=event.contract, slug=event.body_slug))
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
