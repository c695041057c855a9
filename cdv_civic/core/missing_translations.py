"""What residents cannot read in a language yet, or read in words of before: texts that lack a translation.

Texts count that residents read, or will once somebody publishes them: their kind says so (`text_owners.TextKind`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from cdv_civic.core.db import db
from cdv_civic.core.localized import LocalizedText, Translation, TranslationState, standing
from cdv_civic.core.paging import Cursor, Key, Page, beyond, ordered, page_of
from cdv_civic.core.text_owners import TextKind, text_kinds

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class MissingText:
    """A text that lacks a translation into one language, or whose translation is a draft or stale."""

    text_id: int
    kind: TextKind
    owner_id: int
    field: str
    original: str
    #: The tag of the original.
    language: str
    changed_at: datetime
    #: What stands there; None: nothing.
    translated: str | None
    state: TranslationState | None

    @property
    def key(self) -> Key:
        """What its page is found by: the moment in seconds and microseconds, and the text."""
        return (int(self.changed_at.timestamp()), self.changed_at.microsecond, self.text_id)


def lacks(language: str, translation: Any) -> ColumnElement[bool]:
    """The condition that a `LocalizedText` lacks a language, where its `translation` into it is joined (outer).

    It is written in another one, and there is no translation, or a draft, or a stale one.
    """
    return and_(
        LocalizedText.language != language,
        or_(
            translation.text_id.is_(None),
            translation.state == TranslationState.DRAFT.value,
            translation.renders_version < LocalizedText.version,
        ),
    )


def owners_that_lack(language: str, kind: str) -> Select[int]:
    """The ids of the owners of one kind of which some text lacks a language."""
    translation = aliased(Translation)
    return (
        select(LocalizedText.owner_id)
        .outerjoin(translation, _into(language, translation))
        .where(LocalizedText.owner_kind == kind, lacks(language, translation))
    )


def texts_that_lack(language: str, *kinds: str) -> Select[Any]:
    """A statement without columns of the texts of some kinds that lack a language and that residents read.

    `LocalizedText` is there to be selected. For what counts the work of translators.
    """
    found: Select[Any] = _lacking(select(), language, {name: text_kinds()[name] for name in kinds})
    return found


def count_missing(contract_id: int | None, language: str) -> Mapping[TextKind, int]:
    """How many texts of a contract (None: of the whole site) lack a language, by kind; 1 statement."""
    kinds = text_kinds()
    statement = _missing(
        select(LocalizedText.owner_kind, func.count()), contract_id, language, kinds
    ).group_by(LocalizedText.owner_kind)
    found = dict(db.session.execute(statement).all())
    return {kind: found[name] for name, kind in kinds.items() if name in found}


def missing_texts(contract_id: int | None, language: str, cursor: Cursor | None = None) -> Page[MissingText]:
    """The texts of a contract (None: of the whole site) that lack a language, 50 at a time; 1 statement.

    Those whose words have waited longest come first. A `cursor` has the three parts of `MissingText.key`.
    """
    kinds = text_kinds()
    statement = _missing(
        select(
            LocalizedText.id,
            LocalizedText.owner_kind,
            LocalizedText.owner_id,
            LocalizedText.field,
            LocalizedText.original,
            LocalizedText.language,
            LocalizedText.changed_at,
            Translation.text,
            standing().label("standing"),
        ),
        contract_id,
        language,
        kinds,
    )
    columns = (LocalizedText.changed_at, LocalizedText.id)
    if cursor is not None:
        seconds, microseconds, text_id = cursor.key
        moment = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)
        near = columns[0] <= moment if cursor.before else columns[0] >= moment
        # The first condition is where the walk along the index begins, the second says which of that moment.
        statement = statement.where(near, beyond(columns, (moment, text_id), cursor.before))
    backwards = cursor is not None and cursor.before
    found = [
        MissingText(
            row.id,
            kinds[row.owner_kind],
            row.owner_id,
            row.field,
            row.original,
            row.language,
            row.changed_at,
            row.text,
            TranslationState(row.standing) if row.standing else None,
        )
        for row in db.session.execute(ordered(statement, columns, PER_PAGE, backwards=backwards))
    ]
    return page_of(found, cursor, PER_PAGE, lambda each: each.key)


def _into(language: str, translation: Any = Translation) -> ColumnElement[bool]:
    return and_(translation.text_id == LocalizedText.id, translation.language == language)


def _missing(statement: Any, contract_id: int | None, language: str, kinds: Mapping[str, TextKind]) -> Any:
    """`statement` of the texts of a contract (None: of the whole site) that lack a language and that residents read."""
    return _lacking(statement, language, kinds).where(
        LocalizedText.contract_id.is_(None)
        if contract_id is None
        else LocalizedText.contract_id == contract_id
    )


def _lacking(statement: Any, language: str, kinds: Mapping[str, TextKind]) -> Any:
    shown = [name for name, kind in kinds.items() if kind.shown]
    hidden = [
        and_(LocalizedText.owner_kind == name, LocalizedText.owner_id.in_(kind.hidden()))
        for name, kind in kinds.items()
        if kind.shown and kind.hidden is not None
    ]
    return (
        statement.select_from(LocalizedText)
        .outerjoin(Translation, _into(language))
        .where(
            LocalizedText.owner_kind.in_(shown),
            lacks(language, Translation),
            *(~each for each in hidden),
        )
    )
