"""The pages of whoever gives voices to questions, and the voices themselves."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.definition import ShownQuestion, definition_of
from cdv_civic.consultations.recordings.forms import VoiceForm, voice_form
from cdv_civic.consultations.recordings.operations import (
    ACTION,
    NewRecording,
    keep_recording,
    remove_recording,
    takes_voices,
    touched_by_voices,
)
from cdv_civic.consultations.recordings.queries import (
    RecordedVoice,
    VoicedConsultation,
    file_of,
    voiced_consultation,
    voices_of,
)
from cdv_civic.consultations.recordings.wording import heard_in
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core.db import db
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.i18n.spoken import heard_languages
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import answer_with
from cdv_civic.core.uploads.stored_files import RECORDING
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint, number_in
from cdv_civic.core.web.request_limits import takes

desk = desk_blueprint("consultation_voices", __name__, "/consultations/<slug>/voix")
#: Files have no language.
files = Blueprint("consultation_voice_files", __name__)


@files.get("/fichiers/voix/<key>")
@policy("public")
def play(key: str) -> Response:
    """A voice of a published consultation; those who see one prepared, its own before."""
    found = file_of(key)
    if found is None:
        abort(404)
    row, consultation = found
    if consultation.published_at is not None and consultation.withdrawn_at is None:
        return answer_with(row, RECORDING, "")
    who = current_user if current_user.is_authenticated else None
    if not may(who, "consultation.read", touched_consultation(db.session(), consultation)):
        abort(404)
    answer = answer_with(row, RECORDING, "")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _consultation(slug: str) -> VoicedConsultation:
    """The consultation of a page, once whoever asks may give it voices; 404 where there is none, or `Forbidden`."""
    found = voiced_consultation(slug, current_language().tag)
    if found is None:
        abort(404)
    row = db.session.get_one(Consultation, found.id)
    require(actor(), ACTION, touched_by_voices(db.session(), row))
    return found


def _question(consultation: VoicedConsultation, question_id: int) -> ShownQuestion:
    definition = definition_of(consultation.id, current_language().tag)
    found = next((each for each in definition.questions if each.id == question_id), None)
    return found or abort(404)


def _voice(consultation: VoicedConsultation, question_id: int, recording_id: int) -> RecordedVoice:
    """A voice that reads a question; 404 where there is none."""
    found = (each for each in voices_of(consultation.id) if each.id == recording_id)
    return next((each for each in found if each.question_id == question_id), None) or abort(404)


@desk.get("")
@policy("consultation.enter")
def index(slug: str) -> str:
    """The questions, and who reads each of them in which language."""
    consultation = _consultation(slug)
    voices: dict[int, list[RecordedVoice]] = {}
    for each in voices_of(consultation.id):
        voices.setdefault(each.question_id, []).append(each)
    row = db.session.get_one(Consultation, consultation.id)
    return render_template(
        "consultations/recordings/index.html",
        consultation=consultation,
        definition=definition_of(consultation.id, current_language().tag),
        voices=voices,
        heard_in=heard_in,
        open=takes_voices(row),
        at_desk=may(actor(), "consultation.read", touched_consultation(db.session(), row)),
        public=row.published_at is not None,
    )


@desk.route("/<int:question_id>", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
@takes(megabytes_of_files=4)
def add(slug: str, question_id: int) -> Answer:
    """A voice in a language that has none yet."""
    consultation = _consultation(slug)
    there = {each.language for each in voices_of(consultation.id) if each.question_id == question_id}
    # Of a form that came twice the second finds the voice of the first.
    free = [tag for tag in heard_languages() if tag not in there or request.method == "POST"]
    return _form_page(consultation, question_id, voice_form(free))


@desk.route("/<int:question_id>/<language>", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
@takes(megabytes_of_files=4)
def replace(slug: str, question_id: int, language: str) -> Answer:
    """Another voice in the same language."""
    consultation = _consultation(slug)
    found = (each for each in voices_of(consultation.id) if each.question_id == question_id)
    before = next((each for each in found if each.language == language), None)
    if before is None:
        abort(404)
    return _form_page(consultation, question_id, voice_form([language], replaces=before.id), before)


def _form_page(
    consultation: VoicedConsultation,
    question_id: int,
    form: VoiceForm,
    before: RecordedVoice | None = None,
) -> Answer:
    question = _question(consultation, question_id)

    def act() -> int:
        new = NewRecording(
            consultation.id,
            question_id,
            form.language.data or "",
            form.client_key.data or "",
            replaces=number_in(form.replaces.data),
        )
        return keep_recording(actor(), new, form.voice)

    status, kept = submit_for(form, act)
    if kept is not None:
        flash(_("La voix est enregistrée. Écoutez-la une fois."), "success")
        return redirect(
            url_for("consultation_voices.index", slug=consultation.slug, _anchor=f"question-{question_id}")
        )
    page = render_template(
        "consultations/recordings/form.html",
        consultation=consultation,
        question=question,
        before=before,
        form=form,
        heard_in=heard_in,
    )
    return page, status


@desk.route("/<int:question_id>/<int:recording_id>/retirer", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def remove(slug: str, question_id: int, recording_id: int) -> Answer:
    """Ask, then take a voice off its question."""
    consultation = _consultation(slug)
    voice = _voice(consultation, question_id, recording_id)
    question = _question(consultation, question_id)
    form = ButtonForm()
    status = submit(form, lambda: remove_recording(actor(), consultation.id, recording_id))
    if status is None:
        flash(_("La voix est effacée."), "success")
        return redirect(
            url_for("consultation_voices.index", slug=consultation.slug, _anchor=f"question-{question_id}")
        )
    page = render_template(
        "consultations/recordings/remove.html",
        consultation=consultation,
        question=question,
        voice=voice,
        form=form,
        heard_in=heard_in,
    )
    return page, status
