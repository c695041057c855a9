"""What is put on walls and handed out: a poster A4, handouts A6, and the sentence of a luminous panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import render_template
from markupsafe import Markup

from cdv_civic.consultations.paper.printed import last_day, said_in, short_address, typed_address
from cdv_civic.consultations.paper.rules.luminous import MOST, panel_text
from cdv_civic.consultations.public.wording import minutes_said
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.i18n.languages import Language, read_language
from cdv_civic.core.printing import qr_drawing
from cdv_civic.notices.letters import written_in

#: Languages of one poster: more could not be read at two metres.
MOST_LANGUAGES: Final = 3
#: A6, cut out of one A4.
PER_SHEET: Final = 4
#: Characters of a question that a wall can show; beyond, and where there are several, the title stands in its place.
_LONGEST: Final = 110
#: Beyond this a question is set in smaller letters.
_LONG: Final = 60
_LONG_ADDRESS: Final = 34


@dataclass(frozen=True)
class PosterWords:
    """What a poster says in one language."""

    language: Language
    question: str
    lang: str
    until: str
    how: str

    @property
    def long(self) -> bool:
        """Whether the question takes several lines."""
        return len(self.question) > _LONG


@dataclass(frozen=True)
class Poster:
    """All that the templates print."""

    title: str
    organiser: str
    words: Sequence[PosterWords]
    qr: Markup
    address: str

    @property
    def long_address(self) -> bool:
        """Whether the address would not fit on its line."""
        return len(self.address) > _LONG_ADDRESS


@dataclass(frozen=True)
class PanelText:
    """The sentence of a luminous panel in one language."""

    language: Language
    text: str

    @property
    def over(self) -> int:
        """How many characters it has too many."""
        return max(len(self.text) - MOST, 0)


def poster_of(slug: str, languages: Sequence[str]) -> Poster:
    """The poster of a consultation in some languages; 6 statements for each."""
    first = said_in(slug, languages[0])
    url = short_address(first.id)
    return Poster(
        title=str(first.title),
        organiser=first.organiser,
        words=[_words(slug, tag) for tag in languages[:MOST_LANGUAGES]],
        qr=qr_drawing(url),
        address=typed_address(url),
    )


def _words(slug: str, tag: str) -> PosterWords:
    with written_in(tag):
        asked = said_in(slug, tag)
        questions = list(definition_of(asked.id, tag).questions)
        alone = questions[0].words if len(questions) == 1 else None
        said = asked.title if alone is None or len(str(alone)) > _LONGEST else alone
        until = last_day(asked.calendar.closes_at)
        return PosterWords(
            read_language(tag),
            str(said),
            said.language,
            _("Jusqu’au %(day)s", day=date_text(until, "long")) if until is not None else "",
            _(
                "Répondez avec un téléphone\u00a0: %(minutes)s. Sans application.",
                minutes=minutes_said(len(questions)),
            ),
        )


def panel_texts(slug: str, languages: Sequence[str]) -> list[PanelText]:
    """The sentence of a luminous panel in each language; 3 statements for each."""
    found = []
    for tag in languages:
        with written_in(tag):
            asked = said_in(slug, tag)
            until = last_day(asked.calendar.closes_at)
            where = typed_address(short_address(asked.id))
            rest = (
                _("Répondez jusqu’au %(day)s\u00a0: %(where)s", day=date_text(until, "d MMMM"), where=where)
                if until is not None
                else _("Répondez\u00a0: %(where)s", where=where)
            )
            found.append(PanelText(read_language(tag), panel_text(str(asked.title), rest)))
    return found


def page_of(template: str, poster: Poster, *, back: str = "", pdf: str = "", for_pdf: bool = False) -> str:
    """The poster or the handouts as a page to print, or what the PDF is made from."""
    return render_template(
        f"consultations/paper/{template}.html",
        poster=poster,
        count=PER_SHEET,
        back=back,
        pdf=pdf,
        for_pdf=for_pdf,
    )
