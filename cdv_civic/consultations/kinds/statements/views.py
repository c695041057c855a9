"""A resident adds a sentence, and finds it again by its receipt."""

from contextlib import suppress

from flask import Blueprint, abort, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.consultations.engine.authors import author_here
from cdv_civic.consultations.kinds.statements.forms import RewordSentenceForm, sentence_form
from cdv_civic.consultations.kinds.statements.operations import NewSentence, add_sentence, reword_sentence
from cdv_civic.consultations.kinds.statements.queries import OwnSentence, sentence_by_receipt, step_that_takes
from cdv_civic.consultations.kinds.statements.wording import STATES_SAID
from cdv_civic.consultations.rules.calendar import ANSWER
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.policy.guard import policy
from cdv_civic.moderation.queries.statements import decisions_about
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.participation import receipts
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.speaking import AccountNeeded
from cdv_civic.participation.views import private_answer

blueprint = Blueprint("consultation_sentences", __name__, url_prefix="/<lang>/consultations/<slug>")


@blueprint.route("/phrase", methods=["GET", "POST"])
@policy("idea.put")
@open_form
def add(slug: str) -> AnyResponse:
    """The form of a sentence, and its receipt. 2 statements for the form."""
    at = clock.now()
    step = step_that_takes(slug, g.language.tag)
    if step is None:
        abort(404)
    form, author = sentence_form(step.asked.age), author_here()

    def act() -> tuple[str]:
        limits.count_open_form()
        new = NewSentence(
            step.consultation_id,
            step.step_id,
            form.words.data or "",
            g.language.tag,
            form.client_key.data or "",
            at,
            bool(form.age.data),
        )
        return (add_sentence(new, author),)

    status, done = submit_for(form, act, saying=(AccountNeeded,))
    if done is not None:
        return private_answer(
            render_template("consultations/statements/added.html", step=step, receipt=written(done[0]))
        )
    page = render_template(
        "consultations/statements/add.html",
        step=step,
        form=form,
        open=step.calendar.allows(ANSWER, at),
        sign_in_back=url_for(".add", slug=slug) if step.asked.account and author is None else None,
    )
    return private_answer(page, status)


def followed_page(code: str) -> str | None:
    """The page of a sentence by its receipt, with what was decided about it and why; None: it is none of a sentence."""
    mine = sentence_by_receipt(code, g.language.tag)
    if mine is None:
        return None
    return _own_page(mine, code)


def _own_page(mine: OwnSentence, code: str, form: RewordSentenceForm | None = None) -> str:
    asked = mine.state == TextState.REWORDING and mine.calendar.allows(ANSWER, clock.now())
    if form is None and asked:
        form = RewordSentenceForm(formdata=None, data={"words": mine.words})
    return render_template(
        "consultations/statements/own.html",
        mine=mine,
        said=STATES_SAID[mine.state],
        receipt=written(code),
        form=form,
        decisions=decisions_about(mine.case_id, g.language.tag),
    )


@blueprint.post("/phrase/reformuler")
@policy("receipt.follow")
@open_form
def reword(slug: str) -> AnyResponse:
    """Write one's sentence otherwise, as a moderator asked; refused, the page comes back with what was typed."""
    at = clock.now()
    form = RewordSentenceForm()
    held: list[tuple[OwnSentence, str]] = []

    def find(code: str) -> OwnSentence | None:
        found = sentence_by_receipt(code, g.language.tag)
        return found if found is not None and found.slug == slug else None

    def act() -> tuple[str]:
        held.append(receipts.asked_for(form.receipt.data or "", find))
        code = held[0][1]
        reword_sentence(code, form.words.data or "", at)
        return (code,)

    status, done = submit_for(form, act)
    if done is not None:
        return private_answer(followed_page(done[0]) or "")
    if not held and form.refusal is None:
        # A field was wrong before anything was looked for: the page says where the sentence stands, and what is wrong.
        with suppress(DomainError):
            held.append(receipts.asked_for(form.receipt.data or "", find))
    if held:
        return private_answer(_own_page(*held[0], form=form), status)
    return redirect(url_for("participation.follow"), 303)
