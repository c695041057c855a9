"""Making words public, and correcting what is said of them; they are hidden by their case (`moderation/desk`)."""

from flask import request

from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.voices.desk.blueprint import blueprint
from cdv_civic.voices.desk.detail import back_to_voice, voice_at_desk, voice_page
from cdv_civic.voices.forms import CorrectForm, PublishWordsForm
from cdv_civic.voices.operations import answering, publishing
from cdv_civic.voices.rules import Why
from cdv_civic.voices.wording import WHY_NOT


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/corriger", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def correct(body_id: int, voice_id: int) -> Answer:
    """Another theme; and whether the words name somebody."""
    body, voice = voice_at_desk(body_id, voice_id)
    form = CorrectForm(
        data={"theme": voice.theme.code, "holds_names": voice.holds_names, "version": str(voice.version)}
    )
    status, withdrawn = submit_for(
        form,
        lambda: answering.correct(
            actor(),
            voice_id,
            theme=form.theme.data or "",
            holds_names=form.holds_names.data,
            version=form.version.number,
        ),
    )
    if withdrawn is None:
        return voice_page("correct", body, voice, form=form), status
    hidden = _("C’est corrigé. Ces mots ne sont plus publics : relisez-les avant de les publier.")
    return back_to_voice(voice, hidden if withdrawn else _("C’est corrigé."))


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/publier", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def publish(body_id: int, voice_id: int) -> Answer:
    """Read again, shorten, publish."""
    body, voice = voice_at_desk(body_id, voice_id)
    if not voice.author_agrees_public and request.method == "GET":
        return back_to_voice(voice, WHY_NOT[Why.AUTHOR], "info")
    form = PublishWordsForm(data={"words": voice.public_words or voice.words, "version": str(voice.version)})
    status = submit(
        form,
        lambda: publishing.publish(
            actor(),
            voice_id,
            form.words.data or "",
            read_again=form.read_again.data,
            confirmed=form.confirmed.data,
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to_voice(voice, _("C’est public. Aucun nom n’est montré."))
    return voice_page("publish", body, voice, form=form), status
