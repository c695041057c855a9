"""Public pages: say something without an account, take it back by its receipt, read what others said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.queries.titles import titled_by_code
from cdv_civic.core import clock
from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.request_limits import takes
from cdv_civic.core.web.validity import shows_only
from cdv_civic.participation import receipts
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.views import NO_STORE, private_answer, receipt_page
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tag, contract_tags
from cdv_civic.territory.queries.contracts import contracts
from cdv_civic.territory.queries.quartiers import quartier_named
from cdv_civic.voices import rules
from cdv_civic.voices.addressees import COMMITMENT, CONTRACT, QUARTIER, choice_url, form_url
from cdv_civic.voices.forms import LINKED, SpeakForm, TakeAwayForm, said_form, voice_of
from cdv_civic.voices.operations import keeping, receiving
from cdv_civic.voices.operations.receiving import NotListening, Received
from cdv_civic.voices.presentation import by_commune
from cdv_civic.voices.queries.listening import (
    HeardQuartier,
    all_that_listen,
    bodies_that_listen,
    bodies_to_ask_about,
    listening_body,
    quartiers_heard,
)
from cdv_civic.voices.queries.public import FollowedVoice, by_receipt, published_page
from cdv_civic.voices.wording import THEME_WORDS

blueprint = Blueprint("voices", __name__, url_prefix="/<lang>")
#: Not kept by us, for each form has a name of its own; a browser may go back to it.
OWN_COPY: Final = "private, no-cache"
#: What the second POST of a word that is taken back says.
SURE: Final = "oui"


def _author() -> SignedIn | None:
    """The resident who has signed in, where this browser brings a session at all."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies or not current_user.is_authenticated:
        return None
    who: SignedIn = current_user._get_current_object()
    return who


@blueprint.route("/contrats/<contract>/instances/<slug>/parole", methods=["GET", "POST"])
@policy("voice.say", reads=(QUARTIER, COMMITMENT))
@open_form
@takes(megabytes_of_files=30)
def speak(contract: str, slug: str) -> AnyResponse:
    """The form of a word, and its receipt.

    The receipt answers the POST itself: in an address it would be read in logs and by whoever comes next, and a visitor
    has no session to keep it in. Loading the page again gives the same receipt and takes nothing more.

    Whoever has signed in is asked whether the word is linked to their account. What they chose on the page counts: a
    page that was opened without an account promised « sans compte », whoever signs in before it is sent.

    Who comes from the page of a quartier or of a commitment finds it named already. A form that holds nothing but that
    says nothing.
    """
    body = listening_body(contract, slug, g.language.tag)
    if body is None:
        abort(404)
    quartiers = quartiers_heard(body.id)
    begun = _begun(contract, quartiers)
    author = _author()
    form = said_form(
        SpeakForm,
        quartiers,
        site_languages(),
        {
            "contact_language": g.language.tag,
            "quartier": begun.quartier,
            "words": begun.words,
            "theme": begun.theme,
            # Who opened an account did so to find their words and the answers again. Of a form that was sent, only
            # what it says counts: the page may have promised that it asks for no account.
            **({"sent_as": LINKED} if request.method == "GET" else {}),
            "minor": author is not None and author.minor,
        },
    )
    form.sent_as.flags.required = author is not None
    if not body.listens and not form.is_submitted():
        return private_answer(render_template("voices/closed.html", body=body, words=""), cache=OWN_COPY)
    linked = form.sent_as.data == LINKED

    def act() -> Received:
        limits.count_open_form()
        said = {} if rules.says_more(form.words.data or "", begun.words) else {"words": ""}
        return receiving.say(voice_of(form, body.id, **said), author if linked else None)

    try:
        status, got = submit_for(form, act, raising=(NotListening,))
    except NotListening:
        status, got = 409, None
    if got is None and not body.listens:
        # What was typed is given back, whatever else is wrong with it.
        page = render_template("voices/closed.html", body=body, words=form.words.data or "")
        return private_answer(page, 409, OWN_COPY)
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
        return private_answer(page)
    page = render_template(
        "voices/speak.html", body=body, form=form, quartiers=quartiers, signed_in=author is not None
    )
    return private_answer(page, status, NO_STORE if form.is_submitted() else OWN_COPY)


@dataclass(frozen=True)
class _Begun:
    """What a form begins with, for whoever comes from another page."""

    quartier: str
    words: str
    theme: str


def _begun(contract: str, quartiers: Sequence[HeardQuartier]) -> _Begun:
    """What the address of the form says of where one comes from; 1 statement where it names a commitment."""
    code, slug = request.args.get(COMMITMENT, ""), request.args.get(QUARTIER, "")
    about = titled_by_code(contract, code, g.language.tag) if code else None
    here = next((each for each in quartiers if each.slug == slug or len(quartiers) == 1), None)
    return _Begun(
        str(here.id) if here else "",
        _("À propos de : %(title)s (%(code)s)", title=about.title.text, code=about.code) + "\n\n"
        if about
        else "",
        about.theme or "" if about else "",
    )


@blueprint.get("/dire")
@policy("public", reads=(QUARTIER, CONTRACT, COMMITMENT))
def choose() -> str:
    """To whom one says something: the bodies that listen in a quartier (`?quartier=`), about a commitment
    (`?contrat=&engagement=`), or anywhere; where none does, who else to ask. 4 statements.
    """
    slug, code = request.args.get(QUARTIER, ""), request.args.get(COMMITMENT, "")
    contract = request.args.get(CONTRACT, "")
    here = quartier_named(slug) if slug else None
    about = titled_by_code(contract, code, g.language.tag) if code else None
    if (slug and here is None) or (code and about is None):
        abort(404)
    where: dict[str, str] = {}
    if about is not None:
        shows_only(contract_tag(about.contract))
        places, where = bodies_to_ask_about(about.id), {COMMITMENT: about.code}
    elif here is not None:
        shows_only(contract_tag(here.contract))
        places, where = bodies_that_listen(quartiers=[here.id]), {QUARTIER: here.slug}
    else:
        shows_only(DIRECTORY, *contract_tags(one.slug for one in contracts(g.language.tag)))
        places = all_that_listen()
    return render_template(
        "voices/choose.html",
        groups=by_commune(places, where),
        quartier=here,
        about=about,
        now=clock.now(),
    )


def followed_page(code: str) -> str | None:
    """The page of a word by its receipt, for the place where receipts are typed; None: it is none of a word."""
    voice = by_receipt(code, g.language.tag)
    if voice is None:
        return None
    return render_template(
        "voices/followed.html",
        voice=voice,
        today=clock.today(),
        receipt=written(code),
        say_url=_say_more_url(voice),
    )


def _say_more_url(voice: FollowedVoice) -> str:
    """Where one says something more: to the same body while it listens, else where one chooses. 1 statement."""
    body = listening_body(voice.contract, voice.body_slug, g.language.tag)
    if body is None or not body.listens:
        return choice_url()
    return form_url(body)


@blueprint.post("/parole/suivi/retirer")
@policy("receipt.follow")
@open_form
def take_away() -> AnyResponse:
    """Take one's own word back, by its receipt: the first POST asks, the second does it."""
    form = TakeAwayForm()
    sure = form.sure.data == SURE

    def act() -> tuple[FollowedVoice, str]:
        voice, code = receipts.asked_for(
            form.receipt.data or "", lambda known: by_receipt(known, g.language.tag)
        )
        if sure:
            keeping.take_away(code)
        return voice, code

    status, found = submit_for(form, act)
    if found is None:
        if form.receipt.errors:
            return redirect(url_for("participation.follow"), 303)
        return private_answer(receipt_page(form), status)
    voice, code = found
    if sure:
        return private_answer(
            render_template("voices/taken_away.html", voice=voice, say_url=_say_more_url(voice))
        )
    page = render_template("voices/take_away.html", form=form, voice=voice, receipt=written(code), sure=SURE)
    return private_answer(page)


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
