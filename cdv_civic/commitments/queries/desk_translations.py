"""The texts of a commitment beside their translations."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, cast, literal, null, select, union_all

from cdv_civic.commitments.models import Evidence, Progress
from cdv_civic.core.db import db
from cdv_civic.core.localized import LocalizedText, Translation, standing


@dataclass(frozen=True, slots=True)
class TextToTranslate:
    """A text of a commitment, with its translation into one language where there is one."""

    text_id: int
    kind: str  #: "title", "sentence", "detail" or "caption"
    on: date | None  #: day of the news it belongs to
    original: str
    language: str
    translated: str | None
    state: str | None  #: a `TranslationState`


def texts_to_translate(commitment_id: int, title_id: int, language: str) -> tuple[TextToTranslate, ...]:
    """The texts of a commitment and its story, the title first, then from the newest. 1 statement."""
    told = and_(Progress.commitment_id == commitment_id, Progress.withdrawn_at.is_(None))
    never = cast(null(), Progress.happened_on.type)
    owned = union_all(
        select(
            literal(title_id).label("text_id"),
            literal("title").label("kind"),
            never.label("day"),
            literal(0).label("entry"),
            literal(0).label("place"),
        ),
        select(
            Progress.sentence_id, literal("sentence"), Progress.happened_on, Progress.id, literal(0)
        ).where(told),
        select(Progress.detail_id, literal("detail"), Progress.happened_on, Progress.id, literal(1)).where(
            told, Progress.detail_id.is_not(None)
        ),
        select(
            Evidence.caption_id,
            literal("caption"),
            Progress.happened_on,
            Progress.id,
            2 + Evidence.position,
        )
        .join(Progress, Progress.id == Evidence.progress_id)
        .where(told),
    ).subquery()
    statement = (
        select(
            owned.c.text_id,
            owned.c.kind,
            owned.c.day,
            LocalizedText.original,
            LocalizedText.language,
            Translation.text,
            standing(),
        )
        .join(LocalizedText, LocalizedText.id == owned.c.text_id)
        .outerjoin(
            Translation, and_(Translation.text_id == owned.c.text_id, Translation.language == language)
        )
        .order_by((owned.c.entry > 0), owned.c.day.desc(), owned.c.entry.desc(), owned.c.place)
        .limit(200)
    )
    return tuple(TextToTranslate(*row) for row in db.session.execute(statement))


def languages_of_title(title_id: int) -> dict[str, str]:
    """State of the title's translation by language. 1 statement."""
    return dict(
        db.session.execute(
            select(Translation.language, standing())
            .join(LocalizedText, LocalizedText.id == Translation.text_id)
            .where(Translation.text_id == title_id)
        ).all()
    )
