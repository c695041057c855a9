"""« Mes réponses »: what somebody answered and can find again with their account."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, url_for

from cdv_civic.consultations.answering.operations import answering
from cdv_civic.consultations.answering.queries import OwnAnswer, has_answer, own_answers
from cdv_civic.consultations.answering.receipt_views import own_page
from cdv_civic.consultations.verbatims.operations import take_back_own
from cdv_civic.consultations.verbatims.queries import own_verbatim
from cdv_civic.core import clock
from cdv_civic.core.errors import Conflict
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor
from cdv_civic.my_space.first_page import AccountPart, Reader, Side, register_account_part
from cdv_civic.my_space.views import keep_nothing

blueprint = Blueprint("own_consultation_answers", __name__, url_prefix="/<lang>")
blueprint.after_request(keep_nothing)


@dataclass(frozen=True)
class OwnAnswers:
    """What the first page of an account shows of its holder's answers."""

    answers: list[OwnAnswer]
    more: bool


#: On the first page of an account.
MOST_SHOWN: Final = 3


def draw_part(reader: Reader) -> str | None:
    """The newest answers; nothing where there are none. 1 statement."""
    answers = own_answers(reader.account_id, reader.language, MOST_SHOWN + 1)
    if not answers:
        return None
    shown = OwnAnswers(answers[:MOST_SHOWN], len(answers) > MOST_SHOWN)
    return render_template("consultations/answering/own_part.html", shown=shown)


def _found(slug: str) -> OwnAnswer:
    """One's own answer to a consultation; a page « not found » where there is none."""
    account_id = actor().actor_id
    mine = own_answers(account_id, g.language.tag, slug=slug) if account_id is not None else []
    if not mine:
        abort(404)
    return mine[0]


@blueprint.get("/moi/reponses")
@policy("account.self")
def index() -> str:
    """All answers of the account, the newest first; 1 statement."""
    account_id = actor().actor_id
    answers = own_answers(account_id, g.language.tag) if account_id is not None else []
    return render_template("consultations/answering/own_list.html", answers=answers)


@blueprint.get("/moi/reponses/<slug>")
@policy("account.self")
def one(slug: str) -> str:
    """One's own answer to a consultation."""
    return own_page(_found(slug), receipt=None)


@blueprint.route("/moi/reponses/<slug>/retirer", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def take_away(slug: str) -> Any:
    """Ask once more, then take one's answer back."""
    at = clock.now()
    mine = _found(slug)
    form = ButtonForm()
    whose = answering.by_answer(actor(), mine.id)
    status = submit(form, lambda: answering.take_away(whose, at), raising=(Conflict,))
    if status is None:
        flash(_("Votre réponse est retirée. Elle n’est plus comptée."), "success")
        return redirect(url_for("own_consultation_answers.index"), 303)
    return render_template("consultations/answering/own_take_away.html", form=form, mine=mine), status


@blueprint.route("/moi/reponses/<slug>/textes/<int:verbatim_id>/retirer", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def take_text_back(slug: str, verbatim_id: int) -> Any:
    """Ask once more, then have a text of one's own answer published no more."""
    mine = _found(slug)
    text = own_verbatim(mine.id, verbatim_id, g.language.tag)
    if text is None:
        abort(404)
    form = ButtonForm()
    status = submit(form, lambda: take_back_own(actor(), text.id))
    if status is None:
        flash(_("Ce texte n’est plus publié."), "success")
        return redirect(url_for("own_consultation_answers.one", slug=slug), 303)
    page = render_template("consultations/answering/own_take_text_back.html", form=form, mine=mine, text=text)
    return page, status


PART: Final = AccountPart("consultations", Side.BEFORE_NEWS, draw_part, has_answer)


def register(app: Flask) -> None:
    """The pages, and their part of the first page of an account."""
    app.register_blueprint(blueprint)
    register_account_part(app, PART)
