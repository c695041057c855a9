"""Answering a word, closing it with a reason, or taking it up again."""

from flask_babel.speaklater import LazyString

from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.drafts.forms import draft_of
from cdv_civic.voices.desk.blueprint import blueprint
from cdv_civic.voices.desk.detail import already, back_to_voice, voice_at_desk, voice_page
from cdv_civic.voices.drafts import ANSWER, CLOSE
from cdv_civic.voices.forms import AnswerForm, CloseForm, ReopenForm, moderators_form
from cdv_civic.voices.operations import answering
from cdv_civic.voices.operations.telling import Told
from cdv_civic.voices.queries.organisations import last_reply
from cdv_civic.voices.rules import Act

_TOLD: dict[Told, LazyString] = {
    Told.MAIL: _l("C’est enregistré. La personne le reçoit par e-mail."),
    Told.TEXT: _l("C’est enregistré. La personne reçoit un SMS."),
    Told.CALL: _l("C’est enregistré. Le site n’écrit pas à cette personne : appelez-la."),
    Told.RECEIPT: _l("C’est enregistré. La personne le lit avec son reçu."),
}


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/repondre", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def answer(body_id: int, voice_id: int) -> Answer:
    """The answer, which leaves at once."""
    body, voice = voice_at_desk(body_id, voice_id)
    back = already(voice, Act.ANSWER)
    if back is not None:
        return back
    reply = last_reply(voice_id)
    form = moderators_form(
        AnswerForm,
        "answer",
        _l("La réponse"),
        site_languages(),
        hint=_l("Des phrases courtes. Dites qui fait quoi, et quand."),
        data={
            "version": str(voice.version),
            **({f"answer_{SOURCE_LANGUAGE}": reply.words} if reply else {}),
        },
        answered_by=voice.transmitted_to or body.name,
    )
    draft = draft_of(form, ANSWER, voice_id)
    if draft.was_kept():
        return draft.to_list()
    status, told = submit_for(
        form,
        lambda: answering.answer(
            actor(),
            voice_id,
            texts_of(form, "answer"),
            answered_by=form.answered_by.data or "",
            version=form.version.number,
            draft=draft.sent,
        ),
    )
    if told is not None:
        draft.forget_on_device()
        return back_to_voice(voice, _TOLD[told])
    return voice_page("answer", body, voice, form=form, draft=draft, reply=reply), status


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/sans-suite", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def close(body_id: int, voice_id: int) -> Answer:
    """Why nothing follows."""
    body, voice = voice_at_desk(body_id, voice_id)
    back = already(voice, Act.CLOSE)
    if back is not None:
        return back
    form = moderators_form(
        CloseForm,
        "reason",
        _l("Pourquoi cela s’arrête"),
        site_languages(),
        hint=_l("La personne le lit. Dites aussi où elle peut demander."),
        data={"version": str(voice.version)},
    )
    draft = draft_of(form, CLOSE, voice_id)
    if draft.was_kept():
        return draft.to_list()
    status, told = submit_for(
        form,
        lambda: answering.close(
            actor(),
            voice_id,
            texts_of(form, "reason"),
            answered_by=body.name,
            version=form.version.number,
            draft=draft.sent,
        ),
    )
    if told is not None:
        draft.forget_on_device()
        return back_to_voice(voice, _TOLD[told])
    return voice_page("close", body, voice, form=form, draft=draft), status


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/rouvrir", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def reopen(body_id: int, voice_id: int) -> Answer:
    """Take it up again: the answer was wrong."""
    body, voice = voice_at_desk(body_id, voice_id)
    back = already(voice, Act.REOPEN)
    if back is not None:
        return back
    form = moderators_form(
        ReopenForm,
        "sentence",
        _l("Une phrase pour la personne"),
        site_languages(),
        hint=_l("Par exemple : « La date était fausse. Nous cherchons la bonne. »"),
        data={"version": str(voice.version)},
    )
    status = submit(
        form,
        lambda: answering.reopen(actor(), voice_id, texts_of(form, "sentence"), version=form.version.number),
    )
    if status is None:
        return back_to_voice(voice, _("Ce message attend de nouveau une réponse."))
    return voice_page("reopen", body, voice, form=form), status
