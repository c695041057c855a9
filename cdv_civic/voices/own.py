"""« Mes messages »: what somebody said with their account, the answers, and what they may do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import clock
from cdv_civic.core.errors import Conflict
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor
from cdv_civic.moderation.queries.statements import decisions_about
from cdv_civic.my_space.first_page import AccountPart, Reader, Side, register_account_part
from cdv_civic.my_space.views import keep_nothing
from cdv_civic.voices.addressees import CONTINUES, QUARTIER, choice_url, form_url
from cdv_civic.voices.operations import keeping
from cdv_civic.voices.queries.listening import listening_body
from cdv_civic.voices.queries.own import OwnVoice, OwnVoicePage, latest_own, own_page, own_voice

blueprint = Blueprint("own_voices", __name__, url_prefix="/<lang>")
blueprint.after_request(keep_nothing)


@dataclass(frozen=True)
class OwnPart:
    """What the first page of an account shows of its holder's words."""

    voices: Sequence[OwnVoice]
    more: bool
    today: date
    say_url: str


def draw_part(reader: Reader) -> str | None:
    """The words that changed last; nothing for whoever works here and said none. 1 statement."""
    voices, more = latest_own(reader.account_id, reader.language)
    if not voices and reader.works:
        return None
    one = {QUARTIER: reader.quartiers[0]} if len(reader.quartiers) == 1 else {}
    shown = OwnPart(voices, more, clock.today(), choice_url(**one))
    return render_template("voices/own_part.html", shown=shown)


def _account_id() -> int:
    account_id = actor().actor_id
    if account_id is None:
        abort(404)
    return account_id


def _found(voice_id: int) -> OwnVoicePage:
    """One's own word; a page « not found » for those of others, as for none."""
    voice = own_voice(_account_id(), voice_id, g.language.tag)
    if voice is None:
        abort(404)
    return voice


def _say_url(voice: OwnVoicePage) -> str:
    """Where one says more: to the same body while it listens, going on from this word. 1 statement."""
    body = listening_body(voice.contract, voice.body_slug, g.language.tag)
    return form_url(body, **{CONTINUES: voice.id}) if body is not None and body.listens else choice_url()


@blueprint.get("/moi/messages")
@policy("account.self", reads=("apres", "avant"))
def index() -> str:
    """All that one said, the newest first; 1 statement."""
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = own_page(_account_id(), g.language.tag, cursor)

    def address(**where: Any) -> str:
        return url_for("own_voices.index", **where)

    return render_template(
        "voices/own_list.html",
        voices=page.rows,
        today=clock.today(),
        say_url=choice_url(),
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )


@blueprint.get("/moi/messages/<int:voice_id>")
@policy("account.self")
def one(voice_id: int) -> str:
    """One word, its answer, what was decided about it, and what one may do; 4 statements."""
    voice = _found(voice_id)
    return render_template(
        "voices/own_one.html",
        voice=voice,
        decisions=decisions_about(voice.case_id, g.language.tag),
        today=clock.today(),
        say_url=_say_url(voice),
    )


@blueprint.post("/moi/messages/<int:voice_id>/demander")
@policy("account.self")
def ask_again(voice_id: int) -> AnyResponse:
    """Ask where one's word stands."""
    press(
        lambda: keeping.ask_again_signed_in(actor(), voice_id),
        lambda _day: _("C’est fait\u00a0: le groupe voit que vous attendez une réponse."),
    )
    return redirect(url_for("own_voices.one", voice_id=voice_id), 303)


@blueprint.route("/moi/messages/<int:voice_id>/retirer", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def take_away(voice_id: int) -> Any:
    """Ask once more, then take one's word back."""
    form = ButtonForm()
    status = submit(form, lambda: keeping.take_away_signed_in(actor(), voice_id), raising=(Conflict,))
    if status is None:
        flash(_("Votre message est retiré. Vos mots sont effacés."), "success")
        return redirect(url_for("own_voices.index"), 303)
    return render_template("voices/own_take_away.html", form=form, voice=_found(voice_id)), status


PART: Final = AccountPart("voices", Side.BEFORE_NEWS, draw_part)


def register(app: Flask) -> None:
    """The pages, and their part of the first page of an account."""
    app.register_blueprint(blueprint)
    register_account_part(app, PART)
