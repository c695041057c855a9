"""What is asked to comment and what was said of it, for everybody and for insiders; a comment, and its receipt.

The list is a public page, the same for all, and what is under embargo is not in it. Whoever sits in the body or works
there has a list of their own, which no cache keeps; the page of one thing is nobody's to keep either.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.engine.authors import author_here
from cdv_civic.consultations.engine.kinds import WayIn
from cdv_civic.consultations.kinds.comments import open_data, operations
from cdv_civic.consultations.kinds.comments.forms import (
    RewordCommentForm,
    TakeCommentBackForm,
    comment_form,
)
from cdv_civic.consultations.kinds.comments.operations import NO_THING, NewComment, PutComment
from cdv_civic.consultations.kinds.comments.queries.comments import (
    OwnComment,
    all_comments,
    comment_by_receipt,
    comments_on,
)
from cdv_civic.consultations.kinds.comments.queries.steps import (
    CommentedConsultation,
    ShownCommentStep,
    comment_steps,
    commented_consultation,
    shown_to,
)
from cdv_civic.consultations.kinds.comments.reach import is_insider
from cdv_civic.consultations.kinds.comments.rules import may_comment
from cdv_civic.consultations.kinds.comments.wording import ICON, STATES_SAID
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError, Forbidden, NotFound
from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.validity import shows_only, valid_until
from cdv_civic.moderation.queries.statements import decisions_about
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.participation import receipts
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.speaking import AccountNeeded
from cdv_civic.participation.views import (
    NO_STORE,
    SURE,
    private_answer,
    receipt_page,
    take_back_page,
    taken_back_page,
)
from cdv_civic.territory.cache_tags import contract_tag

blueprint = Blueprint("consultation_comments", __name__, url_prefix="/<lang>")


def ways_in(_consultation_id: int, slug: str) -> list[WayIn]:
    """The list of what is commented, which all steps share: see `FindWaysIn`."""
    url = url_for("consultation_comments.index", slug=slug)
    return [WayIn(url, ICON, _l("Lire et donner mon avis"), _l("Lire ce qui a été dit"))]


def _found(slug: str) -> CommentedConsultation:
    found = commented_consultation(slug, g.language.tag)
    if found is None:
        abort(404)
    return found


def _public(found: CommentedConsultation, at: datetime) -> list[ShownCommentStep]:
    """The steps as everybody reads them at a moment, and until when that is right. 4 statements."""
    shows_only(contract_tag(found.contract), consultation_tag(found.id))
    change = found.calendar.next_change(at)
    if change is not None:
        valid_until(change)
    steps = shown_to(comment_steps(found.id, g.language.tag), at, g.language.tag)
    for step in steps:
        if step.embargo_until is not None and step.hidden_at(at):
            valid_until(step.embargo_until)
    return steps


def _list(found: CommentedConsultation, steps: list[ShownCommentStep], at: datetime, *, inside: bool) -> str:
    return render_template(
        "consultations/comments/index.html",
        found=found,
        steps=steps,
        now=at,
        inside=inside,
        hidden=[step for step in steps if step.hidden_at(at)],
        open_steps={
            step.id for step in steps if may_comment(found.calendar, step.embargo_until, at, insider=inside)
        },
        sign_in_back=url_for(".insiders", slug=found.slug),
    )


@blueprint.get("/consultations/<slug>/avis")
@policy("public")
def index(slug: str) -> str:
    """What everybody may comment, and how many did. 5 statements."""
    at = clock.now()
    found = _found(slug)
    return _list(found, _public(found, at), at, inside=False)


@blueprint.get("/consultations/<slug>/avis/embargo")
@policy("part.take")
def insiders(slug: str) -> AnyResponse:
    """The same for whoever reads under embargo, who is led to the public page where nothing is. 9 statements at most.

    Raises `Forbidden` for everybody else.
    """
    at = clock.now()
    found = _found(slug)
    if not is_insider(db.session(), author_here(), found):
        raise Forbidden(
            _l(
                "Ce document est sous embargo. Seuls les membres du groupe et l’équipe le lisent pour le moment."
            )
        )
    steps = comment_steps(found.id, g.language.tag)
    if not any(step.hidden_at(at) for step in steps):
        return _leads_to(url_for(".index", slug=slug))
    shown = shown_to(steps, at, g.language.tag, insider=True)
    return private_answer(_list(found, shown, at, inside=True))


def _leads_to(address: str) -> AnyResponse:
    """A way on that no cache keeps: tomorrow, or for somebody else, it leads elsewhere."""
    response = redirect(address, 303)
    response.headers["Cache-Control"] = NO_STORE
    return response


@blueprint.route("/consultations/<slug>/avis/<int:thing_id>", methods=["GET", "POST"])
@policy("comment.put", reads=("apres", "avant"))
@open_form
def thing(slug: str, thing_id: int) -> AnyResponse:
    """One thing, what others said of it, and the form of a comment; then its receipt. 10 statements at most."""
    at = clock.now()
    found = _found(slug)
    author = author_here()
    steps = comment_steps(found.id, g.language.tag)
    hidden = any(step.hidden_at(at) for step in steps)
    insider = hidden and is_insider(db.session(), author, found)
    shown = shown_to(steps, at, g.language.tag, insider=insider)
    here = [(step, each) for step in shown for each in step.things]
    place = next((number for number, (_step, each) in enumerate(here) if each.id == thing_id), None)
    if place is None:
        # Whether there is such a passage, nobody else learns.
        if hidden and not insider and request.method == "GET":
            return _leads_to(url_for(".index", slug=slug))
        raise NotFound(NO_THING)
    step, one = here[place]
    form = comment_form(found.asked.age, minor=author is not None and author.minor)

    def act() -> PutComment:
        limits.count_open_form()
        new = NewComment(
            one.id,
            form.words.data or "",
            g.language.tag,
            form.client_key.data or "",
            at,
            minor=form.minor.data,
            old_enough=bool(form.age.data),
        )
        return operations.comment(new, author)

    status, got = submit_for(form, act, saying=(AccountNeeded,))
    following = here[place + 1][1] if place + 1 < len(here) else None
    if got is not None:
        return private_answer(
            render_template(
                "consultations/comments/thanks.html",
                found=found,
                got=got,
                following=following,
                inside=step.hidden_at(at),
            )
        )
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    comments = comments_on(one.id, found.id, cursor)

    def url(**more: Any) -> str:
        return url_for(".thing", slug=slug, thing_id=thing_id, **more)

    page = render_template(
        "consultations/comments/thing.html",
        found=found,
        step=step,
        thing=one,
        form=form,
        inside=step.hidden_at(at),
        open=may_comment(found.calendar, step.embargo_until, at, insider=insider),
        sign_in_back=url() if found.asked.account and author is None else None,
        before=here[place - 1][1] if place else None,
        following=following,
        comments=comments.rows,
        previous_url=url(avant=write_key(comments.previous_key)) if comments.previous_key else None,
        next_url=url(apres=write_key(comments.next_key)) if comments.next_key else None,
    )
    return private_answer(page, status)


@blueprint.get("/consultations/<slug>/avis.csv")
@policy("public")
def csv(slug: str) -> Response:
    """Published comments, a line for each. 6 statements."""
    steps = _public(_found(slug), clock.now())
    said = all_comments([each.id for step in steps for each in step.things])
    return Response(open_data.as_csv(steps, said), content_type="text/csv; charset=utf-8")


@blueprint.get("/consultations/<slug>/avis.json")
@policy("public")
def json(slug: str) -> Response:
    """The same, under what they are about. 6 statements."""
    found = _found(slug)
    steps = _public(found, clock.now())
    said = all_comments([each.id for step in steps for each in step.things])
    return Response(open_data.as_json(found, steps, said), content_type="application/json; charset=utf-8")


def _find(code: str) -> OwnComment | None:
    return comment_by_receipt(code, g.language.tag)


def followed_page(code: str) -> str | None:
    """The page of a comment by its receipt; None: it is none of a comment. 3 statements at most."""
    found = _find(code)
    return None if found is None else _page(found, code)


def _page(found: OwnComment, code: str, rewording: RewordCommentForm | None = None) -> str:
    asked = found.state is TextState.REWORDING
    form = RewordCommentForm(formdata=None, data={"words": found.words}) if asked else None
    return render_template(
        "consultations/comments/own.html",
        mine=found,
        receipt=written(code),
        said=STATES_SAID[found.state],
        form=rewording or form,
        decisions=decisions_about(found.case_id, g.language.tag),
    )


def _no_receipt(refusal: DomainError) -> AnyResponse:
    """The page where a receipt is typed, and what is wrong with the one that was sent."""
    asked = ReceiptForm(formdata=None)
    status = asked.refuse_act(refusal)
    return private_answer(receipt_page(asked), status)


def _by_receipt(
    form: ReceiptForm, act: Callable[[str], object], done: Callable[[OwnComment, str], str]
) -> tuple[AnyResponse | None, int]:
    """Do what an author asks for by the receipt: the page that follows, and its status; None: it was refused."""

    def do() -> tuple[OwnComment, str]:
        mine, code = receipts.asked_for(form.receipt.data or "", _find)
        act(code)
        return mine, code

    status, found = submit_for(form, do)
    return (private_answer(done(*found)) if found is not None else None), status


@blueprint.post("/avis/suivi/reformuler")
@policy("receipt.follow")
@open_form
def rewrite() -> AnyResponse:
    """Write one's comment otherwise, as a moderator asked."""
    form = RewordCommentForm()
    page, status = _by_receipt(
        form,
        lambda code: operations.reword(code, form.words.data or ""),
        lambda _found, code: followed_page(code) or "",
    )
    if page is not None:
        return page
    try:
        # What is wrong stands on the page that says where the comment stands.
        found, code = receipts.asked_for(form.receipt.data or "", _find)
    except DomainError as unknown:
        return _no_receipt(unknown)
    return private_answer(_page(found, code, form), status)


def _ask_before(_mine: OwnComment, code: str) -> str:
    return take_back_page(
        _("Retirer ce commentaire\u00a0?"),
        _("Vos mots s’effacent tout de suite. Vous ne pourrez pas revenir en arrière."),
        _("Retirer ce commentaire"),
        code,
    )


def _taken_back(mine: OwnComment, _code: str) -> str:
    return taken_back_page(url_for("consultations.show", slug=mine.slug), _("Voir la consultation"))


@blueprint.post("/avis/suivi/retirer")
@policy("receipt.follow")
@open_form
def take_back() -> AnyResponse:
    """Take one's comment back, by its receipt: the first POST asks, the second does it."""
    form = TakeCommentBackForm()
    sure = form.sure.data == SURE
    page, status = _by_receipt(
        form,
        lambda code: operations.take_comment_back(code) if sure else None,
        _taken_back if sure else _ask_before,
    )
    if page is not None:
        return page
    if form.refusal is not None:
        return _no_receipt(form.refusal)
    return private_answer(receipt_page(ReceiptForm(formdata=None)), status)
