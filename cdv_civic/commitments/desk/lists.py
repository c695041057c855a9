"""The work list, the table, and what is done with many commitments at once."""

from collections.abc import Mapping
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cdv_civic.accounts.news import desk_news_of
from cdv_civic.commitments import operations
from cdv_civic.commitments.desk import reading
from cdv_civic.commitments.desk.routes import blueprint
from cdv_civic.commitments.rules.work_list import WorkQueue
from cdv_civic.commitments.selection import NO_THEME, Selection, limits
from cdv_civic.commitments.wording import QUEUE_LABELS
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.paging import read_place, write_key
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor, number_in
from cdv_civic.territory.vocabulary import STATES, THEMES

#: The filters of the table, by their names in addresses.
FILTERS: Final = ("contrat", "quartier", "etat", "theme", "porteur", "tas", "q")
LONGEST_QUESTION: Final = 200


def asked(arguments: Mapping[str, str]) -> dict[str, str]:
    """The filters that an address or a form names, empty ones left out."""
    found = {name: arguments.get(name, "").strip()[:LONGEST_QUESTION] for name in FILTERS}
    return {name: value for name, value in found.items() if value}


def selection_of(filters: Mapping[str, str], action: str) -> Selection:
    """The selection that filters name, within what the actor may do; unknown values find all."""
    state, theme, queue = filters.get("etat"), filters.get("theme"), filters.get("tas")
    return Selection(
        reach=reach_of(actor(), action),
        contract_id=number_in(filters.get("contrat", "")),
        quartier_id=number_in(filters.get("quartier", "")),
        holder_id=number_in(filters.get("porteur", "")),
        state=state if state in STATES else None,
        theme=theme if theme in THEMES or theme == NO_THEME else None,
        queue=WorkQueue(queue) if queue in set(WorkQueue) else None,
        text=filters.get("q", ""),
    )


@blueprint.get("")
@policy("desk.read")
def worklist() -> str:
    """What waits, oldest first. 7 statements, and one where an organisation may have words to answer."""
    waiting = reading.work_list(actor(), limits(), current_language().tag)
    return render_template(
        "commitments/desk/worklist.html",
        waiting=waiting,
        news=desk_news_of(actor()),
        labels=QUEUE_LABELS,
        WorkQueue=WorkQueue,
        settings=current_settings(),
        today=limits().today,
    )


@blueprint.get("/engagements")
@policy("desk.read")
def table() -> str:
    """All commitments, filtered, 50 rows at a time. 8 statements."""
    filters = asked(request.args)
    selection = selection_of(filters, "desk.read")
    place = read_place(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = reading.table(selection, place, current_language().tag)
    published = [
        number
        for part in request.args.get("publie", "").split("-")
        if (number := number_in(part)) is not None
    ]
    return render_template(
        "commitments/desk/table.html",
        page=page,
        filters=filters,
        choices=reading.choices(selection.reach, selection.contract_id),
        state_options=[(word.code, word.label) for word in STATES.values()],
        theme_options=[*((word.code, word.label) for word in THEMES.values()), (NO_THEME, _("Sans thème"))],
        queue_options=[(queue.value, label) for queue, label in QUEUE_LABELS.items()],
        published=published,
        previous_url=page.previous_key
        and url_for("commitments_desk.table", **filters, avant=write_key(page.previous_key)),  # type: ignore[arg-type]
        next_url=page.next_key
        and url_for("commitments_desk.table", **filters, apres=write_key(page.next_key)),  # type: ignore[arg-type]
    )


@blueprint.get("/engagements/verifier")
@policy("commitment.publish")
def back_to_table() -> Response:
    """The question is asked of a form: whoever comes here by hand goes to the table."""
    return redirect(url_for("commitments_desk.table"))


@blueprint.post("/engagements/verifier")
@policy("commitment.publish")
def confirm_publication() -> str | tuple[str, int]:
    """Say how many commitments will be marked as checked, and ask."""
    filters = asked(request.form)
    whole = request.form.get("etendue") == "filtre"
    ids = [number for typed in request.form.getlist("ids") if (number := number_in(typed)) is not None]
    selection = selection_of(filters, "commitment.publish") if whole else None
    count = reading.count_to_check(selection, ids, actor())
    return _ask(filters, ids, whole, count)


def _ask(filters: Mapping[str, str], ids: list[int], whole: bool, count: int, sentence: object = None) -> str:
    return render_template(
        "commitments/desk/confirm.html",
        filters=filters,
        ids=[] if whole else ids,
        whole=whole,
        count=count,
        chosen=None if whole else len(set(ids)),
        sentence=sentence,
    )


@blueprint.post("/engagements/verifies")
@policy("commitment.publish")
def publish_many() -> Response | tuple[str, int]:
    """Mark them as checked, if they are still as many as was said."""
    filters = asked(request.form)
    whole = request.form.get("etendue") == "filtre"
    ids = [number for typed in request.form.getlist("ids") if (number := number_in(typed)) is not None]
    chosen = selection_of(filters, "commitment.publish") if whole else ids
    try:
        done = operations.publish_commitments(
            actor(), chosen, expected=number_in(request.form.get("combien", ""))
        )
    except operations.ListChanged as changed:
        return _ask(filters, ids, whole, changed.count, changed.sentence), changed.status
    flash(
        ngettext(
            "%(num)s engagement est marqué comme vérifié.",
            "%(num)s engagements sont marqués comme vérifiés.",
            done.count,
        ),
        "success",
    )
    published = "-".join(map(str, done.entries)) or None
    return redirect(url_for("commitments_desk.table", **filters, publie=published), 303)  # type: ignore[arg-type]


@blueprint.post("/engagements/annuler")
@policy("commitment.publish")
def undo() -> Response:
    """Take back a publication of the table."""
    filters = asked(request.form)
    entries = [number for typed in request.form.getlist("acte") if (number := number_in(typed)) is not None]
    count = operations.undo_publication(actor(), entries)
    flash(
        ngettext(
            "C’est annulé : %(num)s engagement est de nouveau à vérifier.",
            "C’est annulé : %(num)s engagements sont de nouveau à vérifier.",
            count,
        )
        if count
        else _("Il n’y avait plus rien à annuler."),
        "success" if count else "info",
    )
    back = number_in(request.form.get("engagement", ""))
    if back is not None:
        return redirect(url_for("commitments_desk.show", commitment_id=back), 303)
    return redirect(url_for("commitments_desk.table", **filters), 303)  # type: ignore[arg-type]
