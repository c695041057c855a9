"""A text with its hints, ready to be drawn (`templates/moderation/hints.html`)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.languages import Language, current_language
from cdv_civic.moderation.kinds import SaidText
from cdv_civic.moderation.queries.hints import TextHint
from cdv_civic.moderation.rules.hints import MarkedPart, marked, start_of_title, whole_text
from cdv_civic.moderation.wording import HINTS


@dataclass(frozen=True)
class DrawnHint:
    """A hint of the list under a text."""

    id: int
    #: By which the mark in the text is found; None: it marks no part of it.
    number: int | None
    label: LazyString
    icon: str
    #: What is marked, or the listed word.
    words: str
    other_text_id: int | None
    false_alarm: bool
    #: Whether its box is ticked: as it was sent, else as it was judged.
    ticked: bool


@dataclass(frozen=True)
class HintedText:
    """The parts of a text, whose `hints` count from 0 in `hints`, and these."""

    title: tuple[MarkedPart, ...]
    words: tuple[MarkedPart, ...]
    lang: str | None
    hints: tuple[DrawnHint, ...]
    #: In whose language the hints are said, which may run the other way than the text.
    reader: Language


def hinted_text(
    said: SaidText, hints: Sequence[TextHint], ticked: Collection[int] | None = None
) -> HintedText:
    """A text as moderators see it. What was judged a false alarm marks nothing any more, and stays in the list.

    `ticked`: the ids of those that a form that is shown again called false alarms.
    """
    whole = whole_text(said.title, said.words)
    # Last, so that the others keep their numbers.
    ordered = sorted(hints, key=lambda each: bool(each.false_alarm))
    standing = [each for each in ordered if not each.false_alarm]
    title = marked(said.title, standing, start_of_title(said.words))
    words = marked(said.words, standing)
    seen = {number for part in (*title, *words) for number in part.hints}
    return HintedText(
        title,
        words,
        said.lang,
        tuple(
            DrawnHint(
                each.id,
                number + 1 if number in seen else None,
                HINTS[each.kind].label,
                HINTS[each.kind].icon,
                each.listed or ("" if each.other_id else whole[each.start : each.end]),
                each.other_id,
                bool(each.false_alarm),
                bool(each.false_alarm) if ticked is None else each.id in ticked,
            )
            for number, each in enumerate(ordered)
        ),
        current_language(),
    )
