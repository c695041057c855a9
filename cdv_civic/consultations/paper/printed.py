"""What is printed for residents: sheets to fill in, as a page for any printer and as a PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from flask import current_app, make_response, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from cdv_civic.consultations.engine.drawing import draw_on_paper
from cdv_civic.consultations.engine.kinds import step_kinds
from cdv_civic.consultations.engine.wording import asked_if
from cdv_civic.consultations.paper.form import place_question
from cdv_civic.consultations.paper.queries.asked import PaperConsultation, paper_consultation
from cdv_civic.consultations.paper.rules.codes import letter_of
from cdv_civic.consultations.paper.rules.numbers import written
from cdv_civic.consultations.paper.wording import how_to_fill
from cdv_civic.consultations.queries.definition import ShownStep, definition_of
from cdv_civic.core import clock
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.i18n.languages import Language, read_language
from cdv_civic.core.printing import pdf_of_html, qr_drawing, site_root
from cdv_civic.notices.letters import written_in
from cdv_civic.participation.rules import phases

#: Sheets of one PDF, each counted once for each of its languages: a server lays out twenty pages in a second.
PER_PART: Final = 50


@dataclass(frozen=True)
class PrintedStep:
    """A step: its title, and its questions."""

    step: ShownStep | None
    #: Each as its kind of step draws it.
    questions: tuple[Markup, ...]


@dataclass(frozen=True)
class SheetLanguage:
    """A sheet in one language."""

    language: Language
    asked: PaperConsultation
    steps: tuple[PrintedStep, ...]
    #: Short sentences, by their name in the template.
    words: Mapping[str, str]


@dataclass(frozen=True)
class PaperSheet:
    """All that the template prints. `names` are those of the sheets; none: an example."""

    title: str
    names: Sequence[str]
    languages: Sequence[SheetLanguage]
    qr: Markup
    address: str


#: The kind of step that draws the question about the quartier.
_PLAIN: Final = "questionnaire"


def last_day(closes_at: datetime | None) -> date | None:
    """The last day of something that closes, if it does."""
    return None if closes_at is None else phases.last_day(closes_at, clock.zone())


def short_address(consultation_id: int) -> str:
    """Where a consultation is answered: short enough to be typed, in no language."""
    path: str = current_app.url_map.bind("localhost").build(
        "consultation_short.at", {"consultation_id": consultation_id}
    )
    return site_root() + path


def typed_address(url: str) -> str:
    """An address without its scheme, as people type it."""
    parts = urlsplit(url)
    return parts.netloc + parts.path


def said_in(slug: str, tag: str) -> PaperConsultation:
    """A consultation as paper says it in a language; raises `NotFound`."""
    found = paper_consultation(slug, tag)
    if found is None:
        raise NotFound(_l("Cette consultation n’existe pas."))
    return found


def sheets_of_paper(slug: str, languages: Sequence[str], numbers: Sequence[int]) -> PaperSheet:
    """What is printed for some numbers of a consultation; 6 statements for each language."""
    pages = [_in_language(slug, tag) for tag in languages]
    first = pages[0].asked
    url = short_address(first.id)
    return PaperSheet(
        title=str(first.title),
        names=[written(first.id, number) for number in numbers],
        languages=pages,
        qr=qr_drawing(url),
        address=typed_address(url),
    )


def _in_language(slug: str, tag: str) -> SheetLanguage:
    with written_in(tag):
        asked = said_in(slug, tag)
        return SheetLanguage(read_language(tag), asked, tuple(_steps(asked, tag)), _words(asked))


def _steps(asked: PaperConsultation, tag: str) -> list[PrintedStep]:
    definition = definition_of(asked.id, tag)
    kinds = step_kinds()
    numbers = {question.id: place for place, question in enumerate(definition.questions, 1)}
    steps = [
        PrintedStep(
            step,
            tuple(
                draw_on_paper(
                    step,
                    question,
                    numbers[question.id],
                    how=how_to_fill(question.rule),
                    only_if=asked_if(definition, question, numbers=True),
                    letter_of=letter_of,
                )
                for question in step.questions
            )
            + (tuple(on_sheet(step)) if (on_sheet := kinds[step.kind].sheet) is not None else ()),
        )
        for step in definition.steps
    ]
    # What a step has none of to show, as under an embargo, has no title either.
    steps = [each for each in steps if each.questions]
    place = place_question(asked.quartiers, tag)
    if place is not None:
        drawn = draw_on_paper(
            _PLAIN, place, len(numbers) + 1, how=how_to_fill(place.rule), letter_of=letter_of
        )
        steps.append(PrintedStep(None, (drawn,)))
    return steps


def _words(asked: PaperConsultation) -> dict[str, str]:
    """What stands around the questions, in the language that is spoken."""
    until = last_day(asked.calendar.closes_at)
    due = asked.calendar.answer_due_on
    said = {
        "sheet": _("Feuille"),
        "example": _("Exemple"),
        "asks": _("Qui demande\u00a0: %(who)s", who=asked.organiser),
        "no_name": _("N’écrivez pas votre nom. Vous pouvez laisser une question vide."),
        "online": _("Vous pouvez aussi répondre avec un téléphone\u00a0:"),
        "thanks": _("Rendez cette feuille à la personne qui vous l’a donnée."),
    }
    if asked.readers is not None:
        said["reads"] = _("Qui lit vos réponses\u00a0: %(who)s", who=asked.readers)
    if until is not None:
        said["until"] = _("Rendez-la avant la fin du %(day)s.", day=date_text(until, "long"))
    if due is not None:
        said["answer"] = _("La réponse sera publiée le %(day)s au plus tard.", day=date_text(due, "long"))
    return said


def page_of(sheet: PaperSheet, *, back: str = "", pdf: str = "", for_pdf: bool = False) -> str:
    """The sheets as a page to print, or what the PDF is made from."""
    return render_template(
        "consultations/paper/sheets.html",
        sheet=sheet,
        back=back,
        pdf=pdf,
        for_pdf=for_pdf,
    )


def pdf_answer(page: str, name: str) -> Response:
    """A page of ours as a PDF under a name. Raises `NoPdf`."""
    response = make_response(pdf_of_html(page))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
