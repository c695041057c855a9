"""Say how far a commitment is, take a mistake back, let an imported one stand."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from cdv_civic.commitments import operations
from cdv_civic.commitments.desk import dossier as reading
from cdv_civic.commitments.desk.dossiers import other_languages
from cdv_civic.commitments.desk.routes import blueprint
from cdv_civic.commitments.forms import ProgressForm, ReasonForm, progress_form
from cdv_civic.commitments.operations import NewFile, NewLink, NewProgress
from cdv_civic.commitments.queries.story import story_of
from cdv_civic.commitments.rules.transitions import TELLABLE, needs_reason, states_after
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads import read_upload
from cdv_civic.core.web.desk import actor
from cdv_civic.core.web.request_limits import takes


@blueprint.post("/engagements/<int:commitment_id>/verifier")
@policy("commitment.publish")
def publish_one(commitment_id: int) -> Response:
    """Mark one commitment as checked."""
    done = operations.publish_commitments(actor(), [commitment_id])
    flash(
        ngettext(
            "%(num)s engagement est marqué comme vérifié.",
            "%(num)s engagements sont marqués comme vérifiés.",
            done.count,
        ),
        "success" if done.count else "info",
    )
    undo = done.entries[0] if done.entries else None
    return redirect(url_for("commitments_desk.show", commitment_id=commitment_id, publie=undo), 303)


@blueprint.route("/engagements/<int:commitment_id>/avancement", methods=["GET", "POST"])
@policy("progress.publish")
@keeps_form
@takes(megabytes_of_files=60)
def publish_progress(commitment_id: int) -> str | Response | tuple[str, int]:
    """The form that says how far it is. What is older than the last news may be any state: `?passe=1`."""
    dossier = reading.dossier(actor(), "progress.publish", commitment_id, current_language().tag)
    older = bool(request.args.get("passe"))
    states = TELLABLE if older else states_after(dossier.state.code)
    several = len(dossier.quartiers) > 1
    form = progress_form(
        states,
        [(each.id, each.name) for each in dossier.quartiers] if several else [],
        other_languages(),  # type: ignore[arg-type]
    )
    if request.method == "GET":
        form.happened_on.data = None if older else clock.today()
    elif form.validate_on_submit() and form.happened_on.data:
        try:
            operations.publish_progress(actor(), commitment_id, _news(form, form.happened_on.data))
        except DomainError as refused:
            if refused.status != 422:
                raise
            form.refuse(refused.field, refused.sentence)
        else:
            flash(_("C’est publié. Les habitantes et les habitants le lisent maintenant."), "success")
            return redirect(url_for("commitments_desk.show", commitment_id=commitment_id), 303)
    page = render_template(
        "commitments/desk/progress.html",
        dossier=dossier,
        form=form,
        several=several,
        older=older,
        other_languages=other_languages(),
        with_reason=[code for code in states if needs_reason(dossier.state.code, code)],
        today=clock.today(),
    )
    return (page, 422) if form.is_submitted() else page


def _sent(file: object) -> bool:
    return isinstance(file, FileStorage) and bool(file.filename)


def _news(form: ProgressForm, happened_on: date) -> NewProgress:
    """What the form tells; raises `BadUpload` for a file that cannot be kept."""
    files = []
    for field, caption in form.file_fields():
        if _sent(field.data):
            upload = read_upload(field.data.filename, field.data.stream, field=field.name)
            files.append(NewFile(upload, caption.data or "", caption.name))
    links = []
    if form.link.data or form.link_title.data:
        links.append(NewLink(form.link.data or "", form.link_title.data or ""))
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
    )


@blueprint.route(
    "/engagements/<int:commitment_id>/avancement/<int:progress_id>/retirer", methods=["GET", "POST"]
)
@policy("progress.withdraw")
@keeps_form
def withdraw_progress(commitment_id: int, progress_id: int) -> str | Response | tuple[str, int]:
    """Ask why, then strike a piece of news out."""
    dossier = reading.dossier(actor(), "progress.withdraw", commitment_id, current_language().tag)
    entries = [each for each in story_of(commitment_id, current_language().tag) if each.id == progress_id]
    if not entries:
        raise NotFound(_l("Cette nouvelle n’existe pas."))
    if entries[0].withdrawn:
        flash(_("Cette nouvelle est déjà retirée."), "info")
        return redirect(url_for("commitments_desk.show", commitment_id=commitment_id), 303)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            operations.withdraw_progress(actor(), progress_id, form.reason.data or "")
        except DomainError as refused:
            if refused.status != 422:
                raise
            form.refuse(refused.field, refused.sentence)
        else:
            flash(_("La nouvelle est retirée. Elle reste visible, barrée, avec votre raison."), "success")
            return redirect(url_for("commitments_desk.show", commitment_id=commitment_id), 303)
    page = render_template("commitments/desk/withdraw.html", dossier=dossier, form=form, entry=entries[0])
    return (page, 422) if form.is_submitted() else page
