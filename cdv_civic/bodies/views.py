"""Public pages of bodies, and their calendars."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, abort, g, render_template, request, url_for

from cdv_civic.bodies import wording
from cdv_civic.bodies.calendars import calendar
from cdv_civic.bodies.queries.attendance import attendance_of
from cdv_civic.bodies.queries.bodies import BodyLine, bodies_of, body_page, contract_named
from cdv_civic.bodies.queries.dates import MOST_LISTED, MOST_LISTED_OF_ONE, coming, past
from cdv_civic.bodies.queries.events import (
    BodyEvent,
    OccurrenceLine,
    event_of_body,
    events_of_body,
    events_of_quartier,
    occurrence_line,
)
from cdv_civic.bodies.queries.publications import (
    KEY_PARTS,
    Publication,
    publication_of_body,
    publications_of_body,
    publications_of_meeting,
    shown_file,
)
from cdv_civic.bodies.rules import MEETING, MINUTES
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.paging import Key, read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_folding import fold
from cdv_civic.core.uploads.serving import answer_with
from cdv_civic.core.web import navigation
from cdv_civic.core.web.validity import shows_only
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.queries.quartiers import quartier_named

blueprint = Blueprint("bodies", __name__, url_prefix="/<lang>")
#: Files have no language.
files = Blueprint("bodies_files", __name__)
#: Dates to come of one meeting on its page.
MOST_AHEAD = 6
#: Past dates of a series without publications or counts are shown this far back.
PAST_DATES_SHOWN = timedelta(days=183)


@blueprint.get("/contrats/<contract>/instances")
@policy("public")
def index(contract: str) -> str:
    """The bodies of a contract, those where residents are heard first."""
    found = contract_named(contract)
    if found is None:
        abort(404)
    shows_only(contract_tag(contract))
    lines = bodies_of(found.id)
    return render_template(
        "bodies/index.html",
        contract=found,
        residents=_by_town([line for line in lines if line.residents]),
        others=[line for line in lines if not line.residents],
    )


@blueprint.get("/contrats/<contract>/instances/<slug>/rencontres")
@policy("public")
def dates(contract: str, slug: str) -> str:
    """When a body meets, with all that is said of each date, and when it met."""
    page = body_page(contract, slug, g.language.tag)
    if page is None or not page.line.residents:
        abort(404)
    shows_only(contract_tag(contract))
    now, today = clock.now(), clock.today()
    events = events_of_body(page.line.id, g.language.tag)
    ahead = coming(events, now, MOST_LISTED, MOST_LISTED_OF_ONE)
    return render_template(
        "bodies/dates.html",
        page=page,
        coming=ahead,
        past=past(events, now, MOST_LISTED, MOST_LISTED_OF_ONE),
        days_left={each.day: wording.days_left(each.day, today) for each in ahead},
    )


def _by_town(lines: Sequence[BodyLine]) -> list[tuple[tuple[str, ...], list[BodyLine]]]:
    """Bodies under the names of their towns; those of the whole territory first, then in the alphabet's order."""
    towns: dict[tuple[str, ...], list[BodyLine]] = {}
    for line in lines:
        towns.setdefault(tuple(each.name for each in line.communes), []).append(line)
    return sorted(towns.items(), key=lambda town: [fold(name) for name in town[0]])


@blueprint.get("/contrats/<contract>/instances/<slug>/rencontres/<int:meeting_id>")
@policy("public")
def meeting(contract: str, slug: str, meeting_id: int) -> str:
    """One meeting or permanence: its dates, its publications, how many people came."""
    language, now, today = g.language.tag, clock.now(), clock.today()
    event = event_of_body(contract, slug, meeting_id, language)
    if event is None:
        abort(404)
    shows_only(contract_tag(contract))
    here = clock.zone()
    since = PAST_DATES_SHOWN
    if event.recurrence is None:
        since = max(since, today - event.first_day() + timedelta(days=1))
    ahead = [occurrence_line(event, each, here) for each in event.ahead(now)]
    publications: dict[date, list[Publication]] = {}
    for each in publications_of_meeting(meeting_id, language):
        publications.setdefault(each.meeting_day or each.said_on, []).append(each)
    for published in publications.values():
        published.sort(key=lambda each: each.kind.code != MINUTES)
    counted = attendance_of(meeting_id)
    behind = {
        each.key: occurrence_line(event, each, here)
        for each in event.behind(now, since)
        if event.cancelled_at is None or each.key in publications or each.key in counted
    }
    shown = {each.key for each in ahead}
    told = [
        (key, behind.get(key), publications.get(key, []), counted.get(key))
        for key in sorted({*behind, *publications, *counted} - shown, reverse=True)
    ]
    unwritten = {key for key, item, published, _count in told if _is_unwritten(event, item, published)}
    next_day: OccurrenceLine | None = None
    if unwritten:
        others = events_of_body(event.body_id, language)
        next_day = next((each for each in coming(others, now) if not each.cancelled), None)
    return render_template(
        "bodies/event.html",
        event=event,
        unwritten=unwritten,
        next_day=next_day,
        title=contract_named(contract),
        coming=ahead[:MOST_AHEAD],
        days_left={each.day: wording.days_left(each.day, today) for each in ahead},
        publications=publications,
        told=told,
    )


def _is_unwritten(event: BodyEvent, item: OccurrenceLine | None, published: Sequence[Publication]) -> bool:
    """Whether people met on a date, and nobody has published yet what came out of it."""
    held = item is not None and not item.cancelled and event.kind.code == MEETING
    return held and not any(each.kind.code == MINUTES and not each.withdrawn for each in published)


@blueprint.get("/contrats/<contract>/instances/<slug>/publications")
@policy("public", reads=("apres", "avant"))
def publications(contract: str, slug: str) -> str:
    """All that a body said and decided, the newest first."""
    page = body_page(contract, slug, g.language.tag)
    if page is None or not page.line.residents:
        abort(404)
    shows_only(contract_tag(contract))
    place = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    found = publications_of_body(page.line.id, g.language.tag, place)

    def url(**keys: Key | None) -> str | None:
        (name, key), *_rest = keys.items()
        if key is None:
            return None
        return url_for("bodies.publications", contract=contract, slug=slug, **{name: write_key(key)})  # type: ignore[arg-type]

    return render_template(
        "bodies/publications.html",
        page=page,
        publications=found.rows,
        first=place is None,
        previous_url=url(avant=found.previous_key),
        next_url=url(apres=found.next_key),
    )


@blueprint.get("/contrats/<contract>/instances/<slug>/publications/<int:publication_id>")
@policy("public")
def publication(contract: str, slug: str, publication_id: int) -> str:
    """One publication: its summary, decisions and files."""
    found = publication_of_body(contract, slug, publication_id, g.language.tag)
    if found is None:
        abort(404)
    shows_only(contract_tag(contract))
    return render_template("bodies/publication.html", publication=found)


@files.get("/fichiers/instances/<int:id>/<size>")
@policy("public")
def publication_file(id: int, size: str) -> Response:  # noqa: A002  (the name in addresses)
    """A photo or a document of a publication; gone once that is withdrawn."""
    row = shown_file(id)
    if row is None:
        abort(404)
    return answer_with(row, size, f"document-{id}.pdf")


def _answer(name: str, events: Sequence[BodyEvent]) -> Response:
    base = current_settings().base_url or request.url_root.rstrip("/")
    entries = [
        (event, base + navigation.url("body", contract=event.contract, slug=event.body_slug))
        for event in events
    ]
    return Response(calendar(name, entries, clock.zone()), content_type="text/calendar; charset=utf-8")


@blueprint.get("/contrats/<contract>/instances/<slug>/calendrier.ics")
@policy("public")
def body_calendar(contract: str, slug: str) -> Response:
    """All events of a body."""
    page = body_page(contract, slug, g.language.tag)
    if page is None or not page.line.residents:
        abort(404)
    shows_only(contract_tag(contract))
    return _answer(page.line.name, events_of_body(page.line.id, g.language.tag))


@blueprint.get("/contrats/<contract>/instances/<slug>/rencontres/<int:meeting_id>.ics")
@policy("public")
def event_calendar(contract: str, slug: str, meeting_id: int) -> Response:
    """One event."""
    event = event_of_body(contract, slug, meeting_id, g.language.tag)
    if event is None:
        abort(404)
    shows_only(contract_tag(contract))
    return _answer(event.body_name, [event])


@blueprint.get("/quartiers/<slug>/calendrier.ics")
@policy("public")
def quartier_calendar(slug: str) -> Response:
    """All events of the bodies of a quartier."""
    found = quartier_named(slug)
    if found is None:
        abort(404)
    shows_only(contract_tag(found.contract))
    return _answer(
        _("%(name)s : les rencontres", name=found.name),
        events_of_quartier(found.id, g.language.tag),
    )
