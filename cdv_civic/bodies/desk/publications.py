"""What a body makes known, at the desk: the list, the form, and its withdrawal."""

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.bodies.desk.blueprint import (
    allowed_at_desk,
    blueprint,
    body_at_desk,
    residents_body_at_desk,
)
from cdv_civic.bodies.desk.occurrences import event_at_desk, occurrence_at_desk
from cdv_civic.bodies.drafts import NEW_PUBLICATION, PUBLICATION
from cdv_civic.bodies.forms.meetings import cancel_form
from cdv_civic.bodies.forms.publications import PublicationForm, publication_form
from cdv_civic.bodies.operations import publications as operations
from cdv_civic.bodies.operations.publication_drafts import MOST_DECISIONS, PublicationDraft
from cdv_civic.bodies.operations.publications import ACTION
from cdv_civic.bodies.queries import desk
from cdv_civic.bodies.queries.desk import DeskPublication
from cdv_civic.bodies.queries.publications import KEY_PARTS, publications_of_body, published_by
from cdv_civic.bodies.rules import OF_A_MEETING
from cdv_civic.bodies.wording import PUBLICATION_KINDS
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.texts import text_data, texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.core.web.request_limits import takes
from cdv_civic.drafts.forms import draft_of


@blueprint.get("/<int:body_id>/publications")
@policy("body.read")
def publications(body_id: int) -> str:
    """All that the body made known, the newest first."""
    body = body_at_desk(body_id, "body.read")
    place = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    page = publications_of_body(body_id, current_language().tag, place)
    return render_template(
        "bodies/desk/publications.html",
        body=body,
        publications=page.rows if body.residents else (),
        allowed=allowed_at_desk(body_id),
        previous_url=url_for("bodies_desk.publications", body_id=body_id, avant=write_key(page.previous_key))
        if page.previous_key
        else None,
        next_url=url_for("bodies_desk.publications", body_id=body_id, apres=write_key(page.next_key))
        if page.next_key
        else None,
    )


def _said(form: PublicationForm, kind: str, meeting_id: int | None, day: date | None) -> PublicationDraft:
    """What the form publishes; raises `BadUpload` for a file that cannot be kept."""
    own = kind not in OF_A_MEETING
    return PublicationDraft(
        kind=kind,
        summary=texts_of(form, "summary"),
        title=texts_of(form, "title") if own else {},
        said_on=form["said_on"].data if own else None,
        meeting_id=meeting_id,
        meeting_day=day,
        decisions=form.decisions(),
        files=form.files_read(),
    )


def _form_page(body: desk.DeskBody, form: PublicationForm, status: int, **more: Any) -> tuple[str, int]:
    page = render_template(
        "bodies/publication_form.html",
        body=body,
        form=form,
        told=form.told(),
        languages_to=site_languages(),
        **more,
    )
    return page, status


def _back(body_id: int, said: str, kind: str = "success") -> AnyResponse:
    flash(said, kind)
    return redirect(url_for("bodies_desk.publications", body_id=body_id), 303)


@blueprint.route("/<int:body_id>/publications/nouvelle", methods=["GET", "POST"])
@policy("publication.edit")
@keeps_form
@takes(megabytes_of_files=60)
def publish(body_id: int) -> Answer:
    """The form of a publication on its own, or of one date: `?rencontre=12&date=2026-12-05&sorte=compte_rendu`."""
    body = residents_body_at_desk(body_id, ACTION)
    meeting_id = number_in(request.args.get("rencontre"))
    kind = request.args.get("sorte") if request.args.get("sorte") in OF_A_MEETING else None
    event = item = None
    if meeting_id is not None:
        kind = kind or abort(404)
        event = event_at_desk(body, meeting_id)
        item = occurrence_at_desk(event, request.args.get("date", ""))
    else:
        kind = None
    form = publication_form(site_languages(), {}, kind=kind)
    form.note_seen(lambda: published_by(db.session(), body_id, body.name))
    of_meeting = (meeting_id, item.key.isoformat(), kind) if meeting_id and item and kind else ()
    draft = draft_of(form, NEW_PUBLICATION, body_id, *of_meeting)
    if draft.was_kept():
        return draft.to_list()
    status = submit(
        form,
        lambda: operations.publish(
            actor(),
            body_id,
            _said(form, kind or form["kind"].data, meeting_id, item.key if item else None),
            client_key=form.client_key.data or "",
            zone=clock.zone(),
            sent=draft.sent,
            seen=form.last_seen(),
        ),
    )
    if status is None:
        draft.forget_on_device()
        return _back(body_id, _("C’est publié. Les habitantes et les habitants le lisent maintenant."))
    return _form_page(
        body,
        form,
        status,
        draft=draft,
        publication=None,
        kind=PUBLICATION_KINDS[kind] if kind else None,
        event=event,
        item=item,
    )


def _publication(body_id: int, publication_id: int) -> DeskPublication:
    found = desk.desk_publication(body_id, publication_id)
    if found is None:
        abort(404)
    return found


@blueprint.route("/<int:body_id>/publications/<int:publication_id>/modifier", methods=["GET", "POST"])
@policy("publication.edit")
@keeps_form
@takes(megabytes_of_files=60)
def change_publication(body_id: int, publication_id: int) -> Answer:
    """The form of a publication that is published."""
    body, publication = body_at_desk(body_id, ACTION), _publication(body_id, publication_id)
    if publication.withdrawn:
        return _back(body_id, _("Cette publication est déjà retirée."), "info")
    of_meeting = publication.kind in OF_A_MEETING
    data: dict[str, Any] = {
        "kind": publication.kind,
        "said_on": publication.said_on,
        "version": str(publication.version),
        **text_data("title", publication.title),
        **text_data("summary", publication.summary),
    }
    decided = dict(enumerate(publication.decisions, start=1))
    for number in range(1, MOST_DECISIONS + 1):
        decision = decided.get(number)
        data |= text_data(f"decision_{number}", decision.sentence if decision else {})
        data |= {
            f"who_{number}": (decision.who or "") if decision else "",
            f"by_{number}": decision.by_day if decision else None,
        }
    form = publication_form(
        site_languages(), data, kind=publication.kind if of_meeting else None, shown=publication.files
    )
    draft = draft_of(form, PUBLICATION, publication_id)
    if draft.was_kept():
        return draft.to_list()
    status = submit(
        form,
        lambda: operations.change_publication(
            actor(),
            publication_id,
            _said(
                form,
                publication.kind if of_meeting else form["kind"].data,
                publication.meeting_id,
                publication.meeting_day,
            ),
            version=form.version.number,
            hide=[int(each) for each in form["hide"].data or ()] if "hide" in form else (),
            sent=draft.sent,
        ),
    )
    if status is None:
        draft.forget_on_device()
        return _back(body_id, _("C’est enregistré. Les habitantes et les habitants le lisent maintenant."))
    event = event_at_desk(body, publication.meeting_id) if publication.meeting_id else None
    return _form_page(
        body,
        form,
        status,
        draft=draft,
        publication=publication,
        kind=PUBLICATION_KINDS[publication.kind],
        event=event,
        item=None,
    )


@blueprint.route("/<int:body_id>/publications/<int:publication_id>/retirer", methods=["GET", "POST"])
@policy("publication.edit")
@keeps_form
def withdraw_publication(body_id: int, publication_id: int) -> Answer:
    """Ask why, then take the publication back."""
    body, publication = body_at_desk(body_id, ACTION), _publication(body_id, publication_id)
    if publication.withdrawn:
        return _back(body_id, _("Cette publication est déjà retirée."), "info")
    form = cancel_form(site_languages(), publication.version)
    status = submit(
        form,
        lambda: operations.withdraw_publication(
            actor(), publication_id, texts_of(form, "reason"), version=form.version.number
        ),
    )
    if status is None:
        return _back(body_id, _("La publication est retirée. Son titre reste visible, avec votre raison."))
    page = render_template(
        "bodies/withdraw_publication.html",
        body=body,
        publication=publication,
        kind=PUBLICATION_KINDS[publication.kind],
        form=form,
        languages_to=site_languages(),
    )
    return page, status
