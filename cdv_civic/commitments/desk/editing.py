"""Change what a commitment says."""

from typing import Any, Final

from flask import flash, redirect, render_template, url_for

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.desk.lookup import commitment_for
from cdv_civic.commitments.drafts import EDIT
from cdv_civic.commitments.forms import EditForm
from cdv_civic.commitments.operations.editing import Edit, edit_commitment
from cdv_civic.commitments.queries.desk_commitment import DeskCommitment
from cdv_civic.commitments.rules.values import read_euros
from cdv_civic.commitments.wording import refusals_in_words
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.drafts.forms import draft_of

#: Fields of the form that are called and held as in the database.
_SAME: Final = (
    "deadline_text",
    "deadline_date",
    "recurrence",
    "condition",
    "budget_text",
    "budget_certainty",
    "status_text",
)


def euros(cents: int | None) -> str:
    """Cents as staff type them."""
    if cents is None:
        return ""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)


def _stored(commitment: DeskCommitment) -> dict[str, Any]:
    """What the commitment says now, by field of the form."""
    return {
        **{name: getattr(commitment, name) for name in _SAME},
        "title": commitment.original_title,
        "nature": commitment.nature.code,
        "theme": commitment.theme.code if commitment.theme else "",
        "partners_text": "\n".join(commitment.partners_text),
        "budget": euros(commitment.budget_cents),
        "version": str(commitment.version),
    }


@refusals_in_words()
def _wanted(form: EditForm) -> Edit:
    """What the form says it should be; raises `RuleRefused` for an amount that is none."""

    def said(value: str | None) -> str | None:
        return (value or "").strip() or None

    lines = (form.partners_text.data or "").splitlines()
    return Edit(
        title=form.title.data or "",
        nature=form.nature.data,
        theme=said(form.theme.data),
        deadline_text=said(form.deadline_text.data),
        deadline_date=form.deadline_date.data,
        recurrence=said(form.recurrence.data),
        condition=said(form.condition.data),
        budget_text=said(form.budget_text.data),
        budget_cents=read_euros(form.budget.data or "", "budget"),
        budget_certainty=said(form.budget_certainty.data),
        status_text=said(form.status_text.data),
        partners_text=tuple(line.strip() for line in lines if line.strip()),
    )


@blueprint.route("/engagements/<int:commitment_id>/modifier", methods=["GET", "POST"])
@policy("commitment.edit")
@keeps_form
def edit(commitment_id: int) -> Answer:
    """The form of public fields. A change by somebody else meanwhile is shown beside what was typed."""
    commitment = commitment_for("commitment.edit", commitment_id)
    form = EditForm(data=_stored(commitment))

    draft = draft_of(form, EDIT, commitment_id)
    if draft.was_kept():
        return draft.to_list()

    def save() -> None:
        changed = edit_commitment(
            actor(),
            commitment_id,
            _wanted(form),
            version=form.version.number,
            reason=form.reason.data or "",
            draft=draft.sent,
        )
        say_saved(changed.version != commitment.version)

    status = submit(form, save)
    if status is None:
        draft.forget_on_device()
        return redirect(url_for("commitments_desk.show", commitment_id=commitment_id), 303)
    page = render_template("commitments/desk/edit.html", commitment=commitment, form=form, draft=draft)
    return page, status


def say_saved(changed: bool) -> None:
    """Tell on the next page whether a form changed anything."""
    if changed:
        flash(_("C’est enregistré. L’ancien texte reste visible dans les versions."), "success")
    else:
        flash(_("Rien n’a changé : tout était déjà ainsi."), "info")
