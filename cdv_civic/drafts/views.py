"""« Mes brouillons »: what one has begun to write, to go on with or to erase."""

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.rules import own_path
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor, keep_nothing
from cdv_civic.drafts import operations, queries
from cdv_civic.drafts.forms import VERSION, device_name, forget_on_device
from cdv_civic.drafts.kinds import draft_kinds
from cdv_civic.drafts.rules import KEPT_FOR

blueprint = Blueprint("drafts", __name__, url_prefix="/<lang>/moi/brouillons")
keep_nothing(blueprint)


def _account_id() -> int:
    account_id = actor().actor_id
    if account_id is None:
        abort(404)
    return account_id


@blueprint.get("")
@policy("account.self")
def mine() -> str:
    """All drafts of the account, the newest first."""
    drafts = queries.listed_drafts(actor(), _account_id(), g.language.tag)
    return render_template("drafts/mine.html", drafts=drafts, days=KEPT_FOR.days)


@blueprint.route("/<int:draft_id>/effacer", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def erase(draft_id: int) -> AnyResponse:
    """Ask once more, then erase one."""
    draft = queries.own_draft(_account_id(), draft_id)
    if draft is None:
        abort(404)
    form = ButtonForm()
    seen = request.form.get(VERSION, "")
    status = submit(form, lambda: operations.erase(actor(), draft_id, seen=seen))
    if status is None:
        forget_on_device(device_name(_account_id(), draft.key))
        flash(_("Le brouillon est effacé."), "success")
        return redirect(own_path(request.args.get("retour")) or url_for("drafts.mine"), 303)
    page = render_template(
        "drafts/erase.html",
        form=form,
        kind=draft_kinds().get(draft.key.kind),
        texts=queries.texts_of(draft.typed),
        version=draft.version,
        back=own_path(request.args.get("retour")) or url_for("drafts.mine"),
    )
    return make_response(page, status)
