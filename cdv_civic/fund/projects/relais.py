"""« Écrire un projet pour une personne »: the pages of a relais, made for one hand and a phone.

A relais sees nothing of the project afterwards: the receipt is the person's.
"""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from cdv_civic.accounts.consents import FORMS, PROJECT_SENTENCES, GivenConsent
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, keep_for_one_person
from cdv_civic.core.web.request_limits import came_in_at, takes
from cdv_civic.fund.breach_words import breach_said
from cdv_civic.fund.projects.forms import AssistedProjectForm, prepare, typed_project
from cdv_civic.fund.projects.operations.depositing import DepositedProject, RoundClosed, assist
from cdv_civic.fund.projects.queries.rounds import (
    DepositRound,
    choices_of,
    deposit_round,
    rounds_to_enter_in,
)
from cdv_civic.fund.projects.views.blueprint import MOST_FILES
from cdv_civic.fund.projects.wording import said_lines
from cdv_civic.fund.scopes import ENTER, touched_by_entering
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.wording import CHANNEL_WORDS

blueprint = Blueprint("fund_relais", __name__, url_prefix="/<lang>/relais/projets")
keep_for_one_person(blueprint)


def _round(slug: str, round_slug: str) -> DepositRound:
    """The round of a page, for whoever writes for others; 404 where nobody sees it, or `Forbidden`. 4 statements."""
    found = deposit_round(slug, round_slug, current_language().tag)
    if found is None:
        abort(404)
    require(actor(), ENTER, touched_by_entering(db.session(), found, found.fund_id))
    return found


def _closed(found: DepositRound, said: Any = ()) -> str:
    """The page in place of a form that would be refused; what was typed is given back."""
    return render_template("fund/projects/relais/closed.html", round=found, said=said)


@blueprint.get("")
@policy("project.enter")
def start() -> str:
    """The open rounds within the reach of the relais."""
    rounds = rounds_to_enter_in(actor(), current_language().tag)
    return render_template("fund/projects/relais/start.html", rounds=rounds)


@blueprint.get("/<slug>/<round_slug>")
@policy("project.enter")
def consent(slug: str, round_slug: str) -> str:
    """What is read aloud before anything is written. Languages change by the links of the page's head."""
    found = _round(slug, round_slug)
    if not found.is_open:
        return _closed(found)
    return render_template("fund/projects/relais/consent.html", round=found, sentences=PROJECT_SENTENCES)


@blueprint.route("/<slug>/<round_slug>/ecrire", methods=["GET", "POST"])
@policy("project.enter")
@keeps_form
@takes(megabytes_of_files=MOST_FILES)
def write(slug: str, round_slug: str) -> Answer:
    """The person's own words. The receipt answers the POST itself, to be handed over."""
    found = _round(slug, round_slug)
    language = current_language().tag
    agreed = request.args.get("accord", "")
    form = AssistedProjectForm(
        data={
            "contact_language": language,
            "channel": Channel.PERMANENCE.value,
            "consent": agreed if agreed in FORMS else "",
            "read_in": language,
        }
    )
    prepare(form, found, choices_of(found, language), site_languages())
    if not form.is_submitted() and (not form.consent.data or not found.is_open):
        return redirect(url_for("fund_relais.consent", slug=slug, round_slug=round_slug))
    tags = {each.tag for each in site_languages()}
    read_in = str(form.read_in.data) if form.read_in.data in tags else language

    def act() -> DepositedProject:
        return assist(
            actor(),
            typed_project(form, found),
            form.channel.data or "",
            GivenConsent(form.consent.data or "", read_in),
            at=came_in_at(),
        )

    try:
        status, got = submit_for(form, act, raising=(RoundClosed,))
    except RoundClosed:
        return _closed(found, said_lines(form)), 409
    if got is not None:
        later = [breach_said(each, found.rules) for each in sorted(got.later)]
        return render_template("fund/projects/relais/done.html", round=found, got=got, later=later)
    page = render_template("fund/projects/relais/write.html", round=found, form=form, channels=CHANNEL_WORDS)
    return page, status
