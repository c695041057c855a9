"""Answer a consultation: one question a screen or a step a page, with an account or without; the receipt; changing it.

Nothing of an answer is here before it is sent: each screen holds what the others asked. The receipt answers the POST
itself, as that of a word does: in an address it would be read in logs and by whoever comes next.
"""

from datetime import datetime

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.consultations.answering import courtesy, persons
from cdv_civic.consultations.answering.drafts import AnswerDraft, answer_key
from cdv_civic.consultations.answering.forms import (
    ANYWAY,
    BACK,
    CHANGE,
    FINISH,
    GO,
    PASS,
    REPLACE,
    TO,
    AnswerChangeForm,
    OpenAnswerForm,
    answer_form,
)
from cdv_civic.consultations.answering.identity_views import there_is_a_service
from cdv_civic.consultations.answering.operations import answering
from cdv_civic.consultations.answering.operations.answering import (
    WITH_ACCOUNT,
    ChangedAnswer,
    ProofMissing,
    SentAnswer,
    SentBefore,
    Whose,
)
from cdv_civic.consultations.answering.queries import (
    AskedConsultation,
    OwnAnswer,
    answer_by_receipt,
    answer_of_account,
    asked_whole,
)
from cdv_civic.consultations.answering.rules import LAST, Screen, may_pass
from cdv_civic.consultations.answering.screens import Answering
from cdv_civic.consultations.answering.wording import organiser_said, said_answers
from cdv_civic.consultations.engine.authors import author_here
from cdv_civic.consultations.engine.kinds import ways_into
from cdv_civic.consultations.operations.keeping import AnsweredBefore, KeptAnswer
from cdv_civic.consultations.operations.locking import NotOpen
from cdv_civic.consultations.queries.definition import Definition
from cdv_civic.consultations.queries.given import given_of
from cdv_civic.consultations.rules.calendar import ANSWER
from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.consultations.rules.typed import typed_of
from cdv_civic.core import clock
from cdv_civic.core.forms.protection import only_language, open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import number_in
from cdv_civic.core.web.request_limits import takes
from cdv_civic.participation import receipts
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.views import NO_STORE, private_answer, receipt_page

blueprint = Blueprint("consultation_answer", __name__, url_prefix="/<lang>")
#: Not kept by us, for each form has a name of its own; a browser may go back to it.
OWN_COPY = "private, no-cache"


@blueprint.route("/consultations/<slug>/repondre", methods=["GET", "POST"])
@policy("consultation.answer")
@open_form
@takes(megabytes_of_text=2)
def answer(slug: str) -> AnyResponse:
    """The screens of a form, and its receipt. No statement of its own for a screen, whatever it asks: see
    `asked_whole`.
    """
    at = clock.now()
    found = asked_whole(slug, g.language.tag)
    if found is None:
        abort(404)
    asked, definition = found
    if not definition.questions:
        return _elsewhere(asked, definition)
    author = author_here()
    changes = request.method == "POST" and bool(request.form.get("receipt") or request.form.get("own"))
    form = answer_form(
        AnswerChangeForm if changes else OpenAnswerForm, definition, asked.quartiers, asked.age_to_answer
    )
    draft = None
    if author is not None and not changes:
        draft = AnswerDraft(form, answer_key(asked.id))
        if draft.was_kept():
            return draft.to_list()
    here = Answering(asked, definition, form, author, draft)
    if form.is_submitted():
        return _sent(here, at)
    if not asked.calendar.allows(ANSWER, at):
        return _closed(here, at, 200)
    if asked.proof in WITH_ACCOUNT and author is None:
        return private_answer(_page("gate", here, sign_in_back=url_for(".answer", slug=slug)), cache=OWN_COPY)
    if asked.proof is ProofAsked.FRANCE_CONNECT and persons.person_in(asked.id) is None:
        return private_answer(_page("gate", here, identity_url=_identity_url(slug)), cache=OWN_COPY)
    if courtesy.answered_here(asked.id):
        return private_answer(_page("again", here), cache=OWN_COPY)
    return private_answer(here.page(here.walk().screens[0], fresh=True), cache=OWN_COPY)


def _elsewhere(asked: AskedConsultation, definition: Definition) -> AnyResponse:
    """The page on which one takes part in a consultation that asks no question; where there are several, its own."""
    ways = ways_into(asked.id, asked.slug, [step.kind for step in definition.steps])
    page = ways[0].url if len(ways) == 1 else url_for("consultations.show", slug=asked.slug)
    return redirect(page, 303)


def _identity_url(slug: str) -> str | None:
    """Where whoever answers says who they are, for this consultation alone; None: this site has no such service."""
    return url_for("consultation_identity.start", slug=slug) if there_is_a_service() else None


def _page(name: str, here: Answering, **more: object) -> str:
    return render_template(
        f"consultations/answering/{name}.html",
        asked=here.asked,
        organiser=organiser_said(here.asked.organiser),
        form=here.form,
        **more,
    )


def _is_shared(here: Answering) -> bool:
    """Whether others use this device too, as whoever answers says."""
    return bool(here.form.shared.data) or (here.author is not None and here.author.shared)


def _cache(here: Answering) -> str:
    """On a device that several people use nobody goes back to what somebody else typed."""
    return NO_STORE if _is_shared(here) else OWN_COPY


def _show(here: Answering, screen: Screen, status: int = 200) -> AnyResponse:
    """A screen. Refused, it is corrected: who looks at another page meanwhile goes back to it, and not to an error."""
    return private_answer(here.page(screen), status, _cache(here))


def _sent(here: Answering, at: datetime) -> AnyResponse:
    """What a form that was sent leads to: another screen, or its receipt."""
    form, go = here.form, request.form.get(GO, "")
    if isinstance(form, AnswerChangeForm) and go == CHANGE:
        return _begin_change(here, form, at)
    if not g.get("csrf_valid", False):
        return _from_elsewhere(here)
    screen = here.walk().at(form.shown.data or "")
    if only_language():
        form.validate()
        return _show(here, screen, 422)
    sends = screen.name == LAST and go in ("", REPLACE)
    if not sends and not here.asked.calendar.allows(ANSWER, at):
        return _closed(here, at, 409)
    if form.refusal is not None:  # it could not be kept as a draft
        return _show(here, screen, form.refusal.status)
    other = _asked_for(here, screen, go)
    if other is not None:
        return _show(here, other)
    if here.find_faults(screen):
        return _show(here, screen, 422)
    if not sends:
        return _show(here, here.walk().after(screen))
    _answers, faults = here.read()
    if faults:
        screen = here.walk().of_question(next(iter(faults)))
        here.find_faults(screen)
        return _show(here, screen, 422)
    return (
        _send_change(here, form, screen, at)
        if isinstance(form, AnswerChangeForm)
        else _send(here, screen, at)
    )


def _from_elsewhere(here: Answering) -> AnyResponse:
    """The screen again, of a form that another site may have sent, under another name.

    Whoever knows the name of a form gets its receipt, and an answer is read and changed by it.
    """
    form = here.form
    if isinstance(form, AnswerChangeForm) and form.receipt.data:
        return redirect(url_for("participation.follow"), 303)
    form.client_key.data, form.replaces.data = new_key(), ""
    form.validate()
    return _show(here, here.walk().at(form.shown.data or ""), 422)


def _asked_for(here: Answering, screen: Screen, go: str) -> Screen | None:
    """The screen to which a button leads that asks nothing of this one; None: there is no such button."""
    walked = here.walk()
    if go == BACK:
        return walked.before(screen)
    if go == FINISH:
        return walked.screens[-1]
    if go == ANYWAY:
        return walked.screens[0]
    if go == TO:
        return walked.at(here.form.to.data or "")
    if go == PASS and may_pass(screen):
        here.form.clear(screen.questions)
        return here.walk().after(screen)
    return None


def _quartier(here: Answering) -> int | None:
    return number_in(here.form.quartier.data) if len(here.asked.quartiers) > 1 else None


def _send(here: Answering, screen: Screen, at: datetime) -> AnyResponse:
    form, asked = here.form, here.asked
    answers, _faults = here.read()
    sent = SentAnswer(
        asked.id,
        asked.version,
        here.definition.rules,
        asked.proof,
        answers,
        form.client_key.data or "",
        g.language.tag,
        at,
        quartier_id=_quartier(here),
        old_enough=bool(form.age.data),
        person_hash=persons.person_in(asked.id) if asked.proof is ProofAsked.FRANCE_CONNECT else None,
        replaces=number_in(form.replaces.data) if request.form.get(GO) == REPLACE else None,
    )

    def act() -> KeptAnswer:
        limits.count_open_form()
        return answering.answer(sent, here.author, here.draft.sent if here.draft else None)

    try:
        status, got = submit_for(
            form, act, raising=(NotOpen, AnsweredBefore, SentBefore), saying=(ProofMissing,)
        )
    except NotOpen:
        return _closed(here, at, 409)
    except AnsweredBefore:
        return _answered_before(here)
    except SentBefore as before:
        form.replaces.data = str(before.version)
        return private_answer(
            _page("twice", here, carried=here.carried(Screen(LAST), whole=True)), 409, _cache(here)
        )
    if got is None:
        return _show(here, screen, status)
    response = _thanks(here, got.receipt)
    closes_at = asked.calendar.closes_at
    if asked.proof is ProofAsked.NONE and closes_at is not None and not _is_shared(here):
        courtesy.remember(response, asked.id, closes_at)
    if sent.person_hash is not None:
        persons.forget(response, asked.id)
    return response


def _thanks(here: Answering, receipt: str | None, *, changed: bool = False) -> AnyResponse:
    page = _page(
        "thanks",
        here,
        receipt=written(receipt) if receipt else None,
        changed=changed,
        takes_sentences=any(step.takes_sentences for step in here.definition.steps),
        device=here.device,
        signed_in=here.author is not None,
        linked=here.asked.proof in WITH_ACCOUNT or (here.changing and not receipt),
    )
    return private_answer(page)


def _closed(here: Answering, at: datetime, status: int) -> AnyResponse:
    """It takes no answers now: what was typed is given back."""
    answers, _faults = here.read()
    page = _page(
        "closed",
        here,
        stage=here.asked.calendar.stage_at(at).value,
        said=said_answers(here.definition, answers),
    )
    return private_answer(page, status, _cache(here))


def _answered_before(here: Answering) -> AnyResponse:
    """The account has an answer already: what was typed may take its place."""
    author = here.author
    mine = None
    if author is not None and author.actor_id is not None:
        mine = answer_of_account(author.actor_id, here.asked.id, g.language.tag)
    page = _page("before", here, mine=mine, carried=here.carried(Screen(LAST), whole=True) if mine else [])
    return private_answer(page, 409, _cache(here))


def _whose(here: Answering, form: AnswerChangeForm) -> tuple[Whose, OwnAnswer, str | None]:
    """The answer that a form changes, and its receipt. Raises `TryLater`, `DomainError`."""
    if form.receipt.data:
        mine, code = receipts.asked_for(
            form.receipt.data, lambda known: answer_by_receipt(known, g.language.tag)
        )
        if mine.consultation_id != here.asked.id:
            abort(404)
        return answering.by_receipt(code), mine, code
    author = here.author
    if author is None or author.actor_id is None:
        raise ProofMissing(here.asked.proof)
    found = answer_of_account(author.actor_id, here.asked.id, g.language.tag)
    if found is None:
        abort(404)
    return answering.by_account(author, here.asked.id), found, None


def _begin_change(here: Answering, form: AnswerChangeForm, at: datetime) -> AnyResponse:
    if not form.receipt.data and here.author is None:
        abort(404)
    status, found = submit_for(form, lambda: _whose(here, form))
    if found is None:
        receipt = ReceiptForm()
        receipt.receipt.errors = form.receipt.errors
        return private_answer(receipt_page(receipt), status)
    _which, mine, _code = found
    given = given_of(mine.id)
    form.put(
        {
            name: values
            for question in here.definition.rules
            if question.id in given
            for name, values in typed_of(question, given[question.id]).items()
        }
    )
    form.quartier.data = str(mine.quartier_id or "")
    form.seen.data, form.client_key.data = str(mine.version), new_key()
    if not mine.calendar.allows(ANSWER, at):
        return _closed(here, at, 409)
    return _show(here, here.walk().screens[0])


def _send_change(here: Answering, form: AnswerChangeForm, screen: Screen, at: datetime) -> AnyResponse:
    answers, _faults = here.read()
    changed = ChangedAnswer(
        number_in(form.seen.data),
        here.definition.rules,
        here.asked.version,
        answers,
        g.language.tag,
        at,
        _quartier(here),
    )

    def act() -> tuple[str | None]:
        limits.count_open_form()
        whose, _mine, code = _whose(here, form)
        answering.change(whose, changed)
        return (code,)

    try:
        status, done = submit_for(form, act, raising=(NotOpen,), saying=(ProofMissing,))
    except NotOpen:
        return _closed(here, at, 409)
    if done is None:
        return _show(here, screen, status)
    return _thanks(here, done[0], changed=True)
