"""What followers of a box of ideas learn: groups, answers, that the choice opens. No words of residents."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from flask import Flask
from sqlalchemy import select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Localized
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup
from cdv_civic.ideas.queries.boxes import box_is_public
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public
from cdv_civic.notices.follows.kinds import FollowKind, NewsEvent, Target, register_kind, register_news

IDEA_BOX: Final = "idea_box"


def _find(slug: str) -> int | None:
    return db.session.execute(select(IdeaBox.id).where(IdeaBox.slug == slug, box_is_public())).scalar()


def _describe(ids: Collection[int], language: str) -> dict[int, Target]:
    title = Localized("title", IdeaBox.title_id, language)
    rows = rows_of(
        title.join(
            select(IdeaBox.id, IdeaBox.slug, *title.columns).where(
                IdeaBox.id.in_(sorted(ids)), box_is_public()
            )
        )
    )
    return {
        row.id: Target(
            row.id, title.words(row), row.slug, ("ideas.show", {"slug": row.slug}), box_tag(row.id)
        )
        for row in rows
    }


def _newest(statement: Any, moment: Any, since: datetime, until: datetime, newest: int | None) -> Any:
    return (
        statement.where(moment > since, moment <= until, box_is_public())
        .order_by(moment.desc())
        .limit(newest)
    )


def news(
    things: Mapping[str, Collection[int]],
    since: datetime,
    until: datetime,
    language: str,
    newest: int | None,
) -> Sequence[NewsEvent]:
    """What happened in boxes: see `NewsProvider`. An idea that is hidden has no answer to tell of. 3 statements."""
    ids = sorted(things.get(IDEA_BOX, ()))
    if not ids:
        return []
    box = Localized("box", IdeaBox.title_id, language)
    group = Localized("group_title", IdeaGroup.title_id, language)
    said = Localized("group_words", IdeaGroup.words_id, language)
    groups: Any = (
        select(
            IdeaGroup.id,
            IdeaGroup.created_at,
            IdeaGroup.box_id,
            IdeaBox.slug,
            *group.columns,
            *said.columns,
        )
        .join(IdeaBox, IdeaBox.id == IdeaGroup.box_id)
        .where(IdeaBox.id.in_(ids), IdeaGroup.merged_into_id.is_(None))
    )
    groups = said.join(group.join(groups), optional=True)
    choices = box.join(
        select(IdeaBox.id, IdeaBox.choice_opened_at, IdeaBox.slug, *box.columns).where(IdeaBox.id.in_(ids))
    )
    answers = box.join(
        select(Idea.id, Idea.answered_at, Idea.answered_by, Idea.box_id, IdeaBox.slug, *box.columns)
        .join(IdeaBox, IdeaBox.id == Idea.box_id)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(IdeaBox.id.in_(ids), is_public())
    )
    events = [
        *(
            NewsEvent(
                f"idea_group:{row.id}",
                row.created_at,
                frozenset({(IDEA_BOX, row.box_id)}),
                group.words(row),
                _("Un groupe d’idées est fait"),
                ("ideas.group", {"slug": row.slug, "group_id": row.id}),
                said.words_or_none(row),
            )
            for row in rows_of(_newest(groups, IdeaGroup.created_at, since, until, newest))
        ),
        *(
            NewsEvent(
                f"idea_box:{row.id}:choix",
                row.choice_opened_at,
                frozenset({(IDEA_BOX, row.id)}),
                box.words(row),
                _("Le choix entre les groupes retenus est ouvert"),
                ("ideas.show", {"slug": row.slug}),
            )
            for row in rows_of(_newest(choices, IdeaBox.choice_opened_at, since, until, newest))
        ),
        *(
            NewsEvent(
                f"idea:{row.id}:reponse",
                row.answered_at,
                frozenset({(IDEA_BOX, row.box_id)}),
                box.words(row),
                _("Une idée a sa réponse · %(who)s", who=row.answered_by),
                ("ideas.one", {"slug": row.slug, "idea_id": row.id}),
            )
            for row in rows_of(_newest(answers, Idea.answered_at, since, until, newest))
        ),
    ]
    events.sort(key=lambda event: (event.at, event.key), reverse=True)
    return events[:newest] if newest is not None else events


def register(app: Flask) -> None:
    """Let boxes be followed, and tell of them."""
    register_kind(
        app, FollowKind(IDEA_BOX, "boite-a-idees", _l("Les boîtes à idées"), "bulb", _find, _describe)
    )
    register_news(app, "ideas", news)
