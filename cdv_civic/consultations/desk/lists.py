"""The list of consultations, the working page of one, and what is missing in which language."""

from collections.abc import Iterable
from typing import Any, Final

from flask import render_template, request, url_for

from cdv_civic.bodies.desk.blueprint import body_at_desk
from cdv_civic.bodies.queries.desk import DeskBody
from cdv_civic.consultations.desk.blueprint import (
    EDIT,
    READ,
    blueprint,
    consultation_at_desk,
    fixed_by,
    may_edit,
)
from cdv_civic.consultations.desk.parts import PART, PART_OF_TEXT, page_of
from cdv_civic.consultations.desk.wording import LACKS, PLACES, place_of
from cdv_civic.consultations.engine.kinds import step_kinds
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.editing.publishing import PROLONGED
from cdv_civic.consultations.queries.changes import all_corrections_of, how_many_wait, prolongations_of
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.desk import (
    DeskLine,
    View,
    desk_list,
    how_many_answers,
    is_answered,
    whole_row,
)
from cdv_civic.consultations.queries.preparation import OwnedText, prepared_of, texts_of
from cdv_civic.consultations.queries.undiscussed import undiscussed_parts
from cdv_civic.consultations.rules.calendar import ConsultationStage
from cdv_civic.consultations.rules.checklist import checklist, complete
from cdv_civic.consultations.scopes import touched_by_answers, touched_consultation
from cdv_civic.consultations.wording import POWERS, STAGES, moment_text, text_label
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.formats import number_text
from cdv_civic.core.i18n.languages import Language, current_language, site_languages
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.decisions import may, reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.policy.model import Reach, Touched
from cdv_civic.core.web.desk import actor
from cdv_civic.core.web.search import typed_search

ENTER: Final = "consultation.enter"
#: The stages in which the answer to residents is written.
ANSWERS: Final = frozenset(
    {
        ConsultationStage.PAPER,
        ConsultationStage.CLOSED,
        ConsultationStage.COUNTED,
        ConsultationStage.ANSWERED,
    }
)


@blueprint.get("")
@policy("consultation.read")
def index() -> str:
    """Consultations within reach, the newest first; `?voir=` narrows, `?q=` looks for some."""
    return list_page(reach_of(actor(), READ))


def list_page(reach: Reach, body: DeskBody | None = None) -> str:
    """The page of a list, or of that of one body."""
    asked = request.args.get("voir", "")
    view = View(asked) if asked in set(View) else View.ALL
    typed = typed_search(request.args)
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    now = clock.now()
    page = desk_list(
        reach,
        current_language().tag,
        now=now,
        view=view,
        typed=typed,
        cursor=cursor,
        body_id=body.id if body else None,
    )
    kept: dict[str, Any] = {"voir": view.value or None, "q": typed or None}
    may_begin = may(actor(), EDIT)
    whole = body is None and cursor is None and view is View.ALL and not typed
    language = current_language().tag

    def url(**more: Any) -> str:
        if body is not None:
            return url_for("consultations_desk.of_body", body_id=body.id, **kept, **more)
        return url_for("consultations_desk.index", **kept, **more)

    return render_template(
        "consultations/desk/index.html",
        body=body,
        rows=page.rows,
        stage_of=lambda row: STAGES[row.calendar.stage_at(now)],
        late=_late,
        view=view,
        views=View,
        q=typed,
        may_begin=may_begin,
        undiscussed=undiscussed_parts(reach_of(actor(), EDIT), language) if may_begin and whole else None,
        moment_text=moment_text,
        previous_url=url(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=url(apres=write_key(page.next_key)) if page.next_key else None,
    )


def _late(row: DeskLine) -> bool:
    return row.calendar.late_on(clock.today())


@blueprint.get("/<slug>")
@policy("consultation.read")
def show(slug: str) -> str:
    """The working page of a consultation: where it stands, what is missing before it opens, and what comes next."""
    found = consultation_at_desk(slug, READ)
    row = whole_row(found.id)
    definition = definition_of(found.id, SOURCE_LANGUAGE)
    prepared = prepared_of(row, definition)
    now = clock.now()
    lines = checklist(prepared, now, clock.zone())
    answers = how_many_answers(found.id)
    # Also by a sheet that waits for a second person.
    answered = answers > 0 or is_answered(found.id)
    stage = found.calendar.stage_at(now)
    touched = touched_consultation(db.session(), found)
    edit = may(actor(), EDIT, touched)
    return render_template(
        "consultations/desk/show.html",
        found=found,
        row=row,
        stage=stage,
        stages=ConsultationStage,
        stage_words=STAGES[stage],
        power=POWERS[prepared.power] if prepared.power else None,
        lines=[(line, PLACES[line.item].label, page_of(line.item, slug)) for line in lines],
        lacks=LACKS,
        complete=complete(lines),
        faults=prepared.faults,
        untranslated=[(each, prepared.untranslated.get(each.tag, 0)) for each in _asked_in(row.languages)],
        definition=definition,
        step_kinds=step_kinds(),
        apart=[step for step in definition.steps if not step_kinds()[step.kind].takes],
        answers_text=number_text(answers),
        late=found.calendar.late_on(clock.today()),
        prolongations=prolongations_of(found.id, current_language().tag),
        answered=answered,
        fixed=found.calendar.withdrawn_at is not None or answered or fixed_by(found) is not None,
        corrections=how_many_wait(found.id) if answered else 0,
        edit=edit,
        prolonged=edit and stage in PROLONGED,
        moment_text=moment_text,
        next=_next(row, stage, ready=complete(lines)) if edit else None,
        elsewhere=_elsewhere(row, stage, touched, edit=edit),
    )


def _next(row: Consultation, stage: ConsultationStage, *, ready: bool) -> tuple[str, Any, str] | None:
    """What a consultation waits for from whoever prepares it: address, words, icon."""
    if stage is ConsultationStage.DRAFT and ready:
        return url_for("consultations_desk.publish", slug=row.slug), _("Publier"), "speakerphone"
    if stage in ANSWERS and stage is not ConsultationStage.ANSWERED:
        return url_for("consultation_restitution_desk.edit", slug=row.slug), _("Écrire la réponse"), "pencil"
    return None


def _elsewhere(
    row: Consultation, stage: ConsultationStage, touched: Touched, *, edit: bool
) -> list[tuple[str, Any, str]]:
    """Pages of other parts of this feature that the person may use now: address, words, icon. 4 statements at most."""
    draft, withdrawn = stage is ConsultationStage.DRAFT, stage is ConsultationStage.WITHDRAWN
    found = []
    if not withdrawn and may(actor(), ENTER, touched):
        found.append(("consultation_paper.show", _("Papier et saisie"), "file-text"))
    if not withdrawn and may(actor(), ENTER, touched if draft else touched_by_answers(db.session(), row)):
        if not draft:
            found.append(("consultation_in_person.show", _("Rencontres"), "users-group"))
        found.append(("consultation_voices.index", _("Voix enregistrées"), "volume"))
    if not draft:
        found.append(("consultation_results_desk.show", _("Résultats"), "chart-line"))
    if edit and stage is ConsultationStage.ANSWERED:
        found.append(("consultation_restitution_desk.edit", _("La réponse"), "message-2"))
    if not draft:
        found.append(("consultations.show", _("Page publique"), "external-link"))
    return [(url_for(endpoint, slug=row.slug), words, icon) for endpoint, words, icon in found]


def _asked_in(tags: Iterable[str]) -> list[Language]:
    """The other languages in which a consultation is asked."""
    asked = set(tags) - {SOURCE_LANGUAGE}
    return [each for each in site_languages() if each.tag in asked]


@blueprint.get("/<slug>/textes")
@policy("consultation.read")
def texts(slug: str) -> str:
    """All its texts: which are missing in which language, and where they are written."""
    found = consultation_at_desk(slug, READ)
    row = whole_row(found.id)
    asked = _asked_in(row.languages)
    known = texts_of(found.id)
    return render_template(
        "consultations/desk/texts.html",
        found=found,
        edit=may_edit(found),
        missing=[(each, [text for text in known if each.tag not in text.languages]) for each in asked],
        label=lambda text: text_label(text.owner_kind, text.field),
        url=lambda text: _url_of(found.slug, text),
    )


def _url_of(slug: str, text: OwnedText) -> str:
    place = place_of(text)
    values: dict[str, Any] = dict(place.values)
    if text.owner_kind == "consultation":
        values[PART] = PART_OF_TEXT.get(text.field)
    return url_for(place.endpoint, slug=slug, **values)


@blueprint.get("/<slug>/corrections")
@policy("consultation.read")
def corrections(slug: str) -> str:
    """What was corrected, what waits for a second person, and the texts that can be corrected."""
    found = consultation_at_desk(slug, READ)
    return render_template(
        "consultations/desk/corrections.html",
        found=found,
        edit=may_edit(found),
        rows=all_corrections_of(found.id, current_language().tag),
        texts=[each for each in texts_of(found.id) if each.field != "withdrawn_reason"],
        answered=is_answered(found.id),
        label=text_label,
    )


@blueprint.get("/groupe/<int:body_id>")
@policy("consultation.read")
def of_body(body_id: int) -> str:
    """The consultations of one body."""
    return list_page(reach_of(actor(), READ), body_at_desk(body_id, READ))
