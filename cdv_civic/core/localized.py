"""Localized text: an original in its language, and translations with a state.

A row that has a text in several languages holds the id of a `LocalizedText`, which knows that row (`core.text_owners`).
A query asks for the text in one language by joining two tables (`Localized`), so a page costs the same number of
statements in every language. What is not translated is shown as the original, and marked.

An original counts its versions, and a translation says which of them it renders: one that renders an older version is
stale. Nothing else is stored of that, so a changed original writes one row however many languages it has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    func,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from cdv_civic.core import clock
from cdv_civic.core.db import Model, db
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.problem_words import problems_words
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE, Problem, problems
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner, check_owner

#: Problems of a translation that are told at once.
_MOST_TOLD: Final = 3


class TranslationState(StrEnum):
    """How far a translation can be trusted."""

    DRAFT = "draft"  #: not shown to residents yet
    REVIEWED = "reviewed"
    #: Reviewed and shown, marked: the original has changed since. Never stored: see `standing`.
    STALE = "stale"


class LocalizedText(Model):
    """An original text in the language it was written in."""

    __tablename__ = "localized_text"
    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("owner_kind <> '' AND field <> ''", name="owned"),
        UniqueConstraint("owner_kind", "owner_id", "field"),
        # What lacks a language, oldest change first.
        Index("ix_localized_text_oldest", "contract_id", "changed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: BCP 47 tag of the original.
    language: Mapped[str] = mapped_column(default=SOURCE_LANGUAGE)
    original: Mapped[str]
    #: From 1, raised by each change of its words.
    version: Mapped[int] = mapped_column(default=1)
    #: When its words changed last.
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: What it belongs to: see `text_owners.TextOwner`. No foreign key: texts are written before their owners.
    owner_kind: Mapped[str]
    owner_id: Mapped[int]
    field: Mapped[str]
    contract_id: Mapped[int | None]


class Translation(Model):
    """One text in one other language."""

    __tablename__ = "translation"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'reviewed')", name="state"),
        CheckConstraint("(state = 'reviewed') = (reviewed_at IS NOT NULL)", name="reviewed_at_a_moment"),
        CheckConstraint("reviewer_id IS NULL OR state = 'reviewed'", name="reviewed_by_somebody"),
        CheckConstraint("renders_version >= 0", name="renders_version"),
        {"sqlite_with_rowid": False},
    )

    text_id: Mapped[int] = mapped_column(
        ForeignKey("localized_text.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default=TranslationState.REVIEWED.value)
    #: The version of the original that it renders; 0: one of before versions were counted.
    renders_version: Mapped[int]
    #: When its words changed last, and whose they are. None: a file's, or somebody's who has been erased.
    changed_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: When somebody said last that it is right, and who.
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


def standing(original: Any = LocalizedText, translation: Any = Translation) -> ColumnElement[str]:
    """A `TranslationState` as a column of a statement that joins both tables; NULL where there is no translation."""
    reviewed = translation.state == TranslationState.REVIEWED.value
    stale = and_(reviewed, translation.renders_version < original.version)
    return case((stale, TranslationState.STALE.value), else_=translation.state)


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
        (shown.renders_version < original.version).label(f"{name}_stale"),
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
        """The columns to select: the text, its language, whether the original has changed since."""
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
            bool(mapping[f"{self._name}_stale"]),
        )

    def words_or_none(self, row: Any) -> Words | None:
        """The words of one result row, or None where it has no such text."""
        return None if row._mapping[self._name] is None else self.words(row)


def write_original(
    session: Session, text: str, owner: TextOwner, language: str = SOURCE_LANGUAGE
) -> LocalizedText:
    """A new original of an owner, which may be written after it (`row_ids`); its id is known after the flush here."""
    check_owner(owner)
    localized = LocalizedText(
        language=language,
        original=text,
        owner_kind=owner.kind,
        owner_id=owner.id,
        field=owner.field,
        contract_id=owner.contract_id,
    )
    session.add(localized)
    session.flush()
    return localized


def change_originals(session: Session, texts: Mapping[int, str]) -> None:
    """Change originals by id, so that their translations are stale; one that says the same stays as it is.

    1 statement, sent for each text.
    """
    if not texts:
        return
    table = cast(Table, LocalizedText.__table__)
    statement = (
        update(table)
        .where(table.c.id == bindparam("text_id"), table.c.original != bindparam("words"))
        .values(original=bindparam("words"), version=table.c.version + 1, changed_at=clock.now())
    )
    # In the order of ids, as whoever changes several locks them.
    session.execute(statement, [{"text_id": each, "words": texts[each]} for each in sorted(texts)])
    for text_id in texts:
        known = session.identity_map.get(session.identity_key(LocalizedText, text_id))
        if known is not None:
            session.expire(known)


def translate(
    session: Session,
    text_id: int,
    language: str,
    text: str,
    *,
    author: Actor | None,
    state: TranslationState = TranslationState.REVIEWED,
    field: str | None = None,
) -> None:
    """Put a translation of the original as it stands, in place of the one that stands there.

    The one way to write a translation. One that adds a tag, a link, a number or an address to its original, or leaves
    one out, raises `BadTranslation` with the `field` of the form; from a file, where nobody can correct it at once, it
    becomes a draft, so that the original is shown. The original stays locked until the caller's transaction ends, so
    that of two at once the second writes over what the first did: a form compares versions (`texts_version`) after it
    has locked the owner. The same words again say that they are still right: their author stays. `author` is None for
    a file.
    2 statements and the row.
    """
    rendered = session.execute(
        select(LocalizedText.version, LocalizedText.original)
        .where(LocalizedText.id == text_id)
        .with_for_update(key_share=True)
    ).one()
    text = _lines(text)
    if found := problems(_lines(rendered.original), text, language):
        if author is not None:
            raise BadTranslation(found, field)
        state = TranslationState.DRAFT
    now, account_id = clock.now(), author.actor_id if author is not None else None
    known = session.get(Translation, (text_id, language), populate_existing=True)
    if known is None:
        known = Translation(text_id=text_id, language=language)
        session.add(known)
    if known.text != text:
        known.text, known.changed_at, known.author_id = text, now, account_id
    known.state, known.renders_version = state.value, rendered.version
    reviewed = state is TranslationState.REVIEWED
    known.reviewed_at, known.reviewer_id = (now, account_id) if reviewed else (None, None)
    session.flush()


class BadTranslation(DomainError):
    """A translation that adds something to its original, or leaves something out."""

    def __init__(self, found: Sequence[Problem], field: str | None) -> None:
        super().__init__(problems_words(found[:_MOST_TOLD]), field=field)


def said_in(texts: Mapping[str, str]) -> dict[str, str]:
    """The languages in which something was typed, and what: without space around it, lines ended by LF alone."""
    return {tag: said for tag, text in texts.items() if (said := _lines(text).strip())}


def _lines(text: str) -> str:
    """A text as it is kept: browsers send CRLF at the end of a line."""
    return text.replace("\r\n", "\n")


def put_text(
    session: Session,
    text_id: int | None,
    texts: Mapping[str, str],
    name: str,
    longest: int,
    owner: TextOwner,
    author: Actor | None,
) -> int | None:
    """Write a text in all its languages, by tag: its id, or None where nothing was typed.

    `text_id` is that of the text that stands there, None for a new one. A translation that is not among `texts` is
    deleted; one that is given again unchanged says that it is still right. Raises `DomainError` with the field
    `<name>_<tag>` where a text is longer than `longest`, or the original is missing.
    """
    said = said_in(texts)
    too_long = _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=longest)
    with Refusals() as refused:
        for tag, text in said.items():
            if len(text) > longest:
                refused.add(DomainError(too_long, field=f"{name}_{tag}"))
        original = said.pop(SOURCE_LANGUAGE, "")
        if said and not original:
            refused.add(
                DomainError(_l("Écrivez d’abord ce texte en français."), field=f"{name}_{SOURCE_LANGUAGE}")
            )
    if not original:
        return None
    if text_id is None:
        text_id = write_original(session, original, owner).id
        with Refusals() as refused:
            for tag, text in said.items():
                refused.unless(translate, session, text_id, tag, text, author=author, field=f"{name}_{tag}")
    else:
        _change_text(session, text_id, original, said, name, author)
    session.flush()
    return text_id


def _change_text(
    session: Session,
    text_id: int,
    original: str,
    translations: Mapping[str, str],
    name: str,
    author: Actor | None,
) -> None:
    row = session.get_one(LocalizedText, text_id, populate_existing=True, with_for_update={"key_share": True})
    changed, version = _lines(row.original) != original, row.version
    if changed:
        change_originals(session, {text_id: original})
    rows = session.execute(
        select(Translation).where(Translation.text_id == text_id),
        execution_options={"populate_existing": True},
    ).scalars()
    known = {each.language: each for each in rows}
    with Refusals() as refused:
        for tag, text in translations.items():
            old = known.pop(tag, None)
            # The same words again say that they are still right, unless the original changed just now.
            reviewed = old is not None and old.state == TranslationState.REVIEWED.value
            still_right = old is not None and reviewed and not changed and old.renders_version < version
            if old is None or old.text != text or still_right:
                refused.unless(translate, session, text_id, tag, text, author=author, field=f"{name}_{tag}")
    for gone in known.values():
        session.delete(gone)


def words_of(text_ids: Sequence[int], language: str) -> dict[int, Words]:
    """Many texts in one language by id, in one statement."""
    if not text_ids:
        return {}
    localized = Localized("text", LocalizedText.id, language)
    statement = localized.join(
        select(LocalizedText.id, *localized.columns).where(LocalizedText.id.in_(set(text_ids)))
    )
    return {row.id: localized.words(row) for row in db.session.execute(statement)}


def texts_in_all(*text_ids: int | None) -> list[dict[str, str]]:
    """Each text in all its languages; 2 statements."""
    asked = [text_id for text_id in text_ids if text_id is not None]
    found: dict[int, dict[str, str]] = {text_id: {} for text_id in asked}
    if asked:
        originals = select(LocalizedText.id, LocalizedText.language, LocalizedText.original).where(
            LocalizedText.id.in_(asked)
        )
        translations = select(Translation.text_id, Translation.language, Translation.text).where(
            Translation.text_id.in_(asked)
        )
        for statement in (originals, translations):
            for text_id, language, text in db.session.execute(statement):
                found[text_id][language] = text
    return [found.get(text_id, {}) if text_id is not None else {} for text_id in text_ids]
