"""What somebody answered, in words: for themselves, and given back where it came too late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from flask import Flask

from cdv_civic.consultations.engine.wording import STANCES_SAID
from cdv_civic.consultations.queries.definition import Definition, ShownQuestion
from cdv_civic.consultations.rules.questions import Answers, Given, QuestionKind, Stance, kept
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.formats import date_text, number_text, time_text
from cdv_civic.core.localized import Words
from cdv_civic.participation.wording import closed_said, open_until_said, opens_said


@dataclass(frozen=True)
class SaidLine:
    """One thing that was answered: the words of an option with a rank or with points, a number."""

    words: Words | str
    #: « 1 », « 4 points »; empty: it was simply chosen.
    number: str = ""


@dataclass(frozen=True)
class SaidAnswer:
    """What was answered to one question."""

    question: Words
    lines: tuple[SaidLine, ...]
    #: What was written in one's own words.
    text: str = ""


def said_answers(definition: Definition, answers: Answers) -> list[SaidAnswer]:
    """What was answered, in words, in the order of the questions; what was not answered is left out."""
    by_id: Mapping[int, ShownQuestion] = {question.id: question for question in definition.questions}
    return [
        SaidAnswer(by_id[number].words, tuple(_lines(by_id[number], given)), given.words)
        for number, given in kept(definition.rules, answers).items()
    ]


def said_in_one_line(question: ShownQuestion, given: Given) -> str:
    """What was answered to a question, as a person compares it with another answer."""
    lines = [
        ": ".join(each for each in (str(line.words), line.number) if each) for line in _lines(question, given)
    ]
    return " · ".join([*lines, *given.words.split("\n")] if given.words else lines)


def _lines(question: ShownQuestion, given: Given) -> list[SaidLine]:
    if question.kind is QuestionKind.STATEMENT and given.number is not None:
        return [SaidLine(str(STANCES_SAID[Stance(given.number)]))]
    if given.number is not None:
        return [SaidLine(number_text(given.number))]
    chosen = [(option, given.choices[option.id]) for option in question.options if option.id in given.choices]
    if question.kind is QuestionKind.RANK:
        chosen.sort(key=lambda each: each[1] or 0)
        return [SaidLine(option.words, number_text(rank or 0)) for option, rank in chosen]
    if question.kind is QuestionKind.POINTS:
        return [
            SaidLine(option.words, ngettext("%(num)s point", "%(num)s points", points or 0))
            for option, points in chosen
        ]
    return [SaidLine(option.words) for option, _number in chosen]


def organiser_said(organiser: str | None) -> str:
    """Who asks."""
    return organiser if organiser is not None else _("L’équipe du contrat de ville")


def _hour(moment: datetime) -> str | None:
    """The hour of the wall clock; None at midnight, where a day says enough."""
    here = moment.astimezone(clock.zone()).time()
    return None if here == time() else time_text(here)


def answers_from_said(opens_at: datetime) -> str:
    """« Ouvre le 3 mars 2027 à 18:00. »"""
    hour = _hour(opens_at)
    if hour is None:
        return opens_said(opens_at)
    return _("Ouvre le %(day)s à %(hour)s.", day=date_text(opens_at, "long"), hour=hour)


def answers_until_said(closes_at: datetime) -> str:
    """« Ouvert jusqu’au 12 mai 2027 à 18:00. »"""
    hour = _hour(closes_at)
    if hour is None:
        return open_until_said(closes_at)
    return _("Ouvert jusqu’au %(day)s à %(hour)s.", day=date_text(closes_at, "long"), hour=hour)


def answers_ended_said(closes_at: datetime) -> str:
    """« C’était ouvert jusqu’au 12 mai 2027 à 18:00. »"""
    hour = _hour(closes_at)
    if hour is None:
        return closed_said(closes_at)
    return _("C’était ouvert jusqu’au %(day)s à %(hour)s.", day=date_text(closes_at, "long"), hour=hour)


def register(app: Flask) -> None:
    """Give templates the same words."""
    app.jinja_env.filters.update(
        answers_from_said=answers_from_said,
        answers_until_said=answers_until_said,
        answers_ended_said=answers_ended_said,
    )
