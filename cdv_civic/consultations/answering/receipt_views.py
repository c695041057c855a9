"""What the receipt of an answer leads to: the answer in words, taking it back, finding it again with an account."""

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.consultations.answering import courtesy
from cdv_civic.consultations.answering.forms import ReceiptButtonForm, TextBackForm
from cdv_civic.consultations.answering.operations import answering
from cdv_civic.consultations.answering.queries import OwnAnswer, answer_by_receipt
from cdv_civic.consultations.answering.wording import said_answers
from cdv_civic.consultations.engine.authors import author_here
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.given import given_of
from cdv_civic.consultations.rules.calendar import ANSWER
from cdv_civic.consultations.verbatims.operations import take_back_by_receipt
from cdv_civic.consultations.verbatims.queries import OwnVerbatim, own_verbatim, own_verbatims
from cdv_civic.consultations.verbatims.wording import TOLD_AUTHOR
from cdv_civic.core import clock
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import number_in
from cdv_civic.moderation.queries.statements import statements_of
from cdv_civic.participation import receipts
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.views import SURE, private_answer

blueprint = Blueprint("consultation_receipts", __name__, url_prefix="/<lang>")


def followed_page(code: str) -> str | None:
    """The page of an answer by its receipt, for the place where receipts are typed; None: it is none of an answer."""
    mine = answer_by_receipt(code, g.language.tag)
    return None if mine is None else own_page(mine, receipt=written(code))


def own_page(mine: OwnAnswer, *, receipt: str | None) -> str:
    """One's own answer in words, and what one may do with it; `receipt` None: found with the account.

    7 statements, and 1 where texts of it were chosen to be published.
    """
    texts = own_verbatims(mine.id, g.language.tag)
    definition = definition_of(mine.consultation_id, g.language.tag)
    return render_template(
        "consultations/answering/own.html" if receipt else "consultations/answering/own_one.html",
        mine=mine,
        receipt=receipt,
        said=said_answers(definition, given_of(mine.id)),
        may_change=mine.calendar.allows(ANSWER, clock.now()),
        texts=texts,
        told=TOLD_AUTHOR,
        decisions=statements_of([each.case_id for each in texts], g.language.tag) if texts else {},
    )


@blueprint.post("/consultations/reponse/retirer")
@policy("receipt.follow")
@open_form
def take_away() -> AnyResponse:
    """Take one's own answer back, by its receipt: the first POST asks, the second does it."""
    at = clock.now()
    form = ReceiptButtonForm()
    sure = form.sure.data == SURE

    def act() -> tuple[OwnAnswer, str]:
        mine, code = receipts.asked_for(
            form.receipt.data or "", lambda known: answer_by_receipt(known, g.language.tag)
        )
        if sure:
            answering.take_away(answering.by_receipt(code), at)
        return mine, code

    status, found = submit_for(form, act)
    if found is None:
        if form.receipt.errors:
            return redirect(url_for("participation.follow"), 303)
        return private_answer(render_template("consultations/answering/refused.html", form=form), status)
    mine, code = found
    if not sure:
        page = render_template(
            "consultations/answering/take_away.html", form=form, mine=mine, receipt=written(code), sure=SURE
        )
        return private_answer(page)
    response = private_answer(render_template("consultations/answering/taken_away.html", mine=mine))
    courtesy.forget(response, mine.consultation_id)
    return response


@blueprint.post("/consultations/reponse/texte")
@policy("receipt.follow")
@open_form
def take_text_back() -> AnyResponse:
    """Have a text of one's own answer published no more, by its receipt: the first POST asks, the second does it."""
    form = TextBackForm()
    sure = form.sure.data == SURE

    def act() -> tuple[OwnAnswer, OwnVerbatim, str]:
        mine, code = receipts.asked_for(
            form.receipt.data or "", lambda known: answer_by_receipt(known, g.language.tag)
        )
        text = own_verbatim(mine.id, number_in(form.text.data) or 0, g.language.tag)
        if text is None:
            raise NotFound(_("Ce texte n’est plus ici."))
        if sure:
            take_back_by_receipt(code, text.id)
        return mine, text, code

    status, found = submit_for(form, act)
    if found is None:
        if form.receipt.errors:
            return redirect(url_for("participation.follow"), 303)
        return private_answer(render_template("consultations/answering/refused.html", form=form), status)
    mine, text, code = found
    if sure:
        return private_answer(own_page(mine, receipt=written(code)))
    page = render_template(
        "consultations/answering/take_text_back.html",
        form=form,
        mine=mine,
        text=text,
        receipt=written(code),
        sure=SURE,
    )
    return private_answer(page)


@blueprint.post("/consultations/reponse/compte")
@policy("receipt.follow")
@open_form
def join() -> AnyResponse:
    """Let an answer be found again with an account. Whoever is not signed in does so in another tab, and comes back."""
    form = ReceiptButtonForm()
    author = author_here()

    def act() -> OwnAnswer:
        mine, code = receipts.asked_for(
            form.receipt.data or "", lambda known: answer_by_receipt(known, g.language.tag)
        )
        if author is not None:
            answering.join(author, answering.by_receipt(code))
        return mine

    status, mine = submit_for(form, act)
    if mine is None:
        if form.receipt.errors:
            return redirect(url_for("participation.follow"), 303)
        return private_answer(render_template("consultations/answering/refused.html", form=form), status)
    if author is None:
        page = render_template("consultations/answering/join.html", mine=mine, receipt=form.receipt.data)
        return private_answer(page)
    return redirect(url_for("own_consultation_answers.one", slug=mine.slug), 303)
