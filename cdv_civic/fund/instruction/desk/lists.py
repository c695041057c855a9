"""Rounds within reach, and the list of one: several projects at once, by keyboard alone."""

from flask import flash, redirect, render_template, request

from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in, numbers_in
from cdv_civic.fund.instruction.desk.blueprint import (
    blueprint,
    filters_here,
    kept,
    list_url,
    project_url,
    round_here,
)
from cdv_civic.fund.instruction.forms import BulkProjectsForm
from cdv_civic.fund.instruction.operations.many import ActedOnMany, BulkAct, act_on_many
from cdv_civic.fund.instruction.queries.listed import (
    KEY_PARTS,
    NO_SERVICE,
    how_many,
    narrowed,
    projects_page,
)
from cdv_civic.fund.instruction.queries.rounds import (
    places_of_projects,
    rounds_at_desk,
    services_of,
    states_of,
)
from cdv_civic.fund.instruction.rules import MOST_AT_ONCE, InstructionAct
from cdv_civic.fund.instruction.wording import ACTS, short_breaches
from cdv_civic.fund.project_words import CARRIERS, STATES, cents_text
from cdv_civic.fund.scopes import INSTRUCT


@blueprint.get("")
@policy("project.instruct")
def rounds() -> str:
    """Rounds within reach, with how much waits in each; 1 statement."""
    return render_template(
        "fund/instruction/rounds.html",
        rounds=rounds_at_desk(reach_of(actor(), INSTRUCT), current_language().tag),
    )


@blueprint.route("/appels/<int:round_id>", methods=["GET", "POST"])
@policy("project.instruct")
@keeps_form
def projects(round_id: int) -> Answer:
    """The projects of a round: `?etat=`, `?service=`, `?quartier=`, `?retard=1` and `?q=` narrow them; and one act on
    several. 5 statements; 1 more where it is narrowed, where words are looked for, where transports are counted."""
    fund_round = round_here(round_id)
    filters = filters_here()
    form = BulkProjectsForm()
    chosen = numbers_in(request.form.getlist("project")[:MOST_AT_ONCE])

    def act() -> ActedOnMany:
        versions = {each: number_in(request.form.get(f"version-{each}")) or 0 for each in chosen}
        asked = form.act.data
        return act_on_many(
            actor(),
            round_id,
            BulkAct(
                InstructionAct(asked) if asked else None,
                form.service.data or "",
                form.return_by.data,
                form.on.data,
                form.reference.data or "",
            ),
            versions,
        )

    status, came = submit_for(form, act)
    where = {each: request.args.get(each) for each in ("apres", "avant") if request.args.get(each)}
    if came is not None:
        _tell(InstructionAct(form.act.data), came)
        rest = "-".join(str(each.project_id) for each in came.not_done) or None
        return redirect(list_url(round_id, filters, **where, reste=rest, _anchor="projets"), 303)
    ticked = set(chosen) | set(numbers_in(request.args.get("reste", "").split("-")[:MOST_AT_ONCE]))
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    conditions = narrowed(round_id, filters)
    page = projects_page(fund_round, conditions, cursor)
    states = states_of(round_id)
    return render_template(
        "fund/instruction/projects.html",
        round=fund_round,
        rows=page.rows,
        ticked=ticked,
        filters=filters,
        kept=[(name, value) for name, value in kept(filters).items() if value and name != "q"],
        form=form,
        states=STATES,
        state_choices=[(code, STATES[code].label) for code in STATES if code in states],
        totals=states,
        services=services_of(fund_round.fund_id),
        no_service=NO_SERVICE,
        places=places_of_projects(round_id),
        carriers=CARRIERS,
        cents=cents_text,
        said_against=short_breaches,
        project_url=lambda each: project_url(each, filters),
        found=how_many(conditions) if filters.active or filters.q else sum(states.values()),
        here=list_url(round_id, filters, **where),
        previous_url=list_url(round_id, filters, avant=write_key(page.previous_key))
        if page.previous_key
        else None,
        next_url=list_url(round_id, filters, apres=write_key(page.next_key)) if page.next_key else None,
    ), status


def _tell(act: InstructionAct, came: ActedOnMany) -> None:
    """What was done, and what was not and why: projects of one reason together."""
    if came.done:
        flash(
            ngettext(
                "%(what)s\u00a0: %(num)s projet.",
                "%(what)s\u00a0: %(num)s projets.",
                len(came.done),
                what=ACTS[act.value].label,
            ),
            "success",
        )
    reasons: dict[str, list[int]] = {}
    for each in came.not_done:
        reasons.setdefault(str(each.why), []).append(each.number)
    for why, numbers in reasons.items():
        flash(
            ngettext(
                "Ce projet n’a pas changé (n°\u00a0%(which)s)\u00a0: %(why)s",
                "Ces projets n’ont pas changé (n°\u00a0%(which)s)\u00a0: %(why)s",
                len(numbers),
                which=_(", ").join(map(str, numbers)),
                why=why,
            ),
            "warning",
        )
