"""The public ideas of a box and its groups, to be taken away: what everybody reads, and no first name."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import and_, select

from cdv_civic.core.csv_export import csv_lines
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized
from cdv_civic.ideas.models import Idea, IdeaGroup, IdeaPlacing
from cdv_civic.ideas.queries.boxes import PublicBox
from cdv_civic.ideas.queries.groups import groups_of_box
from cdv_civic.ideas.rules.boxes import shown_supports
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public, shown_title, shown_words
from cdv_civic.territory.models import Quartier

FORMAT: Final = "ideas/1"
#: The file is made for machines: one set of names.
COLUMNS: Final = (
    "id",
    "title",
    "words",
    "language",
    "theme",
    "quartier",
    "landmark",
    "latitude",
    "longitude",
    "received_on",
    "supports",
    "group",
    "group_title",
    "answer",
    "answered_by",
)


def exported_ideas(box: PublicBox, language: str) -> list[Mapping[str, Any]]:
    """Each public idea of a box, by the names of `COLUMNS`, the oldest first; 1 statement."""
    answer = Localized("answer", Idea.answer_id, language)
    group = Localized("group_title", IdeaGroup.title_id, language)
    statement: Any = (
        select(
            Idea.id,
            shown_title(Idea.title).label("title"),
            shown_words(Idea.words).label("words"),
            Idea.lang,
            Idea.theme,
            Quartier.name.label("quartier"),
            Idea.landmark,
            Idea.lat,
            Idea.lon,
            Idea.received_on,
            Idea.supports,
            Idea.answered_by,
            IdeaPlacing.group_id,
            *answer.columns,
            *group.columns,
        )
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .outerjoin(Quartier, Quartier.id == Idea.quartier_id)
        .outerjoin(IdeaPlacing, and_(IdeaPlacing.idea_id == Idea.id, IdeaPlacing.ended_at.is_(None)))
        .outerjoin(IdeaGroup, IdeaGroup.id == IdeaPlacing.group_id)
        .where(Idea.box_id == box.id, is_public())
        .order_by(Idea.id)
    )
    found: list[Mapping[str, Any]] = []
    for row in rows_of(group.join(answer.join(statement, optional=True), optional=True)):
        said, title = answer.words_or_none(row), group.words_or_none(row)
        values = (
            row.id,
            row.title,
            row.words,
            row.lang,
            row.theme,
            row.quartier,
            row.landmark,
            row.lat,
            row.lon,
            row.received_on.isoformat(),
            shown_supports(box.supports_shown, row.supports, closed=box.closed),
            row.group_id,
            title.text if title else None,
            said.text if said else None,
            row.answered_by,
        )
        found.append(dict(zip(COLUMNS, values, strict=True)))
    return found


def as_csv(ideas: Sequence[Mapping[str, Any]]) -> str:
    """Ideas as a table, a line for each."""
    return "".join(csv_lines(COLUMNS, (tuple(each.values()) for each in ideas), ","))


def as_content(box: PublicBox, language: str) -> dict[str, Any]:
    """The box, its groups and its ideas; 2 statements."""
    return {
        "format": FORMAT,
        "box": {"slug": box.slug, "title": box.title.text, "question": box.question.text},
        "groups": [
            {
                "id": group.id,
                "title": group.title.text,
                "words": group.words.text if group.words else None,
                "retained": group.retained,
                "ideas": group.ideas,
            }
            for group in groups_of_box(box.id, language)
        ],
        "ideas": exported_ideas(box, language),
    }
