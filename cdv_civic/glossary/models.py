"""The table of words."""

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model


class GlossaryEntry(Model):
    """One meaning of one word. An acronym with two meanings has two entries, told apart by `context`."""

    __tablename__ = "glossary_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Its name in the file it was loaded from, and its anchor on the page of words.
    key: Mapped[str] = mapped_column(unique=True)
    #: As documents write it: French.
    term: Mapped[str]
    #: Where several entries have the same term: what this one is about, in French.
    context: Mapped[str | None]
    #: The long form of an acronym, in French: it is the acronym's own words.
    expansion: Mapped[str | None]
    explanation_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Other spellings, plurals.
    aliases: Mapped[list[str]]
    position: Mapped[int]
    #: What the file said when it was loaded last: it tells a change of the file from a change by a human.
    source_row: Mapped[dict[str, Any]]
