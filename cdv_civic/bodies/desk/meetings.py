"""What a body announces: the forms of a meeting or a permanence, new or changed, and of its cancelling."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import abort, render_template

from cdv_civic.bodies import rules, wording
from cdv_civic.bodies.desk.blueprint import back_to_body, blueprint, body_at_desk, residents_body_at_desk
from cdv_civic.bodies.drafts import MEETING, NEW_MEETING
from cdv_civic.bodies.forms.meetings import MeetingForm, cancel_form, meeting_form, repeat_of
from cdv_civic.bodies.operations.meetings import (
    MeetingDraft,
    announce_meeting,
    cancel_meeting,
    change_meeting,
)
from cdv_civic.bodies.queries import desk
from cdv_civic.bodies.queries.desk import DeskBody, DeskMeeting, exceptions_of
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.texts import text_data, texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.i18n.spoken import SPOKEN, language_name
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.drafts.forms import FormDraft, draft_of


def _meeting_form(data: dict[str, Any], changed: Iterable[date] = ()) -> MeetingForm:
    return meeting_form(
        site_languages(),
        [(month, wording.month_name(month)) for month in range(1, 13)],
        {tag: language_name(tag) for tag in SPOKEN},
        data,
        changed,
    )


def _second(form: MeetingForm, day: date, zone: ZoneInfo) -> rules.Slot | None:
    """The second hours of the day; raises `DomainError` where they have an end alone."""
    start, end = form.second_start.data, form.second_end.data
    if start is not None:
        return rules.slot_of(day, start, end, zone)
    if end is not None:
        raise DomainError(_l("Écrivez l’heure de début du deuxième horaire."), field="second_start")
    return None


def _said(form: MeetingForm, zone: ZoneInfo) -> MeetingDraft:
    """What the form announces; raises `DomainError` for a recurrence that gives no day."""
    day = cast(date, form.day.data)

    first = rules.slot_of(day, cast(time, form.start.data), form.end.data, zone)
    second = _second(form, day, zone)
    try:
        recurrence = form.recurrence()
    except rules.BadRecurrence:
        raise DomainError(
            _l("Il reste au moins un mois avec une rencontre : décochez-en un."), field="except_months"
        ) from None
    return MeetingDraft(
        kind=form.kind.data,
        title=texts_of(form, "title"),
        starts_at=first.start,
        ends_at=first.end,
        second_starts_at=second.start if second else None,
        second_ends_at=second.end if second else None,
        sentence=texts_of(form, "sentence"),
        place=form.place.data or "",
        recurrence=recurrence,
        childcare=form.childcare.data,
        step_free=form.step_free.data,
        interpreter=form.interpreter.data,
        spoken=tuple(form.spoken.data or ()),
    )


def _to_confirm(form: MeetingForm, unchanged: date | None = None) -> str | None:
    """What to say before publishing a date that is near or past, once for each date."""
    day = cast(date, form.day.data)
    today = clock.today()
    if form.confirmed.data == day.isoformat() or day == unchanged or not rules.is_short_notice(day, today):
        return None
    form.confirmed.data = day.isoformat()
    if day < today:
        return _("Cette date est passée. Vous pouvez quand même publier.")
    return _(
        "C’est %(when)s. Annoncée moins de 7 jours avant, une rencontre laisse peu de temps pour s’organiser. "
        "Vous pouvez changer la date, ou publier quand même.",
        when=wording.days_left(day, today),
    )


def _publish(
    body: DeskBody,
    form: MeetingForm,
    draft: FormDraft,
    act: Callable[[MeetingDraft], object],
    meeting: DeskMeeting | None,
    said: str,
    exceptions: rules.Exceptions | None = None,
) -> Answer:
    """Show the form, or publish what it announces once its date is meant.

    `exceptions`: dates of the series that were cancelled or moved; what becomes of them is asked where it is unclear.
    """
    if draft.was_kept():
        return draft.to_list()
    zone = clock.zone()
    warning: str | None = None
    asked: list[str] = []

    def publish() -> None:
        nonlocal warning, asked
        event = _said(form, zone)
        if exceptions and event.recurrence is not None:
            first = cast(date, form.day.data)
            asked = form.ask_about(rules.stranded(exceptions, first, event.recurrence, zone, clock.today()))
        warning = _to_confirm(form, meeting.first_day() if meeting else None)
        if warning is None:
            act(event)

    status = submit(form, publish)
    if status is None and warning is None:
        draft.forget_on_device()
        return back_to_body(body.id, said)
    page = render_template(
        "bodies/meeting.html",
        body=body,
        form=form,
        draft=draft,
        warning=warning,
        meeting=meeting,
        asked=asked,
        languages_to=site_languages(),
    )
    return page, status or 200


@blueprint.route("/<int:body_id>/rencontres/nouvelle", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def announce(body_id: int) -> Answer:
    """The form of a new meeting or permanence."""
    body = residents_body_at_desk(body_id, "meeting.edit")
    form = _meeting_form({"kind": "", "repeat": ""})
    draft = draft_of(form, NEW_MEETING, body_id)
    return _publish(
        body,
        form,
        draft,
        lambda event: announce_meeting(
            actor(),
            body_id,
            event,
            client_key=form.client_key.data or "",
            zone=clock.zone(),
            sent=draft.sent,
        ),
        None,
        _("C’est annoncé. Les habitantes et les habitants le lisent maintenant."),
    )


def meeting_at_desk(body_id: int, meeting_id: int) -> DeskMeeting:
    """The meeting of a page; 404 otherwise."""
    meeting = desk.desk_meeting(body_id, meeting_id)
    if meeting is None:
        abort(404)
    return meeting


def _as_typed(meeting: DeskMeeting, zone: ZoneInfo) -> dict[str, Any]:
    def wall(moment: datetime | None) -> time | None:
        return moment.astimezone(zone).time() if moment else None

    first, second = meeting.own[0], meeting.own[1] if len(meeting.own) > 1 else None
    recurrence = meeting.recurrence
    return {
        "kind": meeting.kind,
        "day": meeting.first_day(),
        "start": wall(first.start),
        "end": wall(first.end),
        "second_start": wall(second.start if second else None),
        "second_end": wall(second.end if second else None),
        "repeat": repeat_of(recurrence),
        "nth": str(recurrence.nth) if recurrence and rules.is_fourth_and_last(meeting.first_day()) else None,
        "except_months": [str(month) for month in sorted(recurrence.except_months)] if recurrence else [],
        "until": recurrence.until if recurrence else None,
        "place": meeting.place or "",
        "childcare": meeting.childcare,
        "step_free": meeting.step_free,
        "interpreter": meeting.interpreter,
        "spoken": list(meeting.spoken),
        "version": str(meeting.sequence),
        **text_data("title", meeting.title),
        **text_data("sentence", meeting.sentence),
    }


@blueprint.route("/<int:body_id>/rencontres/<int:meeting_id>/modifier", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def change(body_id: int, meeting_id: int) -> Answer:
    """The form of a meeting that is announced."""
    body, meeting = body_at_desk(body_id, "meeting.edit"), meeting_at_desk(body_id, meeting_id)
    zone = clock.zone()
    exceptions = exceptions_of(meeting_id)
    form = _meeting_form(_as_typed(meeting, zone), exceptions)
    draft = draft_of(form, MEETING, meeting_id)
    return _publish(
        body,
        form,
        draft,
        lambda event: change_meeting(
            actor(),
            meeting_id,
            event,
            sequence=form.version.number,
            zone=zone,
            carried=form.carried(exceptions),
            sent=draft.sent,
        ),
        meeting,
        _("C’est enregistré. Les habitantes et les habitants le lisent maintenant."),
        exceptions,
    )


@blueprint.route("/<int:body_id>/rencontres/<int:meeting_id>/annuler", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def cancel(body_id: int, meeting_id: int) -> Answer:
    """Ask why, then say everywhere that it is cancelled."""
    body, meeting = body_at_desk(body_id, "meeting.edit"), meeting_at_desk(body_id, meeting_id)
    if meeting.cancelled_at is not None:
        return back_to_body(body_id, _("Cette rencontre est déjà annulée."), "info")
    form = cancel_form(site_languages(), meeting.sequence)
    status = submit(
        form,
        lambda: cancel_meeting(actor(), meeting_id, texts_of(form, "reason"), sequence=form.version.number),
    )
    if status is None:
        return back_to_body(body_id, _("La rencontre est annulée. Elle reste visible, avec votre raison."))
    page = render_template(
        "bodies/cancel.html", body=body, form=form, meeting=meeting, languages_to=site_languages()
    )
    return page, status
