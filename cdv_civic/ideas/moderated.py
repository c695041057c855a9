"""Ideas and points as moderators read them: what they say, who wrote them, and what follows a decision."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, has_request_context, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from cdv_civic.core.db import raise_tags, rows_of
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Localized
from cdv_civic.core.stemming import search_document
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaPoint
from cdv_civic.ideas.operations import pointing, putting
from cdv_civic.ideas.queries.boxes import box_is_public
from cdv_civic.ideas.wording import beside_words
from cdv_civic.moderation.kinds import Author, ModeratedKind, SaidText, register_kind
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import shown_title
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES
from cdv_civic.participation.receipts import receipt_hash


def idea_texts(case_ids: Sequence[int], language: str) -> Mapping[int, SaidText]:
    """What ideas say, by the ids of their cases; those that were taken back are left out. 1 statement."""
    box = Localized("box", IdeaBox.title_id, language)
    statement: Any = (
        select(
            Idea.case_id,
            Idea.id,
            Idea.title,
            Idea.words,
            Idea.lang,
            Idea.photo_id,
            Idea.landmark,
            Idea.lat,
            Idea.lon,
            Idea.signed,
            IdeaBox.slug,
            box_is_public().label("box_public"),
            ModeratedText.state,
            *box.columns,
        )
        .join(IdeaBox, IdeaBox.id == Idea.box_id)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.case_id.in_(case_ids), Idea.taken_back_at.is_(None))
    )
    rows = rows_of(box.join(statement))
    return {
        row.case_id: SaidText(
            row.title,
            row.words,
            row.lang,
            row.photo_id,
            url_for("ideas.one", slug=row.slug, idea_id=row.id)
            if row.box_public and row.state in PUBLIC_STATES and has_request_context()
            else None,
            box.words(row).text,
            # What lies in a box that was withdrawn is read nowhere.
            row.box_public,
            beside_words(row),
        )
        for row in rows
    }


def idea_authors(session: Session, case_ids: Sequence[int]) -> Mapping[int, Author]:
    """Who put ideas; 1 statement."""
    rows = session.execute(
        select(Idea.case_id, Idea.author_id, Idea.contact_kind, Idea.contact, Idea.contact_language).where(
            Idea.case_id.in_(case_ids), Idea.taken_back_at.is_(None)
        )
    )
    return {
        row.case_id: Author(row.author_id, row.contact_kind, row.contact, row.contact_language, True)
        for row in rows
    }


def _idea_changed(session: Session, case: ModeratedText) -> None:
    """What is hidden of its words is not found by them either."""
    idea = session.execute(
        select(Idea).where(Idea.case_id == case.id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar_one()
    idea.search_text = search_document(case.shown_title or idea.title, case.shown_words or idea.words)
    idea.version += 1
    raise_tags(session, box_tag(idea.box_id))


def point_texts(case_ids: Sequence[int], language: str) -> Mapping[int, SaidText]:
    """What points say, under the title of their idea, or of its box where nobody reads the idea; 1 statement."""
    box = Localized("box", IdeaBox.title_id, language)
    of_idea = aliased(ModeratedText)
    statement: Any = (
        select(
            IdeaPoint.case_id,
            IdeaPoint.id,
            IdeaPoint.idea_id,
            IdeaPoint.words,
            IdeaPoint.lang,
            shown_title(Idea.title, of_idea).label("title"),
            IdeaBox.slug,
            box_is_public().label("box_public"),
            ModeratedText.state,
            of_idea.state.label("idea_state"),
            *box.columns,
        )
        .join(Idea, Idea.id == IdeaPoint.idea_id)
        .join(of_idea, of_idea.id == Idea.case_id)
        .join(IdeaBox, IdeaBox.id == Idea.box_id)
        .join(ModeratedText, ModeratedText.id == IdeaPoint.case_id)
        .where(IdeaPoint.case_id.in_(case_ids), IdeaPoint.taken_back_at.is_(None))
    )
    rows = rows_of(box.join(statement))
    found = {}
    for row in rows:
        readable = row.box_public and row.idea_state in PUBLIC_STATES
        shown = readable and row.state in PUBLIC_STATES and has_request_context()
        found[row.case_id] = SaidText(
            "",
            row.words,
            row.lang,
            None,
            url_for("ideas.one", slug=row.slug, idea_id=row.idea_id, _anchor=f"point-{row.id}")
            if shown
            else None,
            row.title if readable else box.words(row).text,
            readable,
        )
    return found


def point_authors(session: Session, case_ids: Sequence[int]) -> Mapping[int, Author]:
    """Who made points; 1 statement."""
    rows = session.execute(
        select(IdeaPoint.case_id, IdeaPoint.author_id, IdeaPoint.contact_language).where(
            IdeaPoint.case_id.in_(case_ids), IdeaPoint.taken_back_at.is_(None)
        )
    )
    return {row.case_id: Author(row.author_id, None, None, row.contact_language, True) for row in rows}


def _point_changed(session: Session, case: ModeratedText) -> None:
    box_id = session.execute(
        select(Idea.box_id).join(IdeaPoint, IdeaPoint.idea_id == Idea.id).where(IdeaPoint.case_id == case.id)
    ).scalar_one()
    raise_tags(session, box_tag(box_id))


def _case_of_idea(session: Session, code: str) -> int | None:
    """The case of the idea that a receipt leads to; 1 statement."""
    return session.execute(select(Idea.case_id).where(Idea.receipt_hash == receipt_hash(code))).scalar()


def _case_of_point(session: Session, code: str) -> int | None:
    """The same of a point."""
    return session.execute(
        select(IdeaPoint.case_id).where(IdeaPoint.receipt_hash == receipt_hash(code))
    ).scalar()


def register(app: Flask) -> None:
    """Declare both kinds."""
    register_kind(
        app,
        ModeratedKind(
            putting.KIND,
            _l("Idée"),
            "bulb",
            idea_texts,
            idea_authors,
            _idea_changed,
            shows_photo=True,
            case_of_receipt=_case_of_idea,
        ),
    )
    register_kind(
        app,
        ModeratedKind(
            pointing.KIND,
            _l("Point pour ou contre"),
            "scale",
            point_texts,
            point_authors,
            _point_changed,
            case_of_receipt=_case_of_point,
        ),
    )
