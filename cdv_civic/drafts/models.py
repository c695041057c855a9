"""The table of drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.drafts.rules import LONGEST_OWNER, MOST_BYTES


class Draft(Model):
    """What somebody typed into a form and has not sent."""

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("account_id", "form_kind", "owner_key"),
        Index("ix_draft_form_kind_owner_key", "form_kind", "owner_key"),
        CheckConstraint(f"length(CAST(fields AS TEXT)) <= {MOST_BYTES}", name="bounded"),
        CheckConstraint(f"length(owner_key) BETWEEN 1 AND {LONGEST_OWNER}", name="owner_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    #: As `drafts.kinds` declares it.
    form_kind: Mapped[str]
    #: What the form is about, as `rules.owner_of` writes it.
    owner_key: Mapped[str]
    #: The values of each field by its name, as the form sends them.
    fields: Mapped[dict[str, Any]]
    #: The version of what the form changes when this was saved; empty where it has none.
    base: Mapped[str]
    #: Random, another one at each saving: what is saved or sent was opened with it.
    version: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(index=True)
