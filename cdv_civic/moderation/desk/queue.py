"""What waits: where somebody moderates, and the list of one place, what is late first."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.core import clock
from cdv_civic.core.forms.submit import press
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in, numbers_in
from cdv_civic.moderation.desk.blueprint import DeskPlace, blueprint, body_at_desk, staff_at_desk
from cdv_civic.moderation.desk.cases import undo_url
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.operations.deciding import MOST_AT_ONCE, publish_many
from cdv_civic.moderation.operations.locking import OF_A_BODY, OF_STAFF
from cdv_civic.moderation.queries.places import ModeratedPlace, moderated_places
from cdv_civic.moderation.queries.queue import KEY_PARTS, QueueFilters, Shown, queue_page, queue_totals
from cdv_civic.moderation.wording import HINTS, SHOWN, STATES


def queue_url(place: ModeratedPlace) -> str:
    """The list of a place."""
    if place.body_id is not None:
        return url_for("moderation_desk.queue", body_id=place.body_id)
    return url_for("moderation_desk.staff_queue", contract_id=place.contract_id)


# Whoever moderates, or answers appeals, is of the roles of this action: one page for both kinds of places.
@blueprint.get("/moderation")
@policy("appeal.decide")
def start() -> Answer:
    """Where one moderates, and how much waits there; the list itself where there is one place only."""
    places = moderated_places(reach_of(actor(), OF_A_BODY), reach_of(actor(), OF_STAFF))
    if len(places) == 1:
        return redirect(queue_url(places[0]), 303)
    return render_template("moderation/start.html", places=places, queue_url=queue_url)


@blueprint.get("/instances/<int:body_id>/moderation")
@policy(OF_A_BODY)
def queue(body_id: int) -> str:
    """The texts of a body; `?quoi=` and `?sorte=` narrow them."""
    return _list_page(body_at_desk(body_id))


@blueprint.get("/moderation/contrats/<int:contract_id>")
@policy(OF_STAFF)
def staff_queue(contract_id: int) -> str:
    """The same of what no body reads in a contract."""
    return _list_page(staff_at_desk(contract_id))


def _filters() -> QueueFilters:
    shown, kind = request.args.get("quoi", ""), request.args.get("sorte", "")
    return QueueFilters(
        Shown(shown) if shown in {each.value for each in Shown} else Shown.WAITING,
        kind if kind in moderated_kinds() else "",
    )


def _list_page(place: DeskPlace) -> str:
    filters = _filters()
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    page = queue_page(place.texts, filters, cursor, actor().actor_id, current_language().tag)
    kept: dict[str, Any] = {
        "quoi": None if filters.shown is Shown.WAITING else filters.shown.value,
        "sorte": filters.kind or None,
    }
    return render_template(
        "moderation/queue.html",
        place=place,
        filters=filters,
        rows=page.rows,
        totals=queue_totals(place.texts),
        kinds=moderated_kinds(),
        kind_choices=[(kind.code, kind.label) for kind in moderated_kinds().values()],
        shown=SHOWN,
        shown_choices=[
            (word.code, word.label) for word in SHOWN.values() if word.code != Shown.WAITING.value
        ],
        states=STATES,
        hints=HINTS,
        now=clock.now(),
        undo_url=undo_url(place, number_in(request.args.get("fait"))),
        previous_url=place.url("queue", **kept, avant=write_key(page.previous_key))
        if page.previous_key
        else None,
        next_url=place.url("queue", **kept, apres=write_key(page.next_key)) if page.next_key else None,
    )


@blueprint.post("/instances/<int:body_id>/moderation/publier")
@policy(OF_A_BODY)
def publish_chosen(body_id: int) -> Answer:
    """Publish the texts that were chosen in the list."""
    return _publish(body_at_desk(body_id))


@blueprint.post("/moderation/contrats/<int:contract_id>/publier")
@policy(OF_STAFF)
def staff_publish_chosen(contract_id: int) -> Answer:
    """The same of what no body reads."""
    return _publish(staff_at_desk(contract_id))


def _publish(place: DeskPlace) -> Answer:
    chosen = numbers_in(request.form.getlist("text")[:MOST_AT_ONCE])
    published = press(
        lambda: publish_many(actor(), chosen),
        lambda done: ngettext("%(num)s texte est public.", "%(num)s textes sont publics.", len(done)),
    )
    if published is not None and len(published) < len(chosen):
        left = len(chosen) - len(published)
        flash(
            ngettext(
                "%(num)s texte est resté\u00a0: ouvrez-le, il est à lire seul.",
                "%(num)s textes sont restés\u00a0: ouvrez-les, ils sont à lire un par un.",
                left,
            ),
            "info",
        )
    return redirect(place.url("queue"), 303)
