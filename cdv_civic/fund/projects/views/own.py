"""What a carrier does by the receipt: see where the project stands, write it otherwise, complete it, give it up."""

from collections.abc import Sequence
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.forms.fields import listed
from cdv_civic.core.forms.protection import only_language, open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import number_in
from cdv_civic.core.web.request_limits import takes
from cdv_civic.fund.operations.moving import StateGone
from cdv_civic.fund.project_words import STATES, cents_text
from cdv_civic.fund.projects.forms import CorrectProjectForm, GiveUpProjectForm, prepare, typed_project
from cdv_civic.fund.projects.operations.correcting import correct, give_up
from cdv_civic.fund.projects.queries.own import OwnProject, own_content, own_project
from cdv_civic.fund.projects.queries.rounds import choices_of, round_by_id
from cdv_civic.fund.projects.views.blueprint import MOST_FILES, blueprint
from cdv_civic.fund.projects.wording import days_said, next_said, said_lines
from cdv_civic.fund.reviews.operations.finding import by_receipt
from cdv_civic.fund.reviews.queries.projects import reviewed_project
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.participation import receipts
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.views import SURE, private_answer, receipt_page


def _find(code: str) -> OwnProject | None:
    return own_project(code, g.language.tag)


def followed_page(code: str) -> str | None:
    """The page of a project by its receipt; None: it is none of a project. 2 statements, 6 once it is selected."""
    found = _find(code)
    return None if found is None else _page(found, code)


def _page(
    found: OwnProject,
    code: str,
    *,
    done: bool = False,
    lost: Sequence[tuple[Any, str]] = (),
    refused: str = "",
) -> str:
    """Where a project stands. `done`: it was just written otherwise; `lost`: what was typed and could not be kept, to
    copy, and why it was `refused`."""
    return render_template(
        "fund/projects/followed.html",
        project=found,
        receipt=written(code),
        states=STATES,
        comes=next_said(found),
        days=days_said(found.days) if found.days else None,
        asked=cents_text(found.asked_cents),
        cost=cents_text(found.cost_cents),
        granted=cents_text(found.granted_cents) if found.granted_cents else None,
        returned=cents_text(found.returned_cents) if found.returned_cents else None,
        done=done,
        lost=lost,
        refused=refused,
        reviewed=reviewed_project(by_receipt(code), g.language.tag) if found.granted_cents else None,
    )


def _no_receipt(refusal: DomainError) -> AnyResponse:
    """The page where a receipt is typed, and what is wrong with the one that was sent."""
    asked = ReceiptForm(formdata=None)
    status = asked.refuse_act(refusal)
    return private_answer(receipt_page(asked), status)


def _back() -> AnyResponse:
    """To the page where a receipt is typed: whoever asks for an address of these alone (another language) has none."""
    return redirect(url_for("participation.follow"))


class _Correcting:
    """The form of one project that is written otherwise."""

    def __init__(self, found: OwnProject, code: str, sent: CorrectProjectForm | None) -> None:
        round_ = round_by_id(found.round_id, g.language.tag)
        if round_ is None:
            abort(404)
        self.project, self.code, self.round = found, code, round_
        self.content = own_content(found.id)
        fields = self.content.fields
        # What is sent is all that counts: a box that is not ticked any more is sent as nothing.
        self.form = sent or CorrectProjectForm(formdata=None, data=fields)
        prepare(self.form, round_, choices_of(round_, g.language.tag), site_languages())
        if self.content.has_contact:
            self.form.contact.description = _l(
                "Votre contact est gardé. Laissez vide pour ne pas le changer."
            )
        if self.content.has_photo and "photo" in self.form:
            self.form.photo.description = _l("Une photo est là. Une autre prendra sa place.")
        removable: Any = self.form.removed
        removable.choices = listed((each.id, each.caption) for each in self.content.quotes)
        if not self.content.quotes:
            del self.form.removed

    def act(self) -> str | None:
        """Keep what was typed; the page that follows."""
        removed = self.form.removed.data if "removed" in self.form else ()
        typed = typed_project(self.form, self.round)
        correct(self.code, typed, number_in(self.form.version.data) or 0, removed=removed or ())
        after = _find(self.code)
        return _page(after, self.code, done=True) if after is not None else None

    def page(self) -> str:
        """The form, as it is typed now."""
        return render_template(
            "fund/projects/correct.html",
            project=self.project,
            round=self.round,
            form=self.form,
            receipt=written(self.code),
        )


@blueprint.route("/suivi/corriger", methods=["GET", "POST"], endpoint="correct")
@policy("receipt.follow")
@open_form
@takes(megabytes_of_files=MOST_FILES)
def correct_own() -> AnyResponse:
    """Write a project otherwise: the first POST, with the receipt alone, shows the form, the second one sends it."""
    if request.method != "POST":
        return _back()
    form = CorrectProjectForm()
    try:
        found, code = receipts.asked_for(form.receipt.data or "", _find)
    except DomainError as unknown:
        return _no_receipt(unknown)
    if not form.sent.data:
        if not found.correctable:
            return private_answer(_page(found, code), 409)
        return private_answer(_Correcting(found, code, None).page())
    if any(file.filename for file in request.files.values()) and not only_language():
        with form.refusing():
            limits.count_open_form()
    correcting = _Correcting(found, code, form)
    status, page = submit_for(form, correcting.act)
    if page is None and not found.correctable and isinstance(form.refusal, Conflict):
        page = _page(found, code, lost=said_lines(form), refused=str(form.refusal.sentence))
    return private_answer(page if page is not None else correcting.page(), status)


@blueprint.route("/suivi/arreter", methods=["GET", "POST"], endpoint="give_up")
@policy("receipt.follow")
@open_form
def give_up_own() -> AnyResponse:
    """Give a project up: the first POST asks, the second does it."""
    if request.method != "POST":
        return _back()
    form = GiveUpProjectForm()
    sure = form.sure.data == SURE

    def act() -> tuple[OwnProject, str]:
        found, code = receipts.asked_for(form.receipt.data or "", _find)
        if not found.may_give_up and found.state is not ProjectState.ABANDONED:
            raise StateGone
        if sure:
            give_up(code)
            found = _find(code) or found
        return found, code

    status, done = submit_for(form, act)
    if done is None:
        if form.refusal is not None:
            return _no_receipt(form.refusal)
        return private_answer(receipt_page(ReceiptForm(formdata=None)), status)
    found, code = done
    if sure or found.state is ProjectState.ABANDONED:
        return private_answer(_page(found, code))
    return private_answer(
        render_template(
            "fund/projects/give_up.html", project=found, form=form, receipt=written(code), sure=SURE
        )
    )
