"""Passing words on to an organisation: one with a sentence for the person, or several at once; and undoing it."""

from flask import flash, redirect, request, url_for
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.bodies.desk.blueprint import residents_body_at_desk
from cdv_civic.core.forms.fields import listed
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit_for
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in, numbers_in
from cdv_civic.voices.desk.blueprint import blueprint, ids_in
from cdv_civic.voices.desk.detail import already, back_to_voice, voice_at_desk, voice_page
from cdv_civic.voices.forms import TransmitForm, moderators_form
from cdv_civic.voices.operations import answering
from cdv_civic.voices.operations.replying import Sent
from cdv_civic.voices.queries.organisations import organisations_of
from cdv_civic.voices.rules import Act
from cdv_civic.voices.wording import organisation_label

_SENT: dict[Sent, LazyString] = {
    Sent.MAIL: _l("C’est transmis. Cet organisme reçoit un e-mail, et lit le message sur ce site."),
    Sent.DESK: _l("C’est transmis. Cet organisme lit le message sur ce site."),
    Sent.OFF_SITE: _l("C’est noté\u00a0: transmis par l’animation, hors du site."),
}


@blueprint.route("/<int:body_id>/parole/<int:voice_id>/transmettre", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def transmit(body_id: int, voice_id: int) -> Answer:
    """To whom it goes, and a sentence for the person."""
    body, voice = voice_at_desk(body_id, voice_id)
    back = already(voice, Act.TRANSMIT)
    if back is not None:
        return back
    form = moderators_form(
        TransmitForm,
        "sentence",
        _l("Une phrase pour la personne"),
        site_languages(),
        hint=_l("Par exemple : « La ville regarde et vous répond avant le 12 mai. »"),
        data={"shown": voice.transmitted_words or voice.words, "version": str(voice.version)},
    )
    form.organisation.choices = listed(
        [
            ("", _l("Choisissez")),
            *((each.id, organisation_label(each)) for each in organisations_of(body.contract_id)),
        ]
    )
    status, sent = submit_for(
        form,
        lambda: answering.transmit(
            actor(),
            voice_id,
            number_in(form.organisation.data) or 0,
            texts_of(form, "sentence"),
            version=form.version.number,
            shown=form.shown.data or "",
            off_site=form.off_site.data,
        ),
    )
    if sent is not None:
        return back_to_voice(voice, _SENT[sent])
    return voice_page("transmit", body, voice, form=form), status


@blueprint.post("/<int:body_id>/parole/<int:voice_id>/reprendre")
@policy("voice.answer")
def take_back_one(body_id: int, voice_id: int) -> Answer:
    """Undo its passing on."""
    _body, voice = voice_at_desk(body_id, voice_id)
    if answering.take_back(actor(), body_id, [voice_id]):
        return back_to_voice(voice, _("Ce message n’est plus transmis."))
    return back_to_voice(
        voice, _("Rien n’a changé : quelqu’un d’autre s’est déjà occupé de ce message."), "info"
    )


@blueprint.post("/<int:body_id>/parole/transmettre")
@policy("voice.answer")
def transmit_many(body_id: int) -> AnyResponse:
    """Pass the chosen words on; the page that follows can undo it."""
    residents_body_at_desk(body_id, "voice.answer")
    chosen = numbers_in(request.form.getlist("voice"))
    organisation_id = number_in(request.form.get("organisation")) or 0
    moved = press(
        lambda: answering.transmit_many(actor(), body_id, chosen, organisation_id),
        lambda moved: ngettext("%(num)s message transmis.", "%(num)s messages transmis.", len(moved)),
    )
    done = "-".join(map(str, moved or ())) or None
    return redirect(url_for("voices_desk.show", body_id=body_id, transmis=done), 303)


@blueprint.post("/<int:body_id>/parole/reprendre")
@policy("voice.answer")
def take_back(body_id: int) -> AnyResponse:
    """Undo a passing on."""
    residents_body_at_desk(body_id, "voice.answer")
    count = answering.take_back(actor(), body_id, ids_in(request.form.get("voices", "")))
    flash(ngettext("%(num)s message repris.", "%(num)s messages repris.", count), "success")
    return redirect(url_for("voices_desk.show", body_id=body_id), 303)
