"""What a body answered in public to residents elsewhere than in its register, which shows it too: a feature registers
how its answers are found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from flask import Flask

from cdv_civic.core.localized import Words
from cdv_civic.core.registry import Registry

#: Answers of one feature that a register shows; the page of each leads to all others.
MOST_SHOWN: Final = 5


@dataclass(frozen=True)
class AnsweredText:
    """What somebody said, by its title, and the answer."""

    title: str
    lang: str | None
    url: str
    answer: Words
    #: A group or an organisation.
    answered_by: str
    answered_at: datetime


@dataclass(frozen=True)
class AnswersAsked:
    """Whose answers are asked for."""

    body_id: int
    #: In which they are read.
    language: str
    #: Of `participation.rules.themes`; None: of all.
    theme: str | None = None


#: The newest answers first, `MOST_SHOWN` at most, and never what moderation hides. It says `also_shows` for all that
#: the page must follow, also where nothing was answered yet.
FindAnswers: TypeAlias = Callable[[AnswersAsked], Sequence[AnsweredText]]


@dataclass(frozen=True)
class AnswerSource:
    """A feature whose answers registers show."""

    #: The heading above them, and its icon.
    label: object
    icon: str
    find: FindAnswers


_SOURCES: Final = Registry[AnswerSource]("answer_sources")


def register_answers(app: Flask, name: str, source: AnswerSource) -> None:
    """Declare whose answers registers show; raises `RegisteredTwice`."""
    _SOURCES.add(app, name, source)


def answers_elsewhere(asked: AnswersAsked) -> list[tuple[AnswerSource, Sequence[AnsweredText]]]:
    """What each feature found; those that found nothing are left out."""
    found = [(source, source.find(asked)) for source in _SOURCES.entries().values()]
    return [(source, answers) for source, answers in found if answers]
