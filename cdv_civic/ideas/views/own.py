"""What an author does by the receipt: see where the text stands, write it otherwise, object, take it back."""

from collections.abc import Callable

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.ideas.choices import choice_among_groups
from cdv_civic.ideas.forms import ObjectForm, RewordForm, RewordPointForm, TakeIdeaBackForm
from cdv_civic.ideas.operations.keeping import reword, reword_point, take_back_idea, take_back_point
from cdv_civic.ideas.operations.objecting import WHY_NOT, object_to_group
from cdv_civic.ideas.queries.own import OwnIdea, OwnPoint, own_idea, own_point
from cdv_civic.ideas.rules.grouping import WhyNotObject
from cdv_civic.ideas.views.blueprint import blueprint
from cdv_civic.moderation.queries.statements import decisions_about
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.participation import receipts
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.views import SURE, private_answer, receipt_page, take_back_page, taken_back_page


def _find(code: str) -> OwnIdea | OwnPoint | None:
    return own_idea(code, g.language.tag) or own_point(code)


def followed_page(code: str) -> str | None:
    """The page of an idea or a point by its receipt; None: it is none of them. 3 statements at most."""
    found = _find(code)
    return None if found is None else _page(found, code)


def _page(
    found: OwnIdea | OwnPoint,
    code: str,
    *,
    rewording: ReceiptForm | None = None,
    objecting: ReceiptForm | None = None,
) -> str:
    receipt = written(code)
    asked = found.state is TextState.REWORDING
    if isinstance(found, OwnPoint):
        form = RewordPointForm(formdata=None, data={"words": found.words}) if asked else None
        return render_template(
            "ideas/followed_point.html",
            point=found,
            receipt=receipt,
            form=rewording or form,
            decisions=decisions_about(found.case_id, g.language.tag),
        )
    form = RewordForm(formdata=None, data={"title": found.title, "words": found.words}) if asked else None
    may_object = found.why_not_object is None
    return render_template(
        "ideas/followed.html",
        idea=found,
        receipt=receipt,
        form=rewording or form,
        decisions=decisions_about(found.case_id, g.language.tag),
        object_form=objecting or (ObjectForm(formdata=None) if may_object else None),
        too_late=WHY_NOT[WhyNotObject.CHOICE_OPEN]
        if found.why_not_object is WhyNotObject.CHOICE_OPEN
        else None,
        choice=choice_among_groups(
            found.box_id,
            g.language.tag,
            opened=found.group_id is not None and found.choice_opened_at is not None,
        ),
    )


def _asked_for(form: ReceiptForm) -> tuple[OwnIdea | OwnPoint, str]:
    return receipts.asked_for(form.receipt.data or "", _find)


def _answer(
    form: ReceiptForm,
    act: Callable[[OwnIdea | OwnPoint, str], None],
    refused: Callable[[OwnIdea | OwnPoint, str], str],
) -> AnyResponse:
    """Do what an author asks for, and show where the text stands; refused, its page with all that was typed."""
    held: list[tuple[OwnIdea | OwnPoint, str]] = []

    def do() -> str | None:
        held.append(_asked_for(form))
        act(*held[0])
        return followed_page(held[0][1])

    status, page = submit_for(form, do)
    if page is not None:
        return private_answer(page)
    if held:
        return private_answer(refused(*held[0]), status)
    if form.refusal is not None:
        return _no_receipt(form.refusal)
    try:
        # A field was wrong before anything was looked for: the page says where the text stands, and what is wrong.
        found, code = _asked_for(form)
    except DomainError as unknown:
        return _no_receipt(unknown)
    return private_answer(refused(found, code), status)


def _no_receipt(refusal: DomainError) -> AnyResponse:
    """The page where a receipt is typed, and what is wrong with the one that was sent."""
    asked = ReceiptForm(formdata=None)
    status = asked.refuse_act(refusal)
    return private_answer(receipt_page(asked), status)


@blueprint.post("/suivi/reformuler")
@policy("receipt.follow")
@open_form
def rewrite() -> AnyResponse:
    """Write one's idea otherwise, as a moderator asked."""
    form = RewordForm()
    return _answer(
        form,
        lambda _found, code: reword(code, form.title.data or "", form.words.data or ""),
        lambda found, code: _page(found, code, rewording=form),
    )


@blueprint.post("/suivi/reformuler-un-point")
@policy("receipt.follow")
@open_form
def rewrite_point() -> AnyResponse:
    """The same for a point."""
    form = RewordPointForm()
    return _answer(
        form,
        lambda _found, code: reword_point(code, form.words.data or ""),
        lambda found, code: _page(found, code, rewording=form),
    )


@blueprint.post("/suivi/objection")
@policy("receipt.follow")
@open_form
def contest_group() -> AnyResponse:
    """Say that the group of one's idea is not the right one."""
    form = ObjectForm()
    return _answer(
        form,
        lambda _found, code: object_to_group(code, form.words.data or ""),
        lambda found, code: _page(found, code, objecting=form),
    )


@blueprint.post("/suivi/retirer")
@policy("receipt.follow")
@open_form
def take_back() -> AnyResponse:
    """Take one's text back, by its receipt: the first POST asks, the second does it."""
    form = TakeIdeaBackForm()
    sure = form.sure.data == SURE

    def act() -> tuple[OwnIdea | OwnPoint, str]:
        found, code = _asked_for(form)
        if sure:
            (take_back_point if isinstance(found, OwnPoint) else take_back_idea)(code)
        return found, code

    status, done = submit_for(form, act)
    if done is None:
        if form.refusal is not None:
            return _no_receipt(form.refusal)
        return private_answer(receipt_page(ReceiptForm(formdata=None)), status)
    found, code = done
    if sure:
        return private_answer(
            taken_back_page(url_for("ideas.show", slug=found.slug), _("Lire les autres idées"))
        )
    if isinstance(found, OwnPoint):
        asked = (
            _("Retirer ce point\u00a0?"),
            _("Vos mots s’effacent tout de suite. Vous ne pourrez pas revenir en arrière."),
            _("Retirer ce point"),
        )
    else:
        asked = (
            _("Retirer cette idée\u00a0?"),
            _(
                "Vos mots, la photo, votre prénom, votre contact et les soutiens s’effacent tout de suite. "
                "Vous ne pourrez pas revenir en arrière."
            ),
            _("Retirer cette idée"),
        )
    return private_answer(take_back_page(*asked, code))
