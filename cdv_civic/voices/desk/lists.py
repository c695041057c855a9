"""The register of a body: what is late first."""

from typing import Any

from flask import render_template, request, url_for

from cdv_civic.bodies.desk.blueprint import residents_body_at_desk
from cdv_civic.core import clock
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.search import typed_search
from cdv_civic.participation.rules.themes import THEMES
from cdv_civic.voices import rules
from cdv_civic.voices.desk.blueprint import blueprint, ids_in
from cdv_civic.voices.queries.organisations import organisations_of
from cdv_civic.voices.queries.register import KEY_PARTS, RegisterFilters, desk_page, totals


def _filters() -> RegisterFilters:
    args = request.args
    return RegisterFilters(
        state=args.get("etat", "") if args.get("etat") in rules.STATES else "",
        theme=args.get("theme", "") if args.get("theme") in THEMES else "",
        kind=args.get("sorte", "") if args.get("sorte") in rules.KINDS else "",
        late=args.get("retard") == "1",
        q=typed_search(args),
    )


@blueprint.get("/<int:body_id>/parole")
@policy("voice.answer")
def show(body_id: int) -> str:
    """The words said to a body; `?etat=`, `?theme=`, `?sorte=`, `?retard=1` and `?q=` narrow them."""
    body = residents_body_at_desk(body_id, "voice.answer")
    filters = _filters()
    kept: dict[str, Any] = {
        "etat": filters.state or None,
        "theme": filters.theme or None,
        "sorte": filters.kind or None,
        "retard": "1" if filters.late else None,
        "q": filters.q or None,
    }
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    page = desk_page(body_id, filters, cursor)

    def address(**where: Any) -> str:
        return url_for("voices_desk.show", body_id=body_id, **kept, **where)

    return render_template(
        "voices/register.html",
        body=body,
        filters=filters,
        kept=[(name, value) for name, value in kept.items() if value and name != "q"],
        rows=page.rows,
        totals=totals(body_id),
        organisations=organisations_of(body.contract_id),
        moved=ids_in(request.args.get("transmis", "")),
        today=clock.today(),
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )
