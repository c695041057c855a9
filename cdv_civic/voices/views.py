"""Public pages: say something without an account, follow it by its receipt, read what others said."""

from typing import Any, Final

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.limits import AttemptKind
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.request_limits import takes
from cdv_civic.core.web.validity import shows_only
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.voices import rules
from cdv_civic.voices.forms import LINKED, FollowForm, SpeakForm, TakeAwayForm, said_form, statement_of
from cdv_civic.voices.operations import keeping, receiving
from cdv_civic.voices.operations.receiving import Received
from cdv_civic.voices.queries.listening import listening_body, quartiers_heard
from cdv_civic.voices.queries.public import FollowedVoice, by_receipt, published_page
from cdv_civic.voices.wording import THEME_WORDS

blueprint = Blueprint("voices", __name__, url_prefix="/<lang>")
#: Not kept by us, for each form has a name of its own; a browser may go back to it.
OWN_COPY: Final = "private, no-cache"
NO_STORE: Final = "no-store"
#: What the second POST of a word that is taken back says.
SURE: Final = "oui"


def _author() -> SignedIn | None:
    """The resident who has signed in, where this browser brings a session at all."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies or not current_user.is_authenticated:
        return None
    who: SignedIn = current_user._get_current_object()
    return who


def _answer(page: str, status: int = 200, cache: str = NO_STORE) -> AnyResponse:
    response = make_response(page, status)
    response.headers["Cache-Control"] = cache
    return response


@blueprint.route("/contrats/<contract>/instances/<slug>/parole", methods=["GET", "POST"])
@policy("public")
@open_form
@takes(megabytes_of_files=30)
def speak(contract: str, slug: str) -> AnyResponse:
    """The form of a word, and its receipt.

    The receipt answers the POST itself: in an address it would be read in logs and by whoever comes next, and a visitor
    has no session to keep it in. Loading the page again gives the same receipt and takes nothing more.

    Whoever has signed in is asked whether the word is linked to their account. What they chose on the page counts: a
    page that was opened without an account promised « sans compte », whoever signs in before it is sent.
    """
    body = listening_body(contract, slug, g.language.tag)
    if body is None:
        abort(404)
    quartiers = quartiers_heard(body.id)
    author = _author()
    form = said_form(
        SpeakForm,
        quartiers,
        site_languages(),
        {
            "contact_language": g.language.tag,
            "quartier": str(quartiers[0].id) if len(quartiers) == 1 else "",
            # Who opened an account did so to find their words and the answers again. Of a form that was sent, only
            # what it says counts: the page may have promised that it asks for no account.
            **({"sent_as": LINKED} if request.method == "GET" else {}),
            "minor": author is not None and author.minor,
        },
    )
    form.sent_as.flags.required = author is not None
    if not body.listens:
        page = render_template("voices/closed.html", body=body, words=request.form.get("words", ""))
        return _answer(page, 409 if form.is_submitted() else 200, OWN_COPY)
    linked = form.sent_as.data == LINKED

    def act() -> Received:
        limits.count_open_form()
        return receiving.say(statement_of(form, body.id), author if linked else None)

    status, got = submit_for(form, act)
    if got is not None:
        page = render_template(
            "voices/thanks.html",
            body=body,
            got=got,
            today=clock.today(),
            calls=form.theme.data in rules.SENSITIVE,
            reachable=bool((form.contact.data or "").strip()),
            signed_in=author is not None,
            linked=linked,
        )
        return _answer(page)
    page = render_template(
        "voices/speak.html", body=body, form=form, quartiers=quartiers, signed_in=author is not None
    )
    return _answer(page, status, NO_STORE if form.is_submitted() else OWN_COPY)


def _by_receipt(code: str) -> FollowedVoice | None:
    """The word of a receipt; a guess that finds none counts against whoever guesses. Raises `TryLater`."""
    with limits.unhurried(AttemptKind.RECEIPT):
        found = by_receipt(code, g.language.tag)
    if found is None:
        limits.note_failure(AttemptKind.RECEIPT)
    return found


def _asked_for(typed: str) -> tuple[FollowedVoice, str]:
    """The word of a receipt as people type it, and the receipt; raises `DomainError`."""
    try:
        code = rules.read_receipt(typed)
    except rules.BadReceipt:
        raise DomainError(
            _l("Ce code a un signe qui ne va pas, ou il en manque un. Relisez-le."), field="receipt"
        ) from None
    found = _by_receipt(code)
    if found is None:
        raise DomainError(
            _l("Nous ne trouvons pas ce reçu. Relisez le code, signe par signe."), field="receipt"
        )
    return found, code


@blueprint.route("/parole/suivi", methods=["GET", "POST"])
@policy("public")
@open_form
def follow() -> AnyResponse:
    """Where a word is on its way, by its receipt. The code is sent in the form, never in an address."""
    form = FollowForm()
    status, found = submit_for(form, lambda: _asked_for(form.receipt.data or ""))
    if found is not None:
        voice, code = found
        page = render_template(
            "voices/followed.html", voice=voice, today=clock.today(), receipt=rules.written(code)
        )
        return _answer(page)
    shows_only()
    page = render_template("voices/follow.html", form=form)
    return _answer(page, status) if form.is_submitted() else make_response(page)


@blueprint.post("/parole/suivi/retirer")
@policy("public")
@open_form
def take_away() -> AnyResponse:
    """Take one's own word back, by its receipt: the first POST asks, the second does it."""
    form = TakeAwayForm()
    sure = form.sure.data == SURE

    def act() -> tuple[FollowedVoice, str]:
        voice, code = _asked_for(form.receipt.data or "")
        if sure:
            keeping.take_away(code)
        return voice, code

    status, found = submit_for(form, act)
    if found is None:
        if form.receipt.errors:
            return redirect(url_for("voices.follow"), 303)
        return _answer(render_template("voices/follow.html", form=form), status)
    voice, code = found
    if sure:
        return _answer(render_template("voices/taken_away.html", voice=voice))
    page = render_template(
        "voices/take_away.html", form=form, voice=voice, receipt=rules.written(code), sure=SURE
    )
    return _answer(page)


@blueprint.get("/contrats/<contract>/instances/<slug>/paroles")
@policy("public", reads=("theme", "apres", "avant"))
def index(contract: str, slug: str) -> str:
    """What residents said to a body, and the answers: those that both sides made public."""
    body = listening_body(contract, slug, g.language.tag)
    if body is None:
        abort(404)
    shows_only(contract_tag(contract))
    asked = request.args.get("theme", "")
    theme = THEME_WORDS.get(asked)
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = published_page(body.id, g.language.tag, cursor, theme.code if theme else None)

    def address(**where: Any) -> str:
        return url_for(
            "voices.index", contract=contract, slug=slug, theme=theme.code if theme else None, **where
        )

    return render_template(
        "voices/index.html",
        body=body,
        voices=page.rows,
        theme=theme,
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )
