"""« Mon compte », « Mes données », and leaving for good."""

from collections.abc import Callable
from typing import Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.open_sessions import sessions_of
from cdv_civic.accounts.rules import MOST_QUARTIERS, own_path
from cdv_civic.accounts.sessions import CLEARED, forget_who_acts
from cdv_civic.core import clock
from cdv_civic.core.errors import Conflict, NotFound
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy, policy_of
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.core.web.assets import site_name
from cdv_civic.core.web.search import typed_search
from cdv_civic.core.web.validity import shows_only
from cdv_civic.my_space import operations, queries
from cdv_civic.my_space.first_page import first_page
from cdv_civic.my_space.forms import AboutMeForm
from cdv_civic.my_space.wording import PartShown, in_words
from cdv_civic.territory.queries.directory import MOST_SUGGESTIONS, Found, directory

_REMOVERS: Final = {
    "email": (operations.remove_email, _l("Votre adresse e-mail est effacée.")),
    "telephone": (operations.remove_phone, _l("Votre numéro de téléphone est effacé.")),
}

blueprint = Blueprint("my_space", __name__, url_prefix="/<lang>")


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """These pages are one person's: no cache may keep them."""
    if policy_of(current_app, request.endpoint or "") != PUBLIC:
        response.headers["Cache-Control"] = "no-store"
    return response


def _actor() -> Actor:
    actor: Actor = current_user._get_current_object()
    return actor


def _account_id() -> int:
    account_id: int = current_user.actor_id
    return account_id


def _my_data() -> list[PartShown]:
    return [in_words(part) for part in queries.my_data(_account_id())]


def _found(typed: str) -> tuple[Found, ...]:
    if not typed:
        return ()
    now, older = directory().look_for(typed)
    return now or older


def _on(target: str | None, otherwise: str) -> AnyResponse:
    return redirect(own_path(target) or url_for(otherwise), 303)


@blueprint.get("/moi")
@policy("account.self")
def home() -> AnyResponse:
    """One's own first page: what one said, what is new, one's quartiers. Its statements: `first_page`."""
    actor = _actor()
    landing = navigation.landing(actor)
    works = landing != "my_space.home"
    page = render_template(
        "my_space/home.html",
        page=first_page(actor, _account_id(), current_language().tag, works=works),
        name=current_user.name,
        desk=landing if works else None,
    )
    return make_response(page)


@blueprint.get("/moi/reglages")
@policy("account.self")
def settings() -> AnyResponse:
    """Who one is, how one signs in and hears of things, what is kept. 4 statements, and those of other ways in."""
    page = render_template(
        "my_space/settings.html",
        space=queries.my_space(_account_id()),
        sessions=sessions_of(_account_id(), current_user.session_id),
        texts=current_settings().texts,
        works=navigation.landing(_actor()) != "my_space.home",
    )
    return make_response(page)


@blueprint.route("/moi/bienvenue", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def welcome() -> AnyResponse:
    """The first time: one's quartier, a name, an age. Nothing is asked for."""
    return _about_me(
        "my_space/welcome.html",
        _on_from_welcome,
        "my_space.home",
        quartiers=queries.my_quartiers(_account_id()),
        most=MOST_QUARTIERS,
        q=typed_search(request.form),
    )


def _on_from_welcome(retour: str | None) -> AnyResponse | None:
    """Where another button of the first page leads, once what was typed is kept; None for the one that ends it."""
    here = url_for("my_space.welcome", retour=own_path(retour))
    if "enlever" in request.form:
        return redirect(url_for("my_space.leave", quartier=request.form["enlever"], retour=here), 303)
    if "quartier" in request.form:
        return _choose(request.form["quartier"], here)
    typed = typed_search(request.form)
    if "chercher" in request.form or typed:
        return redirect(url_for("my_space.quartiers", q=typed, retour=here), 303)
    return None


@blueprint.route("/moi/nom", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def about() -> AnyResponse:
    """A name, and whether one is under 18."""
    return _about_me("my_space/about.html", lambda _retour: None, "my_space.settings")


def _about_me(
    template: str,
    elsewhere: Callable[[str | None], AnyResponse | None],
    otherwise: str,
    **values: object,
) -> AnyResponse:
    form = AboutMeForm()
    status = submit(
        form,
        lambda: operations.describe_myself(_actor(), name=form.name.data or "", minor=bool(form.minor.data)),
    )
    if status is None:
        other = elsewhere(form.retour.data)
        if other is not None:
            return other
        flash(_("C’est enregistré."), "success")
        return _on(form.retour.data, otherwise)
    if not form.is_submitted():
        space = queries.my_space(_account_id())
        form.name.data, form.minor.data = space.name, space.minor
        form.retour.data = own_path(request.args.get("retour")) or ""
    leave = own_path(form.retour.data) or url_for(otherwise)
    return make_response(render_template(template, form=form, leave=leave, **values), status)


@blueprint.get("/moi/quartiers")
@policy("account.self")
def quartiers() -> AnyResponse:
    """One's quartiers, and what a search for another one found: a button each."""
    typed = typed_search(request.args)
    page = render_template(
        "my_space/quartiers.html",
        q=typed,
        found=_found(typed),
        mine=queries.my_quartiers(_account_id()),
        most=MOST_QUARTIERS,
        retour=own_path(request.args.get("retour")) or "",
    )
    return make_response(page)


@blueprint.get("/moi/quartiers/propositions")
@policy("public", reads=("q",))
def suggestions() -> str:
    """The same as one types: buttons for the form of the page. Nobody's, so that it needs no session."""
    shows_only()  # but what the directory says of itself
    typed = typed_search(request.args)
    return render_template("my_space/suggestions.html", q=typed, found=_found(typed)[:MOST_SUGGESTIONS])


@blueprint.post("/moi/quartiers")
@policy("account.self")
def choose() -> AnyResponse:
    """Make a quartier one's own."""
    return _choose(request.form.get("quartier", ""), request.form.get("retour"))


def _choose(slug: str, back: str | None) -> AnyResponse:
    press(
        lambda: operations.choose_quartier(_actor(), slug),
        lambda name: _("« %(name)s » est parmi vos quartiers.", name=name),
        saying=(NotFound,),
    )
    return _on(back, "my_space.home")


@blueprint.route("/moi/quartiers/enlever", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def leave() -> AnyResponse:
    """Ask first, then a quartier is not one's own any more."""
    slug, back = request.values.get("quartier", ""), own_path(request.values.get("retour"))
    one = next((each for each in queries.my_quartiers(_account_id()) if each.slug == slug), None)
    if one is None:
        flash(_("Ce quartier n’est plus parmi les vôtres."), "info")
        return _on(back, "my_space.home")
    form = ButtonForm()
    status = submit(form, lambda: operations.leave_quartier(_actor(), slug))
    if status is None:
        flash(_("Ce quartier n’est plus parmi les vôtres."), "success")
        return _on(back, "my_space.home")
    page = render_template("my_space/leave.html", form=form, one=one, back=back or url_for("my_space.home"))
    return make_response(page, status)


@blueprint.route("/moi/joindre/<way>/effacer", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def remove_way(way: str) -> AnyResponse:
    """Ask once more, then forget an address or a number."""
    if way not in _REMOVERS:
        abort(404)
    form = ButtonForm()
    remove, done = _REMOVERS[way]
    refusal: Conflict | None = None
    try:
        status = submit(form, lambda: remove(_actor()), raising=(Conflict,))
    except Conflict as refused:
        status, refusal = refused.status, refused
    if status is None:
        flash(str(done), "success")
        return redirect(url_for("my_space.settings"), 303)
    page = render_template(
        "my_space/remove_way.html",
        form=form,
        way=way,
        space=queries.my_space(_account_id()),
        refusal=refusal,
        only_way=isinstance(refusal, operations.OnlyWayIn),
    )
    return make_response(page, status)


@blueprint.get("/moi/donnees")
@policy("account.self")
def data() -> AnyResponse:
    """Everything that is kept about who reads it."""
    page = render_template("my_space/data.html", data=_my_data())
    return make_response(page)


@blueprint.get("/moi/donnees/fichier")
@policy("account.self")
def export() -> AnyResponse:
    """The same as a file."""
    body = queries.my_export(_account_id(), site=site_name(current_settings()))
    response = make_response(body)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="mes-donnees-{clock.today()}.json"'
    return response


@blueprint.route("/moi/effacer", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def erase() -> AnyResponse:
    """What goes, what stays without a name, and the button."""
    form = ButtonForm()
    refusal: Conflict | None = None
    try:
        status = submit(form, lambda: erase_own_account(_actor()), raising=(Conflict,))
    except Conflict as refused:
        status, refusal = refused.status, refused
    if status is None:
        shared = current_user.shared
        forget_who_acts()
        answer = redirect(url_for("my_space.erased"), 303)
        if shared:
            answer.headers["Clear-Site-Data"] = CLEARED
        return answer
    data = _my_data()
    page = render_template(
        "my_space/erase.html",
        form=form,
        goes=[part for part in data if part.rows],
        stays=[part.stays for part in data if part.stays and part.rows],
        refusal=refusal,
    )
    return make_response(page, status)


@blueprint.get("/compte-efface")
@policy("public")
def erased() -> str:
    """What somebody reads who has just erased their account; the same for everybody."""
    shows_only()
    return render_template("my_space/erased.html")
