"""The staff's pages of bodies: a list, one body, what it announces."""

from datetime import date, datetime, time
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.bodies import dossiers, operations, queries, rules, wording
from cdv_civic.bodies.dossiers import MeetingDossier
from cdv_civic.bodies.forms import (
    BodyForm,
    MeetingForm,
    StaffForm,
    body_form,
    cancel_form,
    meeting_form,
    repeat_of,
    texts_of,
)
from cdv_civic.bodies.operations import Event
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.fold import fold
from cdv_civic.core.i18n import _, current_language, languages_of
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.policy import ACTIONS, Actor, may, policy, reach_of, require
from cdv_civic.people.csrf import keeps_form
from cdv_civic.territory.scopes import touched_body

blueprint = Blueprint("bodies_desk", __name__, url_prefix="/<lang>/bureau/instances")
PER_PAGE: Final = 50

Answer = str | tuple[str, int] | AnyResponse


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """Pages of the desk are for one person: no cache may keep them."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.context_processor
def who() -> dict[str, object]:
    """Who is at the desk, for the head of the page."""
    return {"actor": current_user}


def _actor() -> Actor:
    return cast(Actor, current_user._get_current_object())


def _languages() -> Any:
    return languages_of(current_app.extensions["settings"])


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


@blueprint.get("")
@policy("body.read")
def table() -> str:
    """The bodies of one contract (`?contrat=`), those of residents first; `?q=` looks for some."""
    reach = reach_of(_actor(), "body.read")
    contracts = queries.contracts_with_bodies(reach)
    asked = request.args.get("contrat", "")
    contract = next((each for each in contracts if each.slug == asked), contracts[0] if contracts else None)
    typed = " ".join(request.args.get("q", "").split())[:100]
    lines = queries.bodies_of(contract.id, reach) if contract else []
    wanted = fold(typed)
    found = [
        line
        for line in lines
        if wanted in fold(" ".join([line.name, *(place.name for place in (*line.communes, *line.quartiers))]))
    ]
    page = max(1, _number(request.args.get("page")))
    return render_template(
        "bodies/table.html",
        contracts=contracts,
        contract=contract,
        q=typed,
        rows=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        more=len(found) > page * PER_PAGE,
    )


def _dossier(body_id: int, action: str = "body.edit") -> dossiers.BodyDossier:
    dossier = dossiers.body_dossier(body_id)
    if dossier is None:
        abort(404)
    require(_actor(), action, touched_body(db.session(), body_id))
    return dossier


def _refuse(form: StaffForm, refused: DomainError) -> int:
    if refused.status not in (409, 422):
        raise refused
    form.refuse(refused.field, refused.sentence)
    return refused.status


@blueprint.get("/<int:body_id>")
@policy("body.read")
def show(body_id: int) -> str:
    """One body: what is said of it, and what it announces."""
    dossier = _dossier(body_id, "body.read")
    events = queries.events_of_body(body_id, current_language().tag) if dossier.residents else []
    today = clock.today()
    return render_template(
        "bodies/dossier.html",
        body=dossier,
        allowed=frozenset(
            name for name in ACTIONS if may(_actor(), name, touched_body(db.session(), body_id))
        ),
        events=[
            (event, rules.next_day(event.first_day(), event.recurrence, today)) for event in reversed(events)
        ],
    )


@blueprint.route("/<int:body_id>/modifier", methods=["GET", "POST"])
@policy("body.edit")
@keeps_form
def edit(body_id: int) -> Answer:
    """The form of its state, of how to reach it and how to join it."""
    dossier = _dossier(body_id)
    form: BodyForm = body_form(
        _languages(),
        {
            "state": dossier.state or "",
            "version": str(dossier.version),
            **{f"contact_{tag}": text for tag, text in dossier.contact.items()},
            **{f"joining_{tag}": text for tag, text in dossier.joining.items()},
        },
    )
    status = 200
    if form.validate_on_submit():
        try:
            operations.describe_body(
                _actor(),
                body_id,
                version=_number(form.version.data),
                state=form.state.data or None,
                contact=texts_of(form, "contact"),
                joining=texts_of(form, "joining"),
            )
        except DomainError as refused:
            status = _refuse(form, refused)
            if isinstance(refused, Conflict):
                form.version.data = str(dossier.version)
        else:
            flash(_("C’est enregistré. Les habitantes et les habitants le lisent maintenant."), "success")
            return redirect(url_for("bodies_desk.show", body_id=body_id), 303)
    elif form.is_submitted():
        status = 422
    return render_template("bodies/edit.html", body=dossier, form=form, languages_to=_languages()), status


def _meeting_form(data: dict[str, Any]) -> MeetingForm:
    return meeting_form(
        _languages(),
        [(month, wording.month_name(month)) for month in range(1, 13)],
        {tag: wording.language_name(tag) for tag in wording.SPOKEN},
        data,
    )


def _said(form: MeetingForm, zone: ZoneInfo) -> Event:
    """What the form announces; raises `DomainError` for a recurrence that gives no day."""
    day = cast(date, form.day.data)

    def moment(at: time | None) -> datetime | None:
        return rules.to_utc(day, at, zone) if at is not None else None

    try:
        recurrence = form.recurrence()
    except rules.BadRecurrence:
        raise DomainError(
            _l("Il reste au moins un mois avec une rencontre : décochez-en un."), field="except_months"
        ) from None
    return Event(
        kind=form.kind.data,
        title=texts_of(form, "title"),
        starts_at=rules.to_utc(day, cast(time, form.start.data), zone),
        ends_at=moment(form.end.data),
        second_starts_at=moment(form.second_start.data),
        second_ends_at=moment(form.second_end.data),
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
        return _("Cette date est passée. Vous pouvez quand même publier, pour mémoire.")
    return _(
        "C’est %(when)s. Annoncée moins de 7 jours avant, une rencontre laisse peu de temps pour s’organiser. "
        "Vous pouvez changer la date, ou publier quand même.",
        when=wording.days_left(day, today),
    )


@blueprint.route("/<int:body_id>/rencontres/nouvelle", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def announce(body_id: int) -> Answer:
    """The form of a new meeting or permanence."""
    dossier = _dossier(body_id, "meeting.edit")
    if not dossier.residents:
        abort(404)
    form = _meeting_form({"kind": "", "repeat": ""})
    status, warning = 200, None
    if form.validate_on_submit():
        zone = queries.zone()
        try:
            event = _said(form, zone)
            warning = _to_confirm(form)
            if warning is None:
                operations.announce_meeting(
                    _actor(), body_id, event, uid=form.client_key.data or "", zone=zone
                )
        except DomainError as refused:
            status = _refuse(form, refused)
        else:
            if warning is None:
                flash(_("C’est annoncé. Les habitantes et les habitants le lisent maintenant."), "success")
                return redirect(url_for("bodies_desk.show", body_id=body_id), 303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "bodies/meeting.html",
        body=dossier,
        form=form,
        warning=warning,
        meeting=None,
        languages_to=_languages(),
    )
    return page, status


def _meeting(body_id: int, meeting_id: int) -> MeetingDossier:
    meeting = dossiers.meeting_dossier(body_id, meeting_id)
    if meeting is None:
        abort(404)
    return meeting


def _as_typed(meeting: MeetingDossier, zone: ZoneInfo) -> dict[str, Any]:
    def wall(moment: datetime | None) -> time | None:
        return moment.astimezone(zone).time() if moment else None

    recurrence = meeting.recurrence
    return {
        "kind": meeting.kind,
        "day": meeting.starts_at.astimezone(zone).date(),
        "start": wall(meeting.starts_at),
        "end": wall(meeting.ends_at),
        "second_start": wall(meeting.second_starts_at),
        "second_end": wall(meeting.second_ends_at),
        "repeat": repeat_of(recurrence),
        "except_months": [str(month) for month in sorted(recurrence.except_months)] if recurrence else [],
        "until": recurrence.until if recurrence else None,
        "place": meeting.place or "",
        "childcare": meeting.childcare,
        "step_free": meeting.step_free,
        "interpreter": meeting.interpreter,
        "spoken": list(meeting.spoken),
        "version": str(meeting.sequence),
        **{f"title_{tag}": text for tag, text in meeting.title.items()},
        **{f"sentence_{tag}": text for tag, text in meeting.sentence.items()},
    }


@blueprint.route("/<int:body_id>/rencontres/<int:meeting_id>/modifier", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def change(body_id: int, meeting_id: int) -> Answer:
    """The form of a meeting that is announced."""
    dossier, meeting = _dossier(body_id, "meeting.edit"), _meeting(body_id, meeting_id)
    zone = queries.zone()
    form = _meeting_form(_as_typed(meeting, zone))
    status, warning = 200, None
    if form.validate_on_submit():
        try:
            event = _said(form, zone)
            warning = _to_confirm(form, meeting.starts_at.astimezone(zone).date())
            if warning is None:
                operations.change_meeting(
                    _actor(), meeting_id, event, sequence=_number(form.version.data), zone=zone
                )
        except DomainError as refused:
            status = _refuse(form, refused)
            if isinstance(refused, Conflict):
                form.version.data = str(meeting.sequence)
        else:
            if warning is None:
                flash(_("C’est enregistré. Les habitantes et les habitants le lisent maintenant."), "success")
                return redirect(url_for("bodies_desk.show", body_id=body_id), 303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "bodies/meeting.html",
        body=dossier,
        form=form,
        warning=warning,
        meeting=meeting,
        languages_to=_languages(),
    )
    return page, status


@blueprint.route("/<int:body_id>/rencontres/<int:meeting_id>/annuler", methods=["GET", "POST"])
@policy("meeting.edit")
@keeps_form
def cancel(body_id: int, meeting_id: int) -> Answer:
    """Ask why, then say everywhere that it is cancelled."""
    dossier, meeting = _dossier(body_id, "meeting.edit"), _meeting(body_id, meeting_id)
    if meeting.cancelled_at is not None:
        flash(_("Cette rencontre est déjà annulée."), "info")
        return redirect(url_for("bodies_desk.show", body_id=body_id), 303)
    form = cancel_form(_languages(), meeting.sequence)
    status = 200
    if form.validate_on_submit():
        try:
            operations.cancel_meeting(
                _actor(), meeting_id, texts_of(form, "reason"), sequence=_number(form.version.data)
            )
        except DomainError as refused:
            status = _refuse(form, refused)
            if isinstance(refused, Conflict):
                form.version.data = str(meeting.sequence)
        else:
            flash(_("La rencontre est annulée. Elle reste visible, avec votre raison."), "success")
            return redirect(url_for("bodies_desk.show", body_id=body_id), 303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "bodies/cancel.html", body=dossier, form=form, meeting=meeting, languages_to=_languages()
    )
    return page, status
