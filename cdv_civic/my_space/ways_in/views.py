"""The two pages that add an address or a number: which one, then the code that was sent to it."""

from typing import Final

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.phones import fold_phone
from cdv_civic.accounts.rules import FRESH_FOR, Way
from cdv_civic.accounts.sessions import came_in_lately, end_this_session, leave_browser, shared_session
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor, keep_nothing
from cdv_civic.my_space.ways_in import operations
from cdv_civic.my_space.ways_in.forms import ProofForm
from cdv_civic.my_space.ways_in.operations import DeadProof
from cdv_civic.notices.operations import require_mail, require_texts
from cdv_civic.sign_in.by_message.forms import AskMailForm, AskTextForm

blueprint = Blueprint("my_ways_in", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)

WAYS: Final = {"email": Way.EMAIL, "telephone": Way.SMS}


def _folded(form: AskMailForm | AskTextForm) -> str:
    if isinstance(form, AskMailForm):
        return fold_email(form.email.data or "")
    settings = current_settings()
    return fold_phone(form.phone.data or "", settings.sms_countries, fictional=settings.development)


@blueprint.route("/moi/joindre/<way>", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def ask(way: str) -> AnyResponse:
    """Where to be reached from now on. Who came in some time ago comes in once more first."""
    if way not in WAYS:
        abort(404)
    kind = WAYS[way]
    (require_mail if kind is Way.EMAIL else require_texts)()
    if not came_in_lately(actor()):
        page = render_template(
            "my_space/come_in_again.html", form=ButtonForm(), way=way, minutes=FRESH_FOR.seconds // 60
        )
        return make_response(page, 403 if request.method == "POST" else 200)
    form = AskMailForm() if kind is Way.EMAIL else AskTextForm()

    def send() -> str:
        address = _folded(form)
        limits.count_message(address, text=kind is Way.SMS)
        if kind is Way.SMS:
            limits.require_text()
        return operations.ask_for_proof(actor(), kind, address, current_language().tag)

    status, ref = submit_for(form, send)
    if ref is not None:
        return redirect(url_for("my_ways_in.prove", ref=ref), 303)
    return make_response(render_template("my_space/add_way.html", form=form, way=way), status)


@blueprint.post("/moi/joindre/<way>/entrer")
@policy("account.self")
def come_in_again(way: str) -> AnyResponse:
    """Out, and back to the form by a way that there is."""
    if way not in WAYS:
        abort(404)
    shared = shared_session()
    end_this_session()
    return leave_browser(shared=shared, back=url_for("my_ways_in.ask", way=way))


@blueprint.route("/moi/joindre/code/<ref>", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def prove(ref: str) -> AnyResponse:
    """The code that was sent there."""
    form = ProofForm()
    try:
        way = operations.asked_way(actor(), ref)
        status = submit(form, lambda: operations.prove(actor(), ref, form.code.data or ""))
    except DeadProof as refused:
        flash(str(refused.sentence), "error")
        return redirect(url_for("my_space.settings"), 303)
    if status is None:
        said = (
            _("Votre adresse e-mail est enregistrée.")
            if way is Way.EMAIL
            else _("Votre numéro est enregistré.")
        )
        flash(said, "success")
        return redirect(url_for("my_space.settings"), 303)
    return make_response(
        render_template("my_space/prove_way.html", form=form, by_mail=way is Way.EMAIL), status
    )
