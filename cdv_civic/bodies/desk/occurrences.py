"""One meeting at the desk: its occurrences, each cancelled, moved or restored, and the people who came."""

from datetime import date, time, timedelta
from typing import Final, cast

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.bodies import rules
from cdv_civic.bodies.desk.blueprint import allowed_at_desk, blueprint, body_at_desk
from cdv_civic.bodies.forms.meetings import cancel_form
from cdv_civic.bodies.forms.occurrences import AttendanceForm, MoveForm, move_form
from cdv_civic.bodies.operations import occurrences
from cdv_civic.bodies.queries import desk
from cdv_civic.bodies.queries.attendance import Presence, attendance_of
from cdv_civic.bodies.queries.events import BodyEvent, OccurrenceLine, event_of_body, occurrence_line
from cdv_civic.bodies.queries.publications import publications_of_meeting
from cdv_civic.bodies.rules import AHEAD, Slot, slot_of
from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor

OCCURRENCES_AHEAD: Final = 8
OCCURRENCES_BEHIND: Final = 24
#: Lines of a printed sheet.
SHEET_LINES: Final = 24


def event_at_desk(body: desk.DeskBody, meeting_id: int) -> BodyEvent:
    """The meeting of a page, in the reader's language; 404 otherwise."""
    event = event_of_body(body.contract, body.slug, meeting_id, current_language().tag)
    if event is None:
        abort(404)
    return event


def occurrence_at_desk(event: BodyEvent, day: str) -> OccurrenceLine:
    """The date that an address names; 404 where the meeting has none on that day."""
    try:
        found = event.occurrence_of(date.fromisoformat(day))
    except (ValueError, OverflowError):  # no day, or one at the end of time
        found = None
    if found is None:
        abort(404)
    return occurrence_line(event, found, clock.zone())


def _edited(body_id: int, meeting_id: int, day: str) -> tuple[desk.DeskBody, BodyEvent, OccurrenceLine]:
    """The body, the meeting and the date of a page that changes it."""
    body = body_at_desk(body_id, "meeting.edit")
    found = event_at_desk(body, meeting_id)
    return body, found, occurrence_at_desk(found, day)


def _back(body_id: int, meeting_id: int, said: str, kind: str = "success") -> AnyResponse:
    flash(said, kind)
    return redirect(url_for("bodies_desk.event", body_id=body_id, meeting_id=meeting_id), 303)


def _only_refused(found: BodyEvent) -> LazyString | None:
    """Why the form that changes one date of a meeting could only be refused; what was sent is refused on the form."""
    if request.method == "POST":
        return None
    return occurrences.why_no_single_date(
        series=found.recurrence is not None, cancelled=found.cancelled_at is not None
    )


@blueprint.get("/<int:body_id>/rencontres/<int:meeting_id>")
@policy("body.read")
def event(body_id: int, meeting_id: int) -> str:
    """The occurrences of a meeting, with what can be done for each."""
    body = body_at_desk(body_id, "body.read")
    found = event_at_desk(body, meeting_id)
    here, today = clock.zone(), clock.today()
    ahead = found.occurrences(today, today + AHEAD)[:OCCURRENCES_AHEAD]
    behind = found.occurrences(today - timedelta(days=730), today)[-OCCURRENCES_BEHIND:]
    publications: dict[date, list[object]] = {}
    for each in publications_of_meeting(meeting_id, current_language().tag):
        publications.setdefault(each.meeting_day or each.said_on, []).append(each)
    return render_template(
        "bodies/desk/meeting.html",
        body=body,
        event=found,
        ahead=[occurrence_line(found, each, here) for each in ahead],
        behind=[occurrence_line(found, each, here) for each in reversed(behind)],
        publications=publications,
        counted=attendance_of(meeting_id),
        allowed=allowed_at_desk(body_id),
        today=today,
    )


@blueprint.route("/<int:body_id>/rencontres/<int:meeting_id>/dates/<day>/annuler", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def cancel_occurrence(body_id: int, meeting_id: int, day: str) -> Answer:
    """Ask why, then say everywhere that this one occurrence is cancelled."""
    body, found, item = _edited(body_id, meeting_id, day)
    why = _only_refused(found)
    if why is not None:
        return _back(body_id, meeting_id, str(why), "info")
    if item.cancelled:
        return _back(body_id, meeting_id, _("Cette rencontre est déjà annulée."), "info")
    form = cancel_form(site_languages(), found.sequence)
    status = submit(
        form,
        lambda: occurrences.cancel_occurrence(
            actor(),
            meeting_id,
            item.key,
            texts_of(form, "reason"),
            sequence=form.version.number,
            zone=clock.zone(),
        ),
    )
    if status is None:
        return _back(
            body_id,
            meeting_id,
            _("La date est annulée. Elle reste visible, avec votre raison. Les autres dates restent."),
        )
    page = render_template(
        "bodies/cancel_occurrence.html",
        body=body,
        form=form,
        event=found,
        item=item,
        languages_to=site_languages(),
    )
    return page, status


@blueprint.route("/<int:body_id>/rencontres/<int:meeting_id>/dates/<day>/deplacer", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def move_occurrence(body_id: int, meeting_id: int, day: str) -> Answer:
    """The form of one occurrence that is moved."""
    body, found, item = _edited(body_id, meeting_id, day)
    why = _only_refused(found)
    if why is not None:
        return _back(body_id, meeting_id, str(why), "info")
    first, second = (*item.hours, None)[:2]
    note = found.notes.get(item.key)
    form = move_form(
        site_languages(),
        {
            "day": item.day,
            "start": first.start if first else None,
            "end": first.end if first else None,
            "second_start": second.start if second else None,
            "second_end": second.end if second else None,
            "place": (note.place if note and note.state != rules.RESTORED else None) or "",
            "version": str(found.sequence),
        },
    )
    if second is None:
        del form.second_start, form.second_end
    status = submit(
        form,
        lambda: occurrences.move_occurrence(
            actor(),
            meeting_id,
            item.key,
            _slots(form),
            texts_of(form, "reason"),
            sequence=form.version.number,
            zone=clock.zone(),
            place=form.place.data or "",
        ),
    )
    if status is None:
        flash(
            _(
                "Les personnes qui ont mis cette date dans leur agenda doivent la changer elles-mêmes. Prévenez-les."
            ),
            "info",
        )
        return _back(body_id, meeting_id, _("La date est déplacée."))
    page = render_template(
        "bodies/move_occurrence.html",
        body=body,
        form=form,
        event=found,
        item=item,
        languages_to=site_languages(),
    )
    return page, status


def _slots(form: MoveForm) -> list[Slot]:
    here, day = clock.zone(), cast(date, form.day.data)

    found = [slot_of(day, cast(time, form.start.data), form.end.data, here)]
    if "second_start" in form and form.second_start.data is not None:
        found.append(slot_of(day, form.second_start.data, form.second_end.data, here))
    return found


@blueprint.route("/<int:body_id>/rencontres/<int:meeting_id>/dates/<day>/retablir", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def restore_occurrence(body_id: int, meeting_id: int, day: str) -> Answer:
    """Ask once, then restore the occurrence as the series gives it."""
    body, found, item = _edited(body_id, meeting_id, day)
    if item.key not in found.exceptions:
        return _back(body_id, meeting_id, _("Cette date est déjà comme prévu."), "info")
    form = VersionForm(data={"version": str(found.sequence)})
    status = submit(
        form,
        lambda: occurrences.restore_occurrence(
            actor(), meeting_id, item.key, sequence=form.version.number, zone=clock.zone()
        ),
    )
    if status is None:
        return _back(body_id, meeting_id, _("La date est de nouveau comme prévu."))
    page = render_template("bodies/restore_occurrence.html", body=body, form=form, event=found, item=item)
    return page, status


@blueprint.route("/<int:body_id>/rencontres/<int:meeting_id>/dates/<day>/presents", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def attendance(body_id: int, meeting_id: int, day: str) -> Answer:
    """The form of how many people came on one date."""
    body, found, item = _edited(body_id, meeting_id, day)
    too_soon = item.day > clock.today()
    if request.method == "GET" and (item.cancelled or too_soon):
        why = occurrences.NOT_HELD if item.cancelled else occurrences.NOT_YET
        return _back(body_id, meeting_id, str(why), "info")
    known: Presence | None = attendance_of(meeting_id).get(item.key)
    form = AttendanceForm(
        data={
            "present": known.present if known else None,
            "first_time": known.first_time if known else None,
            "version": str(known.version if known else 0),
        }
    )
    status = submit(
        form,
        lambda: occurrences.enter_attendance(
            actor(),
            meeting_id,
            item.key,
            present=form.present.data or 0,
            first_time=form.first_time.data,
            version=form.version.number,
            zone=clock.zone(),
        ),
    )
    if status is None:
        return _back(body_id, meeting_id, _("C’est compté. Le site montre ces nombres."))
    page = render_template("bodies/attendance.html", body=body, form=form, event=found, item=item)
    return page, status


@blueprint.get("/<int:body_id>/rencontres/<int:meeting_id>/dates/<day>/feuille")
@policy("meeting.edit")
def sheet(body_id: int, meeting_id: int, day: str) -> str:
    """A sheet to print and to fill in by hand: nothing of it is kept here but numbers."""
    body, found, item = _edited(body_id, meeting_id, day)
    return render_template("bodies/sheet.html", body=body, event=found, item=item, lines=SHEET_LINES)
