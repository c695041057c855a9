"""Taking part: put an idea, support one, say a point for or against."""

from typing import Final

from flask import abort, g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.forms.fields import on_shared_device
from cdv_civic.core.forms.protection import only_language, open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.headers import may_ask_where
from cdv_civic.core.web.request_limits import takes
from cdv_civic.ideas import marks
from cdv_civic.ideas.forms import LINKED, PointForm, PutForm, SupportForm, idea_of, put_form
from cdv_civic.ideas.operations.locking import BoxClosed
from cdv_civic.ideas.operations.pointing import MadePoint, NewIdeaPoint, make_point
from cdv_civic.ideas.operations.putting import PutIdea, put
from cdv_civic.ideas.operations.supporting import Supporter, support, withdraw_support
from cdv_civic.ideas.queries.boxes import PublicBox, quartiers_of_box
from cdv_civic.ideas.queries.public import PublicIdea, alike_ideas, public_idea
from cdv_civic.ideas.views.blueprint import OWN_COPY, author_here, blueprint, box_here
from cdv_civic.participation.reached import is_reached
from cdv_civic.participation.speaking import AccountNeeded, ask_age
from cdv_civic.participation.views import private_answer

#: What the second POST of an idea says, once what looks like it was shown.
LOOKED: Final = "oui"


@blueprint.route("/<slug>/proposer", methods=["GET", "POST"])
@policy("idea.put")
@open_form
@takes(megabytes_of_files=30)
def propose(slug: str) -> AnyResponse:
    """The form of an idea, what looks like it, and its receipt, which answers the POST itself.

    Where public ideas look alike, the form is shown again with them, all that was typed in it: whoever finds their own
    supports it, whoever does not sends it with the next tap. One with a photo is taken at once: no browser keeps a
    photo in a form that is shown again.
    """
    box = box_here(slug)
    author = author_here()
    form = put_form(
        quartiers_of_box(box.id),
        site_languages(),
        {
            "contact_language": g.language.tag,
            "minor": author is not None and author.minor,
            **({"sent_as": LINKED} if request.method == "GET" else {}),
        },
        points=box.area is not None,
        age=box.asked.age,
    )
    form.sent_as.flags.required = author is not None
    if not box.is_open and not form.is_submitted():
        return _closed(box)
    first = _sign_in_back(box, author, url_for("ideas.propose", slug=slug))
    # Where an account is asked for, the idea is that account's.
    linked = author if box.asked.account or form.sent_as.data == LINKED else None
    alike = []
    if form.is_submitted() and form.photo.data and not only_language():
        # Reading it costs more than all the rest: whatever else is wrong, it was asked for.
        with form.refusing():
            limits.count_open_form()
    if first is None and _shows_alike(form) and form.validate():
        alike = alike_ideas(box, form.title.data or "", form.words.data or "")
    if alike:
        form.looked_at.data = LOOKED
        return private_answer(_page(box, form, author is not None, first, alike), cache=OWN_COPY)

    def act() -> PutIdea:
        if not form.photo.data:
            limits.count_open_form()
        return put(idea_of(form, box.id), linked)

    try:
        status, got = submit_for(form, act, raising=(BoxClosed,), saying=(AccountNeeded,))
    except BoxClosed:
        status, got = 409, None
    if got is None and not box.is_open:
        return _closed(box, form.title.data or "", form.words.data or "", status=409)
    if got is not None:
        return private_answer(
            render_template(
                "ideas/thanks.html",
                box=box,
                got=got,
                linked=linked is not None,
                reachable=is_reached(form.contact.data or ""),
            )
        )
    return private_answer(_page(box, form, author is not None, first, []), status, OWN_COPY)


def _sign_in_back(box: PublicBox, author: SignedIn | None, page: str) -> str | None:
    """Where to come back to once signed in; None: nobody has to, or they have."""
    return page if box.asked.account and author is None else None


def _closed(box: PublicBox, title: str = "", words: str = "", *, status: int = 200) -> AnyResponse:
    """The page of a box that takes nothing now: what was typed is given back, whatever else is wrong with it."""
    page = render_template("ideas/closed.html", box=box, title=title, words=words)
    return private_answer(page, status, OWN_COPY)


def _shows_alike(form: PutForm) -> bool:
    """Whether what looks like the idea is shown before it is taken."""
    return (
        form.is_submitted() and not only_language() and form.looked_at.data != LOOKED and not form.photo.data
    )


def _page(box: PublicBox, form: PutForm, signed_in: bool, first: str | None, alike: object) -> str:
    if box.area is not None:
        may_ask_where()
    return render_template(
        "ideas/put.html", box=box, form=form, signed_in=signed_in, sign_in_back=first, alike=alike
    )


def _idea(box: PublicBox, idea_id: int) -> PublicIdea:
    idea = public_idea(box, idea_id, g.language.tag)
    if idea is None:
        abort(404)
    return idea


@blueprint.route("/<slug>/<int:idea_id>/soutenir", methods=["GET", "POST"])
@policy("idea.put")
@open_form
def back(slug: str, idea_id: int) -> AnyResponse:
    """Support an idea, in one tap; the answer holds the way back, in one tap too. The page itself is for boxes that ask
    something first: the one of the idea is the same for all.
    """
    return _support(slug, idea_id, wanted=True)


@blueprint.post("/<slug>/<int:idea_id>/ne-plus-soutenir")
@policy("idea.put")
@open_form
def back_no_more(slug: str, idea_id: int) -> AnyResponse:
    """Support it no longer."""
    return _support(slug, idea_id, wanted=False)


def _support(slug: str, idea_id: int, *, wanted: bool) -> AnyResponse:
    box = box_here(slug)
    idea = _idea(box, idea_id)
    form = SupportForm()
    ask_age(form.age, box.asked.age)
    author = author_here()
    if not box.is_open and not form.is_submitted():
        return _closed(box)
    mark = marks.mark_in(box.id)
    who = Supporter(author, mark or marks.new_mark(), old_enough=bool(form.age.data))

    def act() -> tuple[bool]:
        if author is None:
            limits.count_open_form()
        return (support(idea.id, who) if wanted else withdraw_support(idea.id, who),)

    status, done = submit_for(form, act, saying=(AccountNeeded,))
    page = render_template(
        "ideas/supported.html",
        box=box,
        idea=idea,
        form=form,
        wanted=wanted,
        new=done is not None and done[0],
        done=done is not None,
        back=url_for("ideas.show", slug=slug),
        sign_in_back=_sign_in_back(box, author, url_for("ideas.back", slug=slug, idea_id=idea_id)),
    )
    response = private_answer(page, status)
    if done is not None and wanted and mark is None and author is None and not on_shared_device():
        marks.remember(response, box.id, who.mark)
    return response


@blueprint.route("/<slug>/<int:idea_id>/point", methods=["GET", "POST"])
@policy("idea.put", reads=("cote",))
@open_form
def point(slug: str, idea_id: int) -> AnyResponse:
    """The form of a point for or against an idea (`?cote=`), and its receipt."""
    box = box_here(slug)
    idea = _idea(box, idea_id)
    author = author_here()
    form = PointForm(
        data={"side": request.args.get("cote", ""), "minor": author is not None and author.minor}
    )
    ask_age(form.age, box.asked.age)
    if not box.is_open and not form.is_submitted():
        return _closed(box)

    def act() -> MadePoint:
        limits.count_open_form()
        new = NewIdeaPoint(
            idea.id,
            form.side.data or "",
            form.words.data or "",
            form.client_key.data or "",
            contact_language=g.language.tag,
            minor=form.minor.data,
            old_enough=bool(form.age.data),
        )
        return make_point(new, author)

    if not box.is_open and not form.is_submitted():
        return _closed(box)
    try:
        status, got = submit_for(form, act, raising=(BoxClosed,), saying=(AccountNeeded,))
    except BoxClosed:
        status, got = 409, None
    if got is not None:
        return private_answer(render_template("ideas/point_thanks.html", box=box, idea=idea, got=got))
    if not box.is_open:
        return _closed(box, words=form.words.data or "", status=409)
    page = render_template(
        "ideas/point.html",
        box=box,
        idea=idea,
        form=form,
        sign_in_back=_sign_in_back(
            box, author, url_for("ideas.point", slug=slug, idea_id=idea_id, cote=form.side.data or None)
        ),
    )
    return private_answer(page, status, OWN_COPY)
