"""Proposing a project: the form, and its receipt."""

from typing import Any

from flask import g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.core.forms.protection import only_language, open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.request_limits import came_in_at, takes
from cdv_civic.drafts.forms import TAKE, draft_of
from cdv_civic.fund.breach_words import breach_said
from cdv_civic.fund.projects.drafts import DEPOSIT
from cdv_civic.fund.projects.forms import LINKED, DepositForm, prepare, typed_project
from cdv_civic.fund.projects.operations.depositing import DepositedProject, RoundClosed, deposit
from cdv_civic.fund.projects.queries.rounds import DepositRound, choices_of
from cdv_civic.fund.projects.views.blueprint import (
    MOST_FILES,
    OWN_COPY,
    author_here,
    blueprint,
    round_here,
)
from cdv_civic.fund.projects.wording import said_lines
from cdv_civic.participation.reached import is_reached
from cdv_civic.participation.views import private_answer


@blueprint.route("/<slug>/<round_slug>/proposer", methods=["GET", "POST"], endpoint="deposit")
@policy("project.put", reads=(TAKE,))
@open_form
@takes(megabytes_of_files=MOST_FILES)
def propose(slug: str, round_slug: str) -> AnyResponse:
    """The form of a project, and its receipt, which answers the POST itself: no address and no cookie holds it.

    Whether the round is open is asked of the moment at which the request came in, before files were read.
    """
    found = round_here(slug, round_slug)
    author = author_here()
    begins: dict[str, Any] = {
        "contact_language": g.language.tag,
        "minor": author is not None and author.minor,
        **({"sent_as": LINKED} if request.method == "GET" else {}),
    }
    form = DepositForm(data=begins)
    prepare(form, found, choices_of(found, g.language.tag), site_languages())
    form.sent_as.flags.required = author is not None
    if not found.is_open and not form.is_submitted():
        return _closed(found)
    draft = draft_of(form, DEPOSIT, found.id) if author is not None else None
    if draft is not None and draft.was_kept():
        return draft.to_list()
    brings_files = any(file.filename for file in request.files.values())
    if brings_files and not only_language():
        # Reading them costs more than all the rest: whatever else is wrong, it was asked for.
        with form.refusing():
            limits.count_open_form()
    linked = author if form.sent_as.data == LINKED else None

    def act() -> DepositedProject:
        if not brings_files:
            limits.count_open_form()
        return deposit(
            typed_project(form, found),
            linked,
            at=came_in_at(),
            drafter=author,
            draft=draft.sent if draft is not None else None,
        )

    try:
        status, got = submit_for(form, act, raising=(RoundClosed,))
    except RoundClosed:
        status, got = 409, None
    if got is not None:
        return private_answer(
            render_template(
                "fund/projects/thanks.html",
                round=found,
                got=got,
                linked=linked is not None,
                device=draft.device_name if draft is not None else None,
                reachable=is_reached(form.contact.data or ""),
                later=[breach_said(each, found.rules) for each in sorted(got.later)],
            )
        )
    if status == 409 or (form.is_submitted() and not found.is_open and not only_language()):
        return _closed(found, said_lines(form), status=409)
    page = render_template(
        "fund/projects/deposit.html",
        round=found,
        form=form,
        draft=draft,
        signed_in=author is not None,
    )
    return private_answer(page, status, OWN_COPY)


def _closed(found: DepositRound, said: Any = (), *, status: int = 200) -> AnyResponse:
    """The page of a round that takes nothing now: what was typed is given back, whatever else is wrong with it."""
    page = render_template("fund/projects/closed.html", round=found, said=said)
    return private_answer(page, status, OWN_COPY)
