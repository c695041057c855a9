"""What is public of moderated texts: a condition for the statements of the features that they belong to."""

from typing import Any

from sqlalchemy import ColumnElement, func, or_

from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES


def is_public() -> ColumnElement[bool]:
    """The condition that everybody may read the `ModeratedText` that a statement joins."""
    return ModeratedText.state.in_(sorted(PUBLIC_STATES))


def shown_words(own: Any, case: Any = ModeratedText) -> ColumnElement[str]:
    """The words that everybody reads of a text whose own are `own`: fewer, where a part is hidden."""
    return func.coalesce(case.shown_words, own)


def shown_title(own: Any, case: Any = ModeratedText) -> ColumnElement[str]:
    """The same of its title."""
    return func.coalesce(case.shown_title, own)


def part_hidden() -> ColumnElement[bool]:
    """The condition that a part of the `ModeratedText` that a statement joins is hidden, as its `part_hidden` says."""
    return or_(
        ModeratedText.shown_words.is_not(None),
        ModeratedText.shown_title.is_not(None),
        ModeratedText.photo_hidden,
    )
