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
from cdv_civic.core.forms.protection import only_language, open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.i18n.languages import preferred_language, site_languages
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import number_in
from cdv_civic.core.web.request_limits import takes
from cdv_civic.core.web.validity import shows_only
from cdv_civic.moderation.queries.statements import decisions_about
from cdv_civic.participation import receipts
from cdv_civic.participation.answered import AnswersAsked, answers_elsewhere
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.rules.themes import OTHER_THEME
from cdv_civic.participation.views import SURE, private_answer, receipt_page
from cdv_civic.participation.wording import THEME_WORDS
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tag, contract_tags
from cdv_civic.territory.queries.contracts import contracts
from cdv_civic.territory.queries.quartiers import quartier_named
from cdv_civic.voices import rules
from cdv_civic.voices.addressees import COMMITMENT, CONTINUES, CONTRACT, QUARTIER, choice_url, form_url
from cdv_civic.voices.forms import LINKED, SpeakForm, TakeAwayForm, said_form, voice_of
from cdv_civic.voices.operations import keeping, receiving
from cdv_civic.voices.operations.receiving import NotListening, Received
from cdv_civic.voices.presentation import by_commune
from cdv_civic.voices.queries.listening import (
    HeardQuartier,
    ListeningBody,
    address_of_body,
    all_that_listen,
    bodies_that_listen,
    bodies_to_ask_about,
    listening_body,
    quartiers_heard,
)
from cdv_civic.voices.queries.own import continued
from cdv_civic.voices.queries.public import FollowedVoice, by_receipt, published_page

blueprint = Blueprint("voices", __name__, url_prefix="/<lang>")
#: Addresses short enough to be printed, in no language: the telephone that reads one has its own.
short = Blueprint("say", __name__)
#: Not kept by us, for each form has a name of its own; a browser may go back to it.
OWN_COPY: Final = "private, no-cache"


def _author() -> SignedIn | None:
    """The resident who has signed in, where this browser brings a session at all."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies or not current_user.is_authenticated:
        return None
    who: SignedIn = current_user._get_current_object()
    return who


@blueprint.route("/contrats/<contract>/instances/<slug>/parole", methods=["GET", "POST"])
@policy("voice.say", reads=(QUARTIER, COMMITMENT, CONTINUES))
@open_form
@takes(megabytes_of_files=30)
def speak(contract: str, slug: str) -> AnyResponse:
    """The form of a word, and its receipt.

    The receipt answers the POST itself: in an address it would be read in logs and by whoever comes next, and a visitor
    has no session to keep it in. Loading the page again gives the same receipt and takes nothing more.

    Whoever has signed in is asked whether the word is linked to their account. What they chose on the page counts: a
    page that was opened without an account promised « sans compte », whoever signs in before it is sent.

    Who comes from the page of a quartier or of a commitment, or goes on from a word of their own, finds it named
    already. A form that holds nothing but that says nothing.
    """
    body = listening_body(contract, slug, g.language.tag)
    if body is None:
        abort(404)
    quartiers = quartiers_heard(body.id)
    author = _author()
    begun = _begun(body, quartiers, author)
    form = said_form(
        SpeakForm,
        quartiers,
        site_languages(),
        {
            "contact_language": g.language.tag,
            "quartier": begun.quartier,
            "words": begun.words,
            "theme": begun.theme,
            "kind": begun.kind,
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
        if not form.photo.data:
            limits.count_open_form()
        said = {"theme": form.theme.data or OTHER_THEME}
        if not rules.says_more(form.words.data or "", begun.words):
            said["words"] = ""
        return receiving.say(voice_of(form, body.id, **said), author if linked else None)

    if form.is_submitted() and form.photo.data and not only_language():
        # Reading it costs more than all the rest: whatever else is wrong, it was asked for.
        with form.refusing():
            limits.count_open_form()

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
            theme=form.theme.data,
            reachable=bool((form.contact.data or "").strip()),
            signed_in=author is not None,
            linked=linked,
            quartier=next((each for each in quartiers if str(each.id) == str(form.quartier.data)), None),
        )
        return private_answer(page)
    page = render_template(
        "voices/speak.html",
        body=body,
        form=form,
        quartiers=quartiers,
        here=next((each for each in quartiers if str(each.id) == form.quartier.data), None),
        signed_in=author is not None,
    )
    # Refused, the form is corrected: who looks at another page meanwhile goes back to it, and not to an error.
    return private_answer(page, status, OWN_COPY)


@short.get("/dire/<int:body_id>")
@policy("public")
def at(body_id: int) -> AnyResponse:
    """To the form of a body, in the language that the browser asks for."""
    found = address_of_body(body_id)
    if found is None:
        abort(404)
    contract, slug = found
    response = redirect(
        url_for("voices.speak", contract=contract, slug=slug, lang=preferred_language(), _external=False)
    )
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response


@dataclass(frozen=True)
class _Begun:
    """What a form begins with, for whoever comes from another page."""

    quartier: str
    words: str
    theme: str
    kind: str = ""


def _begun(body: ListeningBody, quartiers: Sequence[HeardQuartier], author: SignedIn | None) -> _Begun:
    """What the address of the form says of where one comes from; 1 statement where it names a commitment, or a word
    that somebody who has signed in said to this body before.
    """
    number = number_in(request.args.get(CONTINUES))
    before = (
        continued(author.actor_id, body.id, number) if author is not None and number is not None else None
    )
    if before is not None:
        return _Begun(
            str(before.quartier_id or ""),
            _("À la suite de mon message du %(day)s\u00a0:", day=date_text(before.received_on, "long"))
            + "\n\n",
            before.theme,
            "question",
        )
    contract = body.contract
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
        decisions=decisions_about(voice.case_id, g.language.tag),
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


@blueprint.post("/parole/suivi/demander")
@policy("receipt.follow")
@open_form
def ask_again() -> AnyResponse:
    """Ask where one's own word stands, by its receipt; the page of the word again."""
    form = ReceiptForm()

    def act() -> str | None:
        voice, code = receipts.asked_for(
            form.receipt.data or "", lambda known: by_receipt(known, g.language.tag)
        )
        if voice.may_ask_again:  # else it was asked already: this form came twice
            keeping.ask_again(code)
        return followed_page(code)

    status, page = submit_for(form, act)
    return private_answer(page if page is not None else receipt_page(form), status)


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
    code = theme.code if theme else None
    page = published_page(body.id, g.language.tag, cursor, code)

    def address(**where: Any) -> str:
        return url_for("voices.index", contract=contract, slug=slug, theme=code, **where)

    return render_template(
        "voices/index.html",
        body=body,
        voices=page.rows,
        theme=theme,
        # Beside the newest of its own.
        elsewhere=[] if cursor else answers_elsewhere(AnswersAsked(body.id, g.language.tag, code)),
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )
