"""Hints as moderators read them beside a text."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.core.db import rows_of
from cdv_civic.moderation.models import HintPattern, ModerationHint
from cdv_civic.moderation.rules.hints import Hint, HintKind


@dataclass(frozen=True)
class TextHint(Hint):
    """A hint that was noted."""

    id: int = 0
    #: The listed word, as it was written into the list.
    listed: str = ""
    #: Whether a moderator said that there was nothing; None: nobody has judged it yet.
    false_alarm: bool | None = None


def hints_of(text_ids: Sequence[int]) -> Mapping[int, tuple[TextHint, ...]]:
    """The hints of some texts as they stand, by the id of their case, in the order of the text; 1 statement."""
    rows = rows_of(
        select(ModerationHint, HintPattern.words.label("listed"))
        .outerjoin(HintPattern, HintPattern.id == ModerationHint.pattern_id)
        # At no place: of words that were said otherwise since.
        .where(ModerationHint.text_id.in_(sorted(text_ids)), ModerationHint.ends_at > 0)
        .order_by(ModerationHint.text_id, ModerationHint.starts_at, ModerationHint.ends_at, ModerationHint.id)
    )
    found: defaultdict[int, list[TextHint]] = defaultdict(list)
    for row in rows:
        found[row.text_id].append(
            TextHint(
                HintKind(row.kind),
                row.starts_at,
                row.ends_at,
                row.pattern_id,
                row.other_text_id,
                id=row.id,
                listed=row.listed or "",
                false_alarm=row.false_alarm,
            )
        )
    return {text_id: tuple(hints) for text_id, hints in found.items()}
