"""Answers to ideas in the boxes of a body or of its quartiers, for its register."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, url_for
from sqlalchemy import select

from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Localized
from cdv_civic.core.web.validity import also_shows
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea
from cdv_civic.ideas.queries.boxes import boxes_for_register
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public, shown_title
from cdv_civic.participation.answered import (
    MOST_SHOWN,
    AnsweredText,
    AnswersAsked,
    AnswerSource,
    register_answers,
)


def answered_ideas(asked: AnswersAsked) -> Sequence[AnsweredText]:
    """Public ideas in public boxes of a body or of its quartiers that were answered; 2 statements at most."""
    slugs = {box.id: box.slug for box in boxes_for_register(asked.body_id, asked.language)}
    also_shows(*map(box_tag, slugs))
    if not slugs:
        return []
    answer = Localized("answer", Idea.answer_id, asked.language)
    statement: Any = (
        select(
            Idea.id,
            Idea.box_id,
            shown_title(Idea.title).label("title"),
            Idea.lang,
            Idea.answered_by,
            Idea.answered_at,
            *answer.columns,
        )
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.box_id.in_(slugs), Idea.answered_at.is_not(None), is_public())
        .order_by(Idea.answered_at.desc(), Idea.id.desc())
        .limit(MOST_SHOWN)
    )
    if asked.theme is not None:
        statement = statement.where(Idea.theme == asked.theme)
    return [
        AnsweredText(
            row.title,
            row.lang,
            url_for("ideas.one", slug=slugs[row.box_id], idea_id=row.id),
            answer.words(row),
            row.answered_by,
            row.answered_at,
        )
        for row in rows_of(answer.join(statement))
    ]


def register(app: Flask) -> None:
    """Declare them."""
    register_answers(app, "ideas", AnswerSource(_l("Réponses à des idées"), "bulb", answered_ideas))
