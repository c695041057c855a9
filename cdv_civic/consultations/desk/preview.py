"""A consultation as whoever answers will see it: nothing is sent, nothing is counted."""

from flask import render_template

from cdv_civic.consultations.desk.blueprint import READ, blueprint, consultation_at_desk
from cdv_civic.consultations.engine.drawing import draw_question
from cdv_civic.consultations.engine.wording import asked_if
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.desk import whole_row
from cdv_civic.consultations.rules.calendar import Power
from cdv_civic.consultations.wording import POWERS
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.localized import words_of
from cdv_civic.core.policy.guard import policy


@blueprint.get("/<slug>/apercu")
@policy("consultation.read")
def preview(slug: str) -> str:
    """All its questions in the language of the page; the switch of languages shows the others."""
    found = consultation_at_desk(slug, READ)
    row = whole_row(found.id)
    language = current_language().tag
    definition = definition_of(found.id, language)
    ids = [each for each in (row.purpose_id, row.decider_id, row.readers_id) if each]
    texts = words_of(ids, language)
    return render_template(
        "consultations/desk/preview.html",
        found=found,
        row=row,
        power=POWERS[Power(row.power)] if row.power else None,
        purpose=texts.get(row.purpose_id or 0),
        decider=texts.get(row.decider_id or 0),
        readers=texts.get(row.readers_id or 0),
        definition=definition,
        draw=lambda step, question: draw_question(
            step.kind,
            question,
            {},
            heading_level=3 if step.title else 2,
            asked_if=asked_if(definition, question),
        ),
        asked_in=[each for each in site_languages() if each.tag in row.languages],
        untranslated=sum(not words.translated for words in definition.words_shown()),
    )
