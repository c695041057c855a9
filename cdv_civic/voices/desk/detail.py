"""One word at the desk: its way, its photo, and what can be done now."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for

from cdv_civic.bodies.desk.blueprint import residents_body_at_desk
from cdv_civic.bodies.queries.desk import DeskBody
from cdv_civic.core import clock
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import open_file
from cdv_civic.core.uploads.stored_files import PHOTO_SIZES
from cdv_civic.core.web.desk import Answer
from cdv_civic.voices.desk.blueprint import blueprint
from cdv_civic.voices.queries.detail import VoiceDetail, photo_of, voice_detail
from cdv_civic.voices.queries.organisations import last_reply
from cdv_civic.voices.rules import Act, VoiceState
from cdv_civic.voices.wording import ALREADY


def voice_at_desk(body_id: int, voice_id: int) -> tuple[DeskBody, VoiceDetail]:
    """The body and the word of a page, for whoever may answer it; 404 or `Forbidden` otherwise."""
    body = residents_body_at_desk(body_id, "voice.answer")
    voice = voice_detail(body_id, voice_id, current_language().tag)
    if voice is None:
        abort(404)
    return body, voice


def voice_page(name: str, body: DeskBody, voice: VoiceDetail, **more: Any) -> str:
    """A page about one word, from the template of this name."""
    return render_template(
        f"voices/{name}.html",
        body=body,
        voice=voice,
        today=clock.today(),
        languages_to=site_languages(),
        **more,
    )


def back_to_voice(voice: VoiceDetail, sentence: object, kind: str = "success") -> Answer:
    """To the word; `sentence` says what was done with it, or why nothing can be."""
    flash(str(sentence), kind)
    return to_voice(voice)


def to_voice(voice: VoiceDetail) -> Answer:
    """To the word."""
    return redirect(url_for("voices_desk.one", body_id=voice.body_id, voice_id=voice.id), 303)


def already(voice: VoiceDetail, act: Act) -> Answer | None:
    """To the word, where the form of an act could only be refused; None where the act is possible.

    What was sent is refused on the form, which keeps what was typed.
    """
    if request.method == "POST" or act.value in voice.acts:
        return None
    return back_to_voice(voice, ALREADY[VoiceState(voice.state.code)], "info")


@blueprint.get("/<int:body_id>/parole/<int:voice_id>")
@policy("voice.answer")
def one(body_id: int, voice_id: int) -> str:
    """One word, its way, and what can be done now."""
    body, voice = voice_at_desk(body_id, voice_id)
    return voice_page("one", body, voice, reply=last_reply(voice_id))


@blueprint.get("/<int:body_id>/parole/<int:voice_id>/photo/<size>")
@policy("voice.answer")
def photo(body_id: int, voice_id: int, size: str) -> Response:
    """The photo that came with a word: for the moderators only."""
    residents_body_at_desk(body_id, "voice.answer")
    row = photo_of(body_id, voice_id)
    if row is None or size not in PHOTO_SIZES:
        abort(404)
    found = open_file(row, size)
    with found.stream as stream:
        return current_app.response_class(stream.read(), content_type=found.content_type)
