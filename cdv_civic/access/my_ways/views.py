"""The two pages that add an address or a number: which one, then the code that was sent to it."""

from typing import Final

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.access.my_ways import operations
from cdv_civic.access.my_ways.forms import ProofForm
from cdv_civic.access.my_ways.operations import DeadProof
from cdv_civic.access.ways_in.forms import AskMailForm, AskTextForm
from cdv_civic.access.ways_in.rules import BadCode
from cdv_civic.core.config import Settings
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.i18n import _, current_language
from cdv_civic.core.policy import policy
from cdv_civic.notices.operations import require_mail, require_texts
from cdv_civic.people import limits
from cdv_civic.people.csrf import keeps_form
from cdv_civic.people.desk import actor, keep_nothing
from cdv_civic.people.emails import fold_email
from cdv_civic.people.mine.forms import PlainForm
from cdv_civic.people.phones import fold_phone
from cdv_civic.people.rules import FRESH_FOR, Way
from cdv_civic.people.sessions import came_in_lately, end_this_session, leave_browser, shared_session

blueprint = Blueprint("my_ways", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)

WAYS: Final = {"email": Way.EMAIL, "telephone": Way.SMS}


def _folded(way: Way, form: AskMailForm | AskTextForm) -> str:
    if isinstance(form, AskMailForm):
        return fold_email(form.email.data or "")
    settings: Settings = current_app.extensions["settings"]
    return fold_phone(form.phone.data or "", settings.sms_countries)


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
            "mine/come_in_again.html", form=PlainForm(), way=way, minutes=FRESH_FOR.seconds // 60
        )
        return make_response(page, 403 if request.method == "POST" else 200)
    form = AskMailForm() if kind is Way.EMAIL else AskTextForm()
    status = 200
    if form.validate_on_submit():
        try:
            address = _folded(kind, form)
            limits.count_message(address, text=kind is Way.SMS)
            if kind is Way.SMS:
                limits.require_text()
            ref = operations.ask_for_proof(actor(), kind, address, current_language().tag)
            return redirect(url_for("my_ways.prove", ref=ref), 303)
        except DomainError as refused:
            if refused.status == 403:
                raise
            status = form.refuse_act(refused)
    elif form.is_submitted():
        status = 422
    return make_response(render_template("mine/add_way.html", form=form, way=way), status)


@blueprint.post("/moi/joindre/<way>/entrer")
@policy("account.self")
def come_in_again(way: str) -> AnyResponse:
    """Out, and back to the form by a way that there is."""
    if way not in WAYS:
        abort(404)
    shared = shared_session()
    end_this_session()
    return leave_browser(shared=shared, back=url_for("my_ways.ask", way=way))


@blueprint.route("/moi/joindre/code/<ref>", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def prove(ref: str) -> AnyResponse:
    """The code that was sent there."""
    form = ProofForm()
    status = 200
    try:
        way = operations.asked_way(actor(), ref)
        if form.validate_on_submit():
            operations.prove(actor(), ref, form.code.data or "")
            said = (
                _("Votre adresse e-mail est enregistrée.")
                if way is Way.EMAIL
                else _("Votre numéro est enregistré.")
            )
            flash(said, "success")
            return redirect(url_for("mine.home"), 303)
        if form.is_submitted():
            status = 422
    except DeadProof as refused:
        flash(str(refused.sentence), "error")
        return redirect(url_for("mine.home"), 303)
    except (BadCode, Conflict) as refused:
        form.refuse("code", refused.sentence)
        status = refused.status
    return make_response(render_template("mine/prove_way.html", form=form, by_mail=way is Way.EMAIL), status)
