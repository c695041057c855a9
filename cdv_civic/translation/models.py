"""The tables of what replaces the catalogues that the site came with."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model


class CatalogueRevision(Model):
    """How often the replacements of one language changed: processes that know the number need not read them again."""

    __tablename__ = "catalogue_revision"

    #: A tag of BCP 47.
    language: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


class CatalogueOverride(Model):
    """What is said in one language in the place of the translation of a message that the site came with.

    Untrusted as any translation: it was checked when it was written, and is checked again as it is loaded.
    """

    __tablename__ = "catalogue_override"
    __table_args__ = (UniqueConstraint("language", "source_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(ForeignKey("catalogue_revision.language"))
    #: SHA-256 of the two forms of the source: one that is another now has another.
    source_hash: Mapped[str]
    #: The message as the program says it, in French.
    source: Mapped[str]
    #: Its other form where it is counted.
    plural: Mapped[str | None]
    #: One text, or one for each plural form of the language.
    forms: Mapped[list[str]]
    #: Who wrote it last; none: the command line, or an account that is gone.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]
