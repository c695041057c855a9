"""The minutes as they are read: on their page, at the desk before they are shown, and as a PDF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from babel import Locale
from babel.numbers import format_decimal
from flask import make_response
from flask_babel import get_locale
from werkzeug.wrappers import Response

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.numbers import separated
from cdv_civic.core.localized import Words
from cdv_civic.core.printing import pdf_of_html
from cdv_civic.fund.juries.queries.minutes import DecidedItem, Minutes, SideThere
from cdv_civic.fund.juries.wording import METHODS, OUTCOMES, SIDES, aside_text
from cdv_civic.fund.project_words import cents_text
from cdv_civic.fund.rules.juries import MOST_MARK
from cdv_civic.territory.vocabulary import CodedTerm


@dataclass(frozen=True)
class SideMinutes:
    """Members of one side who were there, in words."""

    label: Any
    count: str
    represents: Sequence[str]


@dataclass(frozen=True)
class ItemMinutes:
    """What came of a project, in words."""

    number: int
    title: str
    lang: str | None
    carrier: Any
    asked: str
    #: None: it was not decided, and waits for another meeting.
    outcome: CodedTerm | None
    #: What it gets.
    amount: str | None
    #: How it was decided, sentence by sentence.
    how: Sequence[str]
    reason: Words | None


@dataclass(frozen=True)
class MinutesPage:
    """The minutes of a meeting, in words."""

    fund: Words
    round: Words
    fund_slug: str
    round_slug: str
    meeting_id: int
    day: date
    place: str
    method: Any
    there: str
    sides: Sequence[SideMinutes]
    #: What was decided in all.
    total: str
    #: Projects one by one; none of a fund for persons, of which counts alone are read.
    items: Sequence[ItemMinutes]
    personal: bool


def mean_text(mean: Fraction) -> str:
    """A mean of marks, to one tenth: « 12,3 »."""
    locale = Locale.parse(str(get_locale()))
    return separated(format_decimal(Decimal(round(mean * 10)) / 10, locale=locale), locale)


def minutes_page(minutes: Minutes) -> MinutesPage:
    """The minutes in the language of the request."""
    meeting = minutes.meeting
    return MinutesPage(
        meeting.fund,
        meeting.round,
        meeting.fund_slug,
        meeting.round_slug,
        meeting.id,
        meeting.day,
        meeting.place,
        METHODS[meeting.method],
        ngettext("%(num)s membre présent", "%(num)s membres présents", minutes.there),
        [_side(each) for each in minutes.sides],
        _total(minutes),
        [] if meeting.personal else [_item(minutes, each) for each in minutes.items],
        meeting.personal,
    )


def _side(side: SideThere) -> SideMinutes:
    count = ngettext("%(num)s personne", "%(num)s personnes", side.members)
    return SideMinutes(SIDES[side.side], count, side.represents)


def _total(minutes: Minutes) -> str:
    projects = ngettext(
        "%(num)s projet à l’ordre du jour", "%(num)s projets à l’ordre du jour", len(minutes.items)
    )
    selected = ngettext("%(num)s retenu", "%(num)s retenus", minutes.selected)
    return _(
        "%(projects)s, %(selected)s, %(amount)s en tout.",
        projects=projects,
        selected=selected,
        amount=cents_text(minutes.granted_cents),
    )


def _item(minutes: Minutes, decided: DecidedItem) -> ItemMinutes:
    item = decided.item
    return ItemMinutes(
        item.number,
        item.title,
        item.lang,
        item.carrier,
        cents_text(item.asked_cents),
        OUTCOMES[item.outcome] if item.outcome else None,
        cents_text(item.amount_cents) if item.amount_cents is not None else None,
        tuple(_how(minutes, decided)),
        item.reason,
    )


def _how(minutes: Minutes, decided: DecidedItem) -> Iterator[str]:
    item, quorum = decided.item, minutes.meeting.quorum
    if item.heard:
        yield _("La personne qui porte le projet est venue le présenter.")
    if item.taking_part is None:
        return
    part = ngettext(
        "%(num)s membre a pris part à ce choix", "%(num)s membres ont pris part à ce choix", item.taking_part
    )
    yield (
        f"{part}."
        if quorum is None
        else _("%(part)s, il en faut %(quorum)s au moins.", part=part, quorum=quorum)
    )
    yield aside_text(item.aside or 0)
    if item.yes is not None and item.no is not None:
        yield _(
            "À main levée\u00a0: %(yes)s pour, %(no)s contre, %(rest)s sans choix.",
            yes=item.yes,
            no=item.no,
            rest=item.taking_part - item.yes - item.no,
        )
    if decided.mean is not None:
        yield _("Note moyenne\u00a0: %(mean)s sur %(most)s.", mean=mean_text(decided.mean), most=MOST_MARK)


_NAME: Final = "compte-rendu"


def pdf_of(page: str, meeting_id: int) -> Response:
    """The minutes as a PDF. Raises `NoPdf`."""
    response = make_response(pdf_of_html(page))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{_NAME}-{meeting_id}.pdf"'
    return response
