"""Tables of taking part: what came of what."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.participation.rules.links import LinkKind, ThingKind
from cdv_civic.territory.models import one_of

_THINGS = [kind.value for kind in ThingKind]


class ParticipationLink(Model):
    """One thing has to do with another. Their tables lie in higher features: who deletes a row forgets its links."""

    __tablename__ = "participation_link"
    __table_args__ = (
        one_of("from_kind", _THINGS),
        one_of("to_kind", _THINGS),
        one_of("kind", [kind.value for kind in LinkKind]),
        CheckConstraint("from_kind <> to_kind OR from_id <> to_id", name="not_itself"),
        UniqueConstraint("from_kind", "from_id", "to_kind", "to_id", "kind"),
        Index("ix_participation_link_to", "to_kind", "to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_kind: Mapped[str]
    from_id: Mapped[int]
    to_kind: Mapped[str]
    to_id: Mapped[int]
    #: What the first is to the second.
    kind: Mapped[str]
    created_at: Mapped[datetime]
    #: None: the command line, a job, or an account that is gone.
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
