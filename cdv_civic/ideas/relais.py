"""« Écrire une idée pour une personne »: the pages of a relais, made for one hand and a phone; and slips of paper,
typed in one after the other."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from cdv_civic.accounts.consents import FORMS, IDEA_SENTENCES, GivenConsent
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, keep_for_one_person
from cdv_civic.ideas.forms import AssistedIdeaForm, PaperIdeaForm, entered_form, entered_idea_of
from cdv_civic.ideas.operations import putting
from cdv_civic.ideas.queries.boxes import (
    PublicBox,
    boxes_to_enter_in,
    desk_box,
    quartiers_of_box,
)
from cdv_civic.ideas.queries.counts import entered_today
from cdv_civic.ideas.rules.boxes import WhyNotEnter, why_not_enter
from cdv_civic.ideas.scopes import ACTION, ENTER, touched_box, touched_by_entering
from cdv_civic.participation.rules.channels import Channel

blueprint = Blueprint("ideas_relais", __name__, url_prefix="/<lang>/relais/idees")
keep_for_one_person(blueprint)


def _box(slug: str) -> PublicBox:
    """The box of a page, for whoever types in; 404 where nobody sees it, or `Forbidden`. 5 statements."""
    box = desk_box(slug, current_language().tag)
    if box is None or not box.published:
        abort(404)
    require(actor(), ENTER, touched_by_entering(db.session(), box))
    return box


def _takes(box: PublicBox, *, paper: bool = False) -> bool:
    """Whether a box takes what is said today or, on `paper`, was written on some day before it closed."""
    why = why_not_enter(
        clock.today(),
        clock.now(),
        clock.zone(),
        opens_at=box.opens_at,
        closes_at=box.closes_at,
        choice_open=box.choice_opened_at is not None,
    )
    return why is None or (paper and why is WhyNotEnter.AFTER_CLOSING)


def _closed(box: PublicBox) -> str:
    """The page in place of a form that would be refused."""
    return render_template("ideas/relais/closed.html", box=box, choice_open=box.choice_opened_at is not None)


@blueprint.get("")
@policy("idea.enter")
def start() -> str:
    """The open boxes within the reach of the relais, and how many ideas were written today."""
    return render_template(
        "ideas/relais/start.html",
        boxes=boxes_to_enter_in(actor(), current_language().tag),
        today=entered_today(actor().actor_id or 0),
    )


@blueprint.get("/<slug>")
@policy("idea.enter")
def consent(slug: str) -> str:
    """What is read aloud before anything is written. Languages change by the links of the page's head."""
    box = _box(slug)
    if not _takes(box):
        return _closed(box)
    return render_template("ideas/relais/consent.html", box=box, sentences=IDEA_SENTENCES)


@blueprint.route("/<slug>/ecrire", methods=["GET", "POST"])
@policy("idea.enter")
@keeps_form
def write(slug: str) -> Answer:
    """The person's own words. The receipt answers the POST itself, to be handed over."""
    box = _box(slug)
    language = current_language().tag
    agreed = request.args.get("accord", "")
    form = entered_form(
        AssistedIdeaForm,
        quartiers_of_box(box.id),
        site_languages(),
        {
            "contact_language": language,
            "channel": Channel.STREET.value,
            "consent": agreed if agreed in FORMS else "",
            "read_in": language,
        },
        age=box.asked.age,
    )
    if not form.is_submitted() and (not form.consent.data or not _takes(box)):
        return redirect(url_for("ideas_relais.consent", slug=slug))
    tags = {each.tag for each in site_languages()}
    read_in = str(form.read_in.data) if form.read_in.data in tags else language
    status, got = submit_for(
        form,
        lambda: putting.assist(
            actor(),
            entered_idea_of(form, box.id),
            form.channel.data or "",
            GivenConsent(form.consent.data or "", read_in),
        ),
    )
    if got is not None:
        return render_template(
            "ideas/relais/done.html", box=box, got=got, today=entered_today(actor().actor_id or 0)
        )
    return render_template("ideas/relais/write.html", box=box, form=form), status


@blueprint.route("/<slug>/papier", methods=["GET", "POST"])
@policy("idea.enter")
@keeps_form
def paper(slug: str) -> Answer:
    """Slips of a meeting, one after the other: where they come from, the day and the quartier stay as they were.

    The POST itself answers with the receipt and an empty form: no address and no cookie holds a receipt, and the same
    page asked for again gives the same one.
    """
    box = _box(slug)
    quartiers = quartiers_of_box(box.id)
    first: dict[str, Any] = {
        "channel": Channel.PAPER.value,
        "said_on": clock.today(),
        "contact_language": current_language().tag,
    }
    age = box.asked.age
    form = entered_form(PaperIdeaForm, quartiers, site_languages(), first, age=age)
    if not form.is_submitted() and not _takes(box, paper=True):
        return _closed(box)
    status, got = submit_for(
        form,
        lambda: putting.enter(
            actor(), entered_idea_of(form, box.id), form.channel.data or "", form.said_on.data
        ),
    )
    title = form.title.data
    if got is not None:
        stays = {name: form[name].data for name in ("channel", "said_on", "quartier", "lang", "age")}
        form = entered_form(PaperIdeaForm, quartiers, site_languages(), first | stays, age=age, empty=True)
    page = render_template(
        "ideas/relais/paper.html",
        box=box,
        form=form,
        got=got,
        title=title,
        entered=entered_today(actor().actor_id or 0, box.id),
        keeps=may(actor(), ACTION, touched_box(db.session(), box)),
    )
    return page, status
