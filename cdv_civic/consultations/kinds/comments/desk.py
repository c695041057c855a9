"""The pages on which an organiser chooses what is commented, cuts a document into passages, and sets an embargo."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.consultations.kinds.comments import documents, preparing
from cdv_civic.consultations.kinds.comments.forms import (
    SubjectForm,
    document_form,
    passage_form,
    settings_form,
)
from cdv_civic.consultations.kinds.comments.models import CommentedThing
from cdv_civic.consultations.kinds.comments.operations import step_settings
from cdv_civic.consultations.kinds.comments.preparing import CommentSettings
from cdv_civic.consultations.kinds.comments.queries.steps import ShownCommentStep, comment_steps
from cdv_civic.consultations.kinds.comments.queries.things import ShownThing, figures_of, things_of
from cdv_civic.consultations.queries.desk import DeskConsultation, desk_consultation, is_answered, is_printed
from cdv_civic.consultations.queries.options_of_contract import commitments_named
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint, number_in
from cdv_civic.core.web.request_limits import takes
from cdv_civic.core.web.search import typed_search

blueprint = desk_blueprint(
    "consultation_comments_desk", __name__, "/consultations/<slug>/commentaires/<int:step_id>"
)
#: Commitments that a search shows.
MOST_FOUND = 20


def _here(slug: str, step_id: int) -> tuple[DeskConsultation, ShownCommentStep]:
    """A consultation and its step, for whoever prepares it; 404 or `Forbidden` otherwise."""
    found = desk_consultation(slug, current_language().tag)
    if found is None:
        abort(404)
    require(actor(), "consultation.edit", touched_consultation(db.session(), found))
    steps = comment_steps(found.id, SOURCE_LANGUAGE, step_id=step_id)
    return (found, steps[0]) if steps else abort(404)


def _thing(step: ShownCommentStep, thing_id: int) -> ShownThing:
    found = things_of([step.id], SOURCE_LANGUAGE, thing_id=thing_id)
    return found[0] if found else abort(404)


def _back(slug: str, step_id: int, anchor: str | None = None) -> AnyResponse:
    return redirect(url_for(".settings", slug=slug, step_id=step_id, _anchor=anchor), 303)


@blueprint.route("", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def settings(slug: str, step_id: int) -> Answer:
    """What is set of a step, and what it asks to comment, in its order."""
    found, step = _here(slug, step_id)
    stored = step_settings(db.session(), step_id)
    until = step.embargo_until.astimezone(clock.zone()) if step.embargo_until else None
    form = settings_form(
        site_languages(),
        {
            "version": str(found.version),
            "read_before": step.read_before,
            "sensitive": step.sensitive,
            "embargo_day": until.date() if until else None,
            "embargo_time": until.time() if until and until.time().isoformat() != "00:00:00" else None,
        },
        texts_in_all(stored.title_id if stored else None)[0],
    )
    status = submit(
        form,
        lambda: preparing.set_step(
            actor(),
            found.id,
            step_id,
            CommentSettings(
                texts_of(form, "title"),
                bool(form.read_before.data),
                bool(form.sensitive.data),
                form.embargo_until,
            ),
            version=form.version.number,
        ),
    )
    if status is None:
        flash(_("C’est enregistré."), "success")
        return _back(slug, step_id)
    fixed = is_answered(found.id) or (found.calendar.published_at is not None and is_printed(found.id))
    page = render_template(
        "consultations/comments/settings.html",
        found=found,
        step=step,
        form=form,
        things=things_of([step_id], SOURCE_LANGUAGE),
        fixed=fixed or found.calendar.withdrawn_at is not None,
        under_embargo=step.hidden_at(clock.now()),
        shown=_is_shown(found),
        languages_to=site_languages(),
    )
    return page, status


@blueprint.route("/ajouter", methods=["GET", "POST"])
@policy("consultation.edit", reads=("q",))
@keeps_form
def add(slug: str, step_id: int) -> Answer:
    """Commitments that are found by their title or code (`?q=`), with their figures, each with a button."""
    found, step = _here(slug, step_id)
    form = SubjectForm(data={"version": str(found.version)})
    status = submit(
        form,
        lambda: preparing.add_subject(
            actor(),
            found.id,
            step_id,
            number_in(form.commitment.data) or 0,
            number_in(form.indicator.data),
            version=form.version.number,
        ),
    )
    if status is None:
        flash(_("C’est ajouté."), "success")
        return _back(slug, step_id)
    typed = typed_search(request.args).replace("\0", "")
    commitments = (
        commitments_named(found.contract_id, typed, current_language().tag, MOST_FOUND) if typed else []
    )
    page = render_template(
        "consultations/comments/add.html",
        found=found,
        step=step,
        form=form,
        typed=typed,
        commitments=commitments,
        figures=figures_of([each.id for each in commitments], current_language().tag),
        more=len(commitments) == MOST_FOUND,
    )
    return page, status


@blueprint.route("/document", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
@takes(megabytes_of_text=1)
def document(slug: str, step_id: int) -> Answer:
    """Paste a document."""
    found, step = _here(slug, step_id)
    stored = step_settings(db.session(), step_id)
    form = document_form(
        site_languages(), found.version, texts_in_all(stored.title_id if stored else None)[0]
    )
    status = submit(
        form,
        lambda: documents.add_document(
            actor(),
            found.id,
            step_id,
            texts_of(form, "title"),
            form["text"].data or "",
            version=form.version.number,
        ),
    )
    if status is None:
        flash(_("Le document est coupé en passages. Relisez-les."), "success")
        return _back(slug, step_id, "passages")
    page = render_template(
        "consultations/comments/document.html",
        found=found,
        step=step,
        form=form,
        there=[each.words for each in things_of([step_id], SOURCE_LANGUAGE)],
        languages_to=site_languages(),
    )
    return page, status


@blueprint.route("/<int:thing_id>", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def passage(slug: str, step_id: int, thing_id: int) -> Answer:
    """The words of a passage, in all languages; an empty line cuts it."""
    found, step = _here(slug, step_id)
    thing = _thing(step, thing_id)
    text_id = db.session.get_one(CommentedThing, thing_id).text_id
    if text_id is None:
        abort(404)
    form = passage_form(site_languages(), found.version, texts_in_all(text_id)[0])
    status = submit(
        form,
        lambda: documents.change_passage(
            actor(), found.id, step_id, thing_id, texts_of(form, "text"), version=form.version.number
        ),
    )
    if status is None:
        flash(_("C’est enregistré."), "success")
        return _back(slug, step_id, f"chose-{thing_id}")
    page = render_template(
        "consultations/comments/passage.html",
        found=found,
        step=step,
        thing=thing,
        form=form,
        languages_to=site_languages(),
    )
    return page, status


def _pressed(slug: str, step_id: int, act: Callable[[DeskConsultation], object], said: str) -> AnyResponse:
    found, _step = _here(slug, step_id)
    press(lambda: (act(found),), lambda _done: said)
    return _back(slug, step_id, "passages")


@blueprint.post("/<int:thing_id>/<direction>")
@policy("consultation.edit")
def move(slug: str, step_id: int, thing_id: int, direction: str) -> AnyResponse:
    """One place up or down."""
    if direction not in ("monter", "descendre"):
        abort(404)
    return _pressed(
        slug,
        step_id,
        lambda found: preparing.move_thing(actor(), found.id, step_id, thing_id, up=direction == "monter"),
        _("C’est déplacé."),
    )


@blueprint.post("/<int:thing_id>/reunir")
@policy("consultation.edit")
def join(slug: str, step_id: int, thing_id: int) -> AnyResponse:
    """One passage of it and of the one before."""
    return _pressed(
        slug,
        step_id,
        lambda found: documents.join_passage(actor(), found.id, step_id, thing_id),
        _("Les deux passages n’en font plus qu’un."),
    )


@blueprint.route("/<int:thing_id>/retirer", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def remove(slug: str, step_id: int, thing_id: int) -> Answer:
    """Take something out of what is commented; asked first."""
    found, step = _here(slug, step_id)
    thing = _thing(step, thing_id)
    form = VersionForm(data={"version": str(found.version)})
    status = submit(
        form,
        lambda: preparing.remove_thing(actor(), found.id, step_id, thing_id, version=form.version.number),
    )
    if status is None:
        flash(_("C’est retiré."), "success")
        return _back(slug, step_id, "passages")
    page = render_template(
        "consultations/comments/remove.html", found=found, step=step, thing=thing, form=form
    )
    return page, status


def _is_shown(found: DeskConsultation) -> bool:
    """Whether everybody reads the consultation: nobody reads anything of a draft, nor of what was withdrawn."""
    return found.calendar.published_at is not None and found.calendar.withdrawn_at is None


@blueprint.route("/embargo", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def embargo(slug: str, step_id: int) -> Answer:
    """End the embargo now; asked first."""
    found, step = _here(slug, step_id)
    form = VersionForm(data={"version": str(found.version)})
    status = submit(
        form,
        lambda: preparing.end_embargo(actor(), found.id, step_id, version=form.version.number),
    )
    if status is None:
        flash(
            _("L’embargo est levé. Tout le monde peut lire le document.")
            if _is_shown(found)
            else _("C’est enregistré."),
            "success",
        )
        return _back(slug, step_id)
    page = render_template(
        "consultations/comments/embargo.html",
        found=found,
        shown=_is_shown(found),
        step=step,
        form=form,
        under_embargo=step.hidden_at(clock.now()),
    )
    return page, status
