"""Say how far a commitment is, and take a mistake back."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.desk.lookup import commitment_for, other_languages
from cdv_civic.commitments.drafts import OLDER, PROGRESS
from cdv_civic.commitments.forms import ProgressForm, ReasonForm, progress_form
from cdv_civic.commitments.operations import progress as operations
from cdv_civic.commitments.operations.progress import EvidenceFile, EvidenceLink, NewProgress
from cdv_civic.commitments.queries.story import published_news, story_of
from cdv_civic.commitments.rules.transitions import TELLABLE, needs_reason, states_after
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.core.web.request_limits import takes
from cdv_civic.drafts.forms import draft_of


@blueprint.route("/engagements/<int:commitment_id>/avancement", methods=["GET", "POST"])
@policy("progress.publish")
@keeps_form
@takes(megabytes_of_files=60)
def publish_progress(commitment_id: int) -> Answer:
    """The form that says how far it is. What is older than the last news may be any state: `?passe=1`."""
    commitment = commitment_for("progress.publish", commitment_id)
    older = bool(request.args.get("passe"))
    states = TELLABLE if older else states_after(commitment.state.code)
    several = len(commitment.quartiers) > 1
    form = progress_form(
        states,
        [(each.id, each.name) for each in commitment.quartiers] if several else [],
        other_languages(),
        None if older else clock.today(),
    )
    form.note_seen(lambda: published_news(db.session(), commitment_id))
    draft = draft_of(form, PROGRESS, commitment_id, *([OLDER] if older else []))
    if draft.was_kept():
        return draft.to_list()
    status = submit(
        form, lambda: operations.publish_progress(actor(), commitment_id, _news(form), draft.sent)
    )
    if status is None:
        draft.forget_on_device()
        flash(_("C’est publié. Les habitantes et les habitants le lisent maintenant."), "success")
        return redirect(url_for("commitments_desk.show", commitment_id=commitment_id), 303)
    page = render_template(
        "commitments/desk/progress.html",
        commitment=commitment,
        form=form,
        draft=draft,
        told=form.told(),
        several=several,
        older=older,
        other_languages=other_languages(),
        with_reason=[code for code in states if needs_reason(commitment.state.code, code)],
    )
    return page, status


def _news(form: ProgressForm) -> NewProgress:
    """What a valid form tells."""
    happened_on: date = form.happened_on.data  # type: ignore[assignment]  # the form asks for it
    files = [
        EvidenceFile(field.upload, caption.data or "", caption.name)
        for field, caption in form.file_fields()
        if field.upload is not None
    ]
    links = []
    if form.link.data or form.link_title.data:
        links.append(EvidenceLink(form.link.data or "", form.link_title.data or ""))
    return NewProgress(
        state=form.state.data,
        happened_on=happened_on,
        sentence=form.sentence.data or "",
        client_key=form.client_key.data or "",
        translations=form.sentences(),
        detail=form.detail.data or "",
        quartier_id=int(form.quartier.data) if form.quartier.data else None,
        files=files,
        links=links,
        seen=form.last_seen(),
    )


@blueprint.route(
    "/engagements/<int:commitment_id>/avancement/<int:progress_id>/retirer", methods=["GET", "POST"]
)
@policy("progress.withdraw")
@keeps_form
def withdraw_progress(commitment_id: int, progress_id: int) -> Answer:
    """Ask why, then strike a piece of news out."""
    commitment = commitment_for("progress.withdraw", commitment_id)
    entries = [each for each in story_of(commitment_id, current_language().tag) if each.id == progress_id]
    if not entries:
        raise NotFound(_l("Cette nouvelle n’existe pas."))
    back = url_for("commitments_desk.show", commitment_id=commitment_id)
    if entries[0].withdrawn:
        flash(_("Cette nouvelle est déjà retirée."), "info")
        return redirect(back, 303)
    form = ReasonForm()
    status = submit(form, lambda: operations.withdraw_progress(actor(), progress_id, form.reason.data or ""))
    if status is None:
        flash(_("La nouvelle est retirée. Elle reste visible, barrée, avec votre raison."), "success")
        return redirect(back, 303)
    page = render_template(
        "commitments/desk/withdraw.html", commitment=commitment, form=form, entry=entries[0]
    )
    return page, status
