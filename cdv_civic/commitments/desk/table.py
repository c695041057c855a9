"""The table of all commitments, filtered."""

from dataclasses import replace

from flask import render_template, request, url_for

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.desk.filters import asked, selection_of
from cdv_civic.commitments.desk.lookup import languages_of_role
from cdv_civic.commitments.queries.desk_lists import table_choices, table_page
from cdv_civic.commitments.queries.spelling import nearest_words
from cdv_civic.commitments.selection import NO_THEME
from cdv_civic.commitments.wording import QUEUE_LABELS
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import numbers_in
from cdv_civic.territory.vocabulary import STATES, THEMES


@blueprint.get("/engagements")
@policy("desk.read")
def table() -> str:
    """All commitments, filtered, 50 rows at a time. 8 statements."""
    filters = asked(request.args)
    selection = selection_of(filters, "desk.read")
    place = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = table_page(selection, place, current_language().tag)
    near = nearest_words(selection.text) if selection.text and not page.count else None
    if near is not None:
        page = table_page(replace(selection, text=near), place, current_language().tag)
    published = numbers_in(request.args.get("publie", "").split("-"))
    return render_template(
        "commitments/desk/table.html",
        page=page,
        mistyped=near is not None and page.count > 0,
        filters=filters,
        choices=table_choices(selection.reach, selection.contract_id),
        state_options=[(word.code, word.label) for word in STATES.values()],
        theme_options=[*((word.code, word.label) for word in THEMES.values()), (NO_THEME, _("Sans thème"))],
        queue_options=[(queue.value, label) for queue, label in QUEUE_LABELS.items()],
        language_options=[(each.tag, each.name) for each in languages_of_role()],
        published=published,
        previous_url=page.previous_key
        and url_for("commitments_desk.table", **filters, avant=write_key(page.previous_key)),  # type: ignore[arg-type]
        next_url=page.next_key
        and url_for("commitments_desk.table", **filters, apres=write_key(page.next_key)),  # type: ignore[arg-type]
    )
