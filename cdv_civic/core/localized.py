"""Localized text: an original in its language, and translations with a state.

A row that has a text in several languages holds the id of a `LocalizedText`. A query asks for the text
in one language by joining two tables (`Localized`), so a page costs the same number of statements in
every language. What is not translated is shown as the original, and marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Select, and_, case, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from cdv_civic.core import clock
from cdv_civic.core.db import Model, db
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

SOURCE_LANGUAGE: Final = "fr"


class TranslationState(StrEnum):
    """How far a translation can be trusted."""

    DRAFT = "draft"  #: not shown to residents yet
    REVIEWED = "reviewed"
    STALE = "stale"  #: shown, marked: the original has changed since


class LocalizedText(Model):
    """An original text in the language it was written in."""

    __tablename__ = "localized_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: BCP 47 tag of the original.
    language: Mapped[str] = mapped_column(default=SOURCE_LANGUAGE)
    original: Mapped[str]


class Translation(Model):
    """One text in one other language."""

    __tablename__ = "translation"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'reviewed', 'stale')", name="state"),
        {"sqlite_with_rowid": False},
    )

    text_id: Mapped[int] = mapped_column(
        ForeignKey("localized_text.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default=TranslationState.REVIEWED.value)
    changed_at: Mapped[datetime]


@dataclass(frozen=True)
class Words:
    """A text as a page shows it."""

    text: str
    language: str  #: tag of the language `text` is in
    translated: bool  #: False where the reader's language is missing and this is the original
    stale: bool = False  #: the original has changed since this translation

    def __str__(self) -> str:
        return self.text


class _Tables(NamedTuple):
    original: Any
    translation: Any
    columns: tuple[ColumnElement[Any], ...]


@cache
def _tables(name: str) -> _Tables:
    """The two tables under names of their own, and what is selected of them.

    Made once for each name: pages ask for the same few texts again and again.
    """
    original = aliased(LocalizedText, name=f"{name}_original")
    shown = aliased(Translation, name=f"{name}_translation")
    columns = (
        func.coalesce(shown.text, original.original).label(name),
        case((shown.text.is_(None), original.language), else_=shown.language).label(f"{name}_language"),
        shown.state.label(f"{name}_state"),
    )
    return _Tables(original, shown, columns)


class Localized:
    """A localized column asked for in one language.

    >>> title = Localized("title", Commitment.title_id, "ar")
    >>> rows = session.execute(title.join(select(Commitment.id, *title.columns)))
    >>> [title.words(row) for row in rows]
    """

    def __init__(
        self, name: str, text_id: InstrumentedAttribute[Any] | ColumnElement[Any], language: str
    ) -> None:
        self._name = name
        self._text_id = text_id
        self._language = language
        self._original, self._translation, self._columns = _tables(name)

    @property
    def columns(self) -> tuple[ColumnElement[Any], ...]:
        """The columns to select: the text, its language, the state of the translation."""
        return self._columns

    def join(self, statement: Select[Any], *, optional: bool = False) -> Select[Any]:
        """`statement` with the two tables joined; `optional` where the text may be absent."""
        return statement.join(self._original, self._original.id == self._text_id, isouter=optional).outerjoin(
            self._translation,
            and_(
                self._translation.text_id == self._original.id,
                self._translation.language == self._language,
                self._translation.state != TranslationState.DRAFT.value,
            ),
        )

    def words(self, row: Any) -> Words:
        """The words of one result row; the text must be there."""
        mapping = row._mapping
        language = mapping[f"{self._name}_language"]
        return Words(
            mapping[self._name],
            language,
            language == self._language,
            mapping[f"{self._name}_state"] == TranslationState.STALE.value,
        )

    def words_or_none(self, row: Any) -> Words | None:
        """The words of one result row, or None where it has no such text."""
        return None if row._mapping[self._name] is None else self.words(row)


def write_original(session: Session, text: str, language: str = SOURCE_LANGUAGE) -> LocalizedText:
    """A new original; its id is known after the flush that this does."""
    localized = LocalizedText(language=language, original=text)
    session.add(localized)
    session.flush()
    return localized


def change_original(session: Session, text_id: int, text: str) -> None:
    """Change an original; its reviewed translations become stale."""
    session.execute(update(LocalizedText).where(LocalizedText.id == text_id).values(original=text))
    session.execute(
        update(Translation)
        .where(Translation.text_id == text_id, Translation.state == TranslationState.REVIEWED.value)
        .values(state=TranslationState.STALE.value)
    )


def translate(
    session: Session,
    text_id: int,
    language: str,
    text: str,
    state: TranslationState = TranslationState.REVIEWED,
) -> None:
    """Put a translation beside an original, or replace the one that stands there."""
    known = session.get(Translation, (text_id, language))
    if known is None:
        session.add(
            Translation(
                text_id=text_id, language=language, text=text, state=state.value, changed_at=clock.now()
            )
        )
    else:
        known.text, known.state, known.changed_at = text, state.value, clock.now()


def said_in(texts: Mapping[str, str]) -> dict[str, str]:
    """The languages in which something was typed, and what: without space around it."""
    return {tag: text.strip() for tag, text in texts.items() if text.strip()}


def put_text(
    session: Session, text_id: int | None, texts: Mapping[str, str], name: str, longest: int
) -> int | None:
    """Write a text in all its languages, by tag: its id, or None where nothing was typed.

    `text_id` is that of the text that stands there, None for a new one. A translation that is not among `texts` is
    deleted; one that is given again unchanged says that it is still right. Raises `DomainError` with the field
    `<name>_<tag>` where a text is longer than `longest`, or the original is missing.
    """
    said = said_in(texts)
    for tag, text in said.items():
        if len(text) > longest:
            raise DomainError(
                _l("Ce texte est trop long : %(most)s signes au plus.", most=longest), field=f"{name}_{tag}"
            )
    original = said.pop(SOURCE_LANGUAGE, "")
    if not original:
        if said:
            raise DomainError(_l("Écrivez d’abord ce texte en français."), field=f"{name}_{SOURCE_LANGUAGE}")
        return None
    if text_id is None:
        text_id = write_original(session, original).id
        for tag, text in said.items():
            translate(session, text_id, tag, text)
    else:
        _change_text(session, text_id, original, said)
    session.flush()
    return text_id


def _change_text(session: Session, text_id: int, original: str, translations: Mapping[str, str]) -> None:
    changed = session.get_one(LocalizedText, text_id, populate_existing=True).original != original
    if changed:
        change_original(session, text_id, original)
    rows = session.execute(
        select(Translation).where(Translation.text_id == text_id),
        execution_options={"populate_existing": True},
    ).scalars()
    known = {row.language: row for row in rows}
    for tag, text in translations.items():
        old = known.pop(tag, None)
        # The same words again say that they are still right, unless the original changed just now.
        still_right = old is not None and not changed and old.state == TranslationState.STALE.value
        if old is None or old.text != text or still_right:
            translate(session, text_id, tag, text)
    for old in known.values():
        session.delete(old)


def forget_text(session: Session, text_id: int | None) -> None:
    """Delete a text that nothing names any more, with its translations."""
    if text_id is not None:
        session.delete(session.get_one(LocalizedText, text_id))


def words_of(text_ids: Sequence[int], language: str) -> dict[int, Words]:
    """Many texts in one language by id, in one statement."""
    if not text_ids:
        return {}
    localized = Localized("text", LocalizedText.id, language)
    statement = localized.join(
        select(LocalizedText.id, *localized.columns).where(LocalizedText.id.in_(set(text_ids)))
    )
    return {row.id: localized.words(row) for row in db.session.execute(statement)}
