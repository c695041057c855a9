"""The list of bodies, the page of one, and the form of what is said of it."""

from typing import Final

from flask import render_template, request

from cdv_civic.bodies import rules
from cdv_civic.bodies.desk.blueprint import allowed_at_desk, back_to_body, blueprint, body_at_desk
from cdv_civic.bodies.forms.bodies import BodyForm, body_form
from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.bodies.queries.bodies import bodies_of, contracts_with_bodies
from cdv_civic.bodies.queries.events import events_of_body
from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.texts import text_data, texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.text_folding import fold
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.core.web.search import typed_search

PER_PAGE: Final = 50


@blueprint.get("")
@policy("body.read")
def table() -> str:
    """The bodies of one contract (`?contrat=`), those of residents first; `?q=` looks for some."""
    reach = reach_of(actor(), "body.read")
    contracts = contracts_with_bodies(reach)
    asked = request.args.get("contrat", "")
    contract = next((each for each in contracts if each.slug == asked), contracts[0] if contracts else None)
    typed = typed_search(request.args)
    lines = bodies_of(contract.id, reach) if contract else []
    wanted = fold(typed)
    found = [
        line
        for line in lines
        if wanted in fold(" ".join([line.name, *(place.name for place in (*line.communes, *line.quartiers))]))
    ]
    page = max(1, number_in(request.args.get("page")) or 1)
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


@blueprint.get("/<int:body_id>")
@policy("body.read")
def show(body_id: int) -> str:
    """One body: what is said of it, and what it announces."""
    body = body_at_desk(body_id, "body.read")
    events = events_of_body(body_id, current_language().tag) if body.residents else []
    today = clock.today()
    return render_template(
        "bodies/desk/show.html",
        body=body,
        allowed=allowed_at_desk(body_id),
        events=[
            (event, rules.next_occurrence(event.own, event.recurrence, event.exceptions, clock.zone(), today))
            for event in reversed(events)
        ],
    )


@blueprint.route("/<int:body_id>/modifier", methods=["GET", "POST"])
@policy("body.edit")
@keeps_form
def edit(body_id: int) -> Answer:
    """The form of its state, of how to reach it and how to join it."""
    body = body_at_desk(body_id, "body.edit")
    form: BodyForm = body_form(
        site_languages(),
        {
            "state": body.state or "",
            "version": str(body.version),
            **text_data("contact", body.contact),
            **text_data("joining", body.joining),
        },
    )
    status = submit(
        form,
        lambda: describe_body(
            actor(),
            body_id,
            version=form.version.number,
            state=form.state.data or None,
            contact=texts_of(form, "contact"),
            joining=texts_of(form, "joining"),
        ),
    )
    if status is None:
        return back_to_body(
            body_id, _("C’est enregistré. Les habitantes et les habitants le lisent maintenant.")
        )
    return render_template("bodies/edit.html", body=body, form=form, languages_to=site_languages()), status
