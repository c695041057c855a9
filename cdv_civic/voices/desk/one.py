"""One word at the desk: its story, and what the moderators do with it."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, abort, current_app, flash, redirect, render_template, url_for
from flask_babel.speaklater import LazyString

from cdv_civic.bodies.desk.routes import Answer, site_languages
from cdv_civic.bodies.forms.fields import listed, texts_of
from cdv_civic.bodies.queries.desk import BodyDossier
from cdv_civic.core import clock
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.localized import SOURCE_LANGUAGE
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads import PHOTO_SIZES, open_file
from cdv_civic.core.web.desk import actor, number_in
from cdv_civic.voices.desk.routes import blueprint, hearing_body
from cdv_civic.voices.forms import (
    AnswerForm,
    CloseForm,
    CorrectForm,
    PublishWordsForm,
    ReopenForm,
    TransmitForm,
    moderators_form,
)
from cdv_civic.voices.operations import answering, publishing
from cdv_civic.voices.operations.replying import Sent
from cdv_civic.voices.operations.telling import Told
from cdv_civic.voices.queries.desk import VoiceDetail, organisations_of, photo_of, voice_detail
from cdv_civic.voices.queries.organisations import last_reply
from cdv_civic.voices.wording import organisation_label

Outcome = TypeVar("Outcome")

_SENT: dict[Sent, LazyString] = {
    Sent.MAIL: _l("C’est transmis. Cet organisme reçoit un e-mail, et lit le message sur ce site."),
    Sent.DESK: _l("C’est transmis. Cet organisme lit le message sur ce site."),
    Sent.OFF_SITE: _l("C’est noté\u00a0: transmis par l’animation, hors du site."),
}

_TOLD: dict[Told, LazyString] = {
    Told.MAIL: _l("C’est enregistré. La personne le reçoit par e-mail."),
    Told.TEXT: _l("C’est enregistré. La personne reçoit un SMS."),
    Told.CALL: _l("C’est enregistré. Le site n’écrit pas à cette personne : appelez-la."),
    Told.RECEIPT: _l("C’est enregistré. La personne le lit avec son reçu."),
}


def _held(body_id: int, voice_id: int) -> tuple[BodyDossier, VoiceDetail]:
    body = hearing_body(body_id, "voice.answer")
    voice = voice_detail(body_id, voice_id, current_language().tag)
    if voice is None:
        abort(404)
    return body, voice


def _page(name: str, body: BodyDossier, voice: VoiceDetail, **more: Any) -> str:
    return render_template(
        f"voices/{name}.html",
        body=body,
        voice=voice,
        today=clock.today(),
        languages_to=site_languages(),
        **more,
    )


def _back(voice: VoiceDetail, sentence: object) -> Answer:
    flash(str(sentence), "success")
    return redirect(url_for("voices_desk.one", body_id=voice.body_id, voice_id=voice.id), 303)


def _settled(
    name: str,
    voice: VoiceDetail,
    body: BodyDossier,
    form: StaffForm,
    act: Callable[[], Outcome],
    said: Callable[[Outcome], object],
    **more: Any,
) -> Answer:
    """Try an act: its form again where it is refused, else the word, with what `said` makes of the outcome."""
    outcomes: list[Outcome] = []
    status = submit(form, lambda: outcomes.append(act()), version=voice.version)
    if status is None:
        return _back(voice, said(outcomes[0]))
    return _page(name, body, voice, form=form, **more), status


@blueprint.get("/<int:body_id>/parole/<int:voice_id>")
@policy("voice.answer")
def one(body_id: int, voice_id: int) -> str:
    """One word, its way, and what can be done now."""
    body, voice = _held(body_id, voice_id)
    return _page("one", body, voice, reply=last_reply(voice_id))


@blueprint.get("/<int:body_id>/parole/<int:voice_id>/photo/<size>")
@policy("voice.answer")
def photo(body_id: int, voice_id: int, size: str) -> Response:
    """The photo that came with a word: for the moderators only."""
    hearing_body(body_id, "voice.answer")
    row = photo_of(body_id, voice_id)
    if row is None or size not in PHOTO_SIZES:
        abort(404)
    found = open_file(row, size)
    with found.stream as stream:
        return current_app.response_class(stream.read(), content_type=found.content_type)


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/transmettre", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def transmit(body_id: int, voice_id: int) -> Answer:
    """To whom it goes, and a sentence for the person."""
    body, voice = _held(body_id, voice_id)
    form = moderators_form(
        TransmitForm,
        "sentence",
        _l("Une phrase pour la personne"),
        site_languages(),
        hint=_l("Par exemple : « La ville regarde et vous répond avant le 12 mai. »"),
        shown=voice.transmitted_words or voice.words,
        version=str(voice.version),
    )
    form.organisation.choices = listed(
        [
            ("", _l("Choisissez")),
            *((each.id, organisation_label(each)) for each in organisations_of(body.contract_id)),
        ]
    )
    return _settled(
        "transmit",
        voice,
        body,
        form,
        lambda: answering.transmit(
            actor(),
            voice_id,
            number_in(form.organisation.data) or 0,
            texts_of(form, "sentence"),
            version=number_in(form.version.data) or 0,
            shown=form.shown.data or "",
            off_site=form.off_site.data,
        ),
        _SENT.__getitem__,
    )


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/repondre", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def answer(body_id: int, voice_id: int) -> Answer:
    """The answer, which leaves at once."""
    body, voice = _held(body_id, voice_id)
    reply = last_reply(voice_id)
    form = moderators_form(
        AnswerForm,
        "answer",
        _l("La réponse"),
        site_languages(),
        hint=_l("Des phrases courtes. Dites qui fait quoi, et quand."),
        answered_by=voice.transmitted_to or body.name,
        version=str(voice.version),
        **({f"answer_{SOURCE_LANGUAGE}": reply.words} if reply else {}),
    )
    return _settled(
        "answer",
        voice,
        body,
        form,
        lambda: answering.answer(
            actor(),
            voice_id,
            texts_of(form, "answer"),
            answered_by=form.answered_by.data or "",
            version=number_in(form.version.data) or 0,
        ),
        _TOLD.__getitem__,
        reply=reply,
    )


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/sans-suite", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def close(body_id: int, voice_id: int) -> Answer:
    """Why nothing follows."""
    body, voice = _held(body_id, voice_id)
    form = moderators_form(
        CloseForm,
        "reason",
        _l("Pourquoi il n’y a pas de suite"),
        site_languages(),
        hint=_l("La personne le lit. Dites aussi où elle peut demander."),
        version=str(voice.version),
    )
    return _settled(
        "close",
        voice,
        body,
        form,
        lambda: answering.close(
            actor(),
            voice_id,
            texts_of(form, "reason"),
            answered_by=body.name,
            version=number_in(form.version.data) or 0,
        ),
        _TOLD.__getitem__,
    )


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/rouvrir", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def reopen(body_id: int, voice_id: int) -> Answer:
    """Take it up again: the answer was wrong."""
    body, voice = _held(body_id, voice_id)
    form = moderators_form(
        ReopenForm,
        "sentence",
        _l("Une phrase pour la personne"),
        site_languages(),
        hint=_l("Par exemple : « La date était fausse. Nous cherchons la bonne. »"),
        version=str(voice.version),
    )
    return _settled(
        "reopen",
        voice,
        body,
        form,
        lambda: answering.reopen(
            actor(), voice_id, texts_of(form, "sentence"), version=number_in(form.version.data) or 0
        ),
        lambda _nothing: _("Ce message attend de nouveau une réponse."),
    )


@blueprint.post("/<int:body_id>/parole/<int:voice_id>/reprendre")
@policy("voice.answer")
def take_back_one(body_id: int, voice_id: int) -> Answer:
    """Undo its passing on."""
    _body, voice = _held(body_id, voice_id)
    answering.take_back(actor(), body_id, [voice_id])
    return _back(voice, _("Ce message n’est plus transmis."))


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/corriger", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def correct(body_id: int, voice_id: int) -> Answer:
    """Another theme; and whether the words name somebody."""
    body, voice = _held(body_id, voice_id)
    form = CorrectForm(
        data={"theme": voice.theme.code, "holds_names": voice.holds_names, "version": str(voice.version)}
    )
    hidden = _("C’est corrigé. Ces mots ne sont plus publics : relisez-les avant de les publier.")
    return _settled(
        "correct",
        voice,
        body,
        form,
        lambda: answering.correct(
            actor(),
            voice_id,
            theme=form.theme.data or "",
            holds_names=form.holds_names.data,
            version=number_in(form.version.data) or 0,
        ),
        lambda off: hidden if off else _("C’est corrigé."),
    )


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/publier", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def publish(body_id: int, voice_id: int) -> Answer:
    """Read again, shorten, publish."""
    body, voice = _held(body_id, voice_id)
    form = PublishWordsForm(data={"words": voice.public_words or voice.words, "version": str(voice.version)})
    return _settled(
        "publish",
        voice,
        body,
        form,
        lambda: publishing.publish(
            actor(),
            voice_id,
            form.words.data or "",
            read_again=form.read_again.data,
            confirmed=form.confirmed.data,
            version=number_in(form.version.data) or 0,
        ),
        lambda _nothing: _("C’est public. Aucun nom n’est montré."),
    )


@blueprint.post("/<int:body_id>/parole/<int:voice_id>/retirer")
@policy("voice.answer")
def withdraw(body_id: int, voice_id: int) -> Answer:
    """Off the public page."""
    _body, voice = _held(body_id, voice_id)
    publishing.withdraw(actor(), voice_id, version=voice.version)
    return _back(voice, _("Ces mots ne sont plus publics."))
