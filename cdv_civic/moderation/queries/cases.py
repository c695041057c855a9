"""One text as its moderators read it: its words, what asks for a look in them, reports, and what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, or_, select

from cdv_civic.core import clock
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.moderation.kinds import ModeratedKind, SaidText, choosers_of, moderated_kinds, said_texts
from cdv_civic.moderation.models import (
    Charter,
    CharterPrinciple,
    ModeratedText,
    ModerationReport,
)
from cdv_civic.moderation.queries.hints import TextHint, hints_of
from cdv_civic.moderation.queries.overruled import is_overruled
from cdv_civic.moderation.rules.decisions import OPEN_STATES, PUBLIC_STATES, acts_in
from cdv_civic.moderation.rules.parts import ShownParts
from cdv_civic.territory.models import Body, Commune, Contract

#: Reports whose words are shown; a flood against one text is counted.
MOST_REPORTS: Final = 20
#: Texts that another one can be merged into, offered at most.
MOST_OTHERS: Final = 50


@dataclass(frozen=True)
class ShownReport:
    """What somebody says against the text; never who."""

    id: int
    reason: str
    words: str
    lang: str
    received_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Case:
    """A text at the desk."""

    id: int
    contract_id: int
    contract: str
    body_id: int | None
    #: Whose moderators read it: a body, a commune, or the contract.
    place: str
    kind: ModeratedKind
    state: str
    said: SaidText | None
    #: What asks for a look in it.
    hints: tuple[TextHint, ...]
    #: What everybody sees of it.
    shown: ShownParts
    #: Whether everybody sees a photo with it, once it is public.
    has_photo: bool
    sensitive: bool
    minor: bool
    #: Whether the reader wrote it, or chose that it be published: another person decides.
    own: bool
    chosen: bool
    #: Whether an appeal changed what the reader decided: somebody else decides what follows.
    overruled: bool
    received_at: datetime
    due_at: datetime
    late: bool
    published_at: datetime | None
    merged_into_id: int | None
    reports: tuple[ShownReport, ...]
    open_reports: int
    version: int
    acts: tuple[str, ...]


def place_of_case(text_id: int) -> tuple[int, int | None] | None:
    """The contract and the body (None: staff reads it) of a case; 1 statement."""
    row = rows_of(
        select(ModeratedText.contract_id, ModeratedText.body_id).where(ModeratedText.id == text_id)
    ).one_or_none()
    return None if row is None else (row.contract_id, row.body_id)


def case_at_desk(text_id: int, reader: int | None, language: str) -> Case | None:
    """A case for its desk; 6 statements, and 1 for a kind of which texts are chosen."""
    row = db.session.execute(
        select(
            ModeratedText,
            Contract.slug,
            func.coalesce(Body.name, Commune.name, Contract.short_title).label("place"),
        )
        .join(Contract, Contract.id == ModeratedText.contract_id)
        .outerjoin(Body, Body.id == ModeratedText.body_id)
        .outerjoin(Commune, Commune.id == ModeratedText.commune_id)
        .where(ModeratedText.id == text_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or row.ModeratedText.kind not in moderated_kinds():
        return None
    text: ModeratedText = row.ModeratedText
    kind = moderated_kinds()[text.kind]
    said = said_texts({text.id: text.kind}, language).get(text.id)
    hints = hints_of([text.id]).get(text.id, ())
    reports, how_many = _reports_of(text.id)
    now = clock.now()
    due = (
        text.due_at
        if text.state in OPEN_STATES
        else min((each.due_at for each in reports), default=text.due_at)
    )
    waits = text.state in OPEN_STATES or how_many > 0
    overruled = is_overruled(db.session(), text, reader)
    return Case(
        text.id,
        text.contract_id,
        row.slug,
        text.body_id,
        row.place,
        kind,
        text.state,
        said,
        hints,
        ShownParts(text.shown_words, text.shown_title, text.photo_hidden),
        kind.shows_photo and said is not None and said.photo_id is not None,
        text.sensitive,
        text.minor,
        reader is not None and text.author_id == reader,
        reader is not None and choosers_of(db.session(), {text.id: text.kind}).get(text.id) == reader,
        overruled,
        text.received_at,
        due,
        waits and due < now,
        text.published_at,
        text.merged_into_id,
        reports,
        how_many,
        text.version,
        tuple(
            act.value
            for act in acts_in(
                text.state,
                part_hidden=text.part_hidden,
                rewordable=kind.rewordable,
                overruled=overruled,
            )
        ),
    )


def _reports_of(text_id: int) -> tuple[tuple[ShownReport, ...], int]:
    rows = rows_of(
        select(
            ModerationReport.id,
            ModerationReport.reason,
            ModerationReport.words,
            ModerationReport.lang,
            ModerationReport.received_at,
            ModerationReport.due_at,
            func.count().over().label("how_many"),
        )
        .where(ModerationReport.text_id == text_id, ModerationReport.decided_at.is_(None))
        .order_by(ModerationReport.id)
        .limit(MOST_REPORTS)
    ).all()
    shown = tuple(ShownReport(*tuple(row)[:-1]) for row in rows)
    return shown, rows[0].how_many if rows else 0


@dataclass(frozen=True)
class Principle:
    """One article of the charter that holds where a text stands."""

    id: int
    words: Words


def principles_for(contract_id: int, body_id: int | None, language: str) -> list[Principle]:
    """The articles in force of the charter of a place, in their order; 1 statement."""
    text = Localized("text", CharterPrinciple.text_id, language)
    statement: Any = (
        select(CharterPrinciple.id, *text.columns)
        .join(Charter, Charter.id == CharterPrinciple.charter_id)
        .where(
            Charter.contract_id == contract_id,
            Charter.body_id.is_(None) if body_id is None else Charter.body_id == body_id,
            Charter.published_at.is_not(None),
            CharterPrinciple.retired_at.is_(None),
        )
        .order_by(CharterPrinciple.position, CharterPrinciple.id)
    )
    return [Principle(row.id, text.words(row)) for row in rows_of(text.join(statement))]


@dataclass(frozen=True)
class OtherText:
    """A public text that another one can be merged into."""

    id: int
    said: SaidText


def others_to_merge_into(case: Case, language: str) -> list[OtherText]:
    """Public texts of the same kind and contract, those that say nearly the same first; 2 statements."""
    near = [each.other_id for each in case.hints if each.other_id is not None]
    rows: Sequence[int] = (
        rows_of(
            select(ModeratedText.id)
            .where(
                ModeratedText.kind == case.kind.code,
                ModeratedText.contract_id == case.contract_id,
                ModeratedText.body_id.is_(None)
                if case.body_id is None
                else ModeratedText.body_id == case.body_id,
                ModeratedText.state.in_(sorted(PUBLIC_STATES)),
                ModeratedText.id != case.id,
            )
            .order_by(or_(ModeratedText.id.in_(near)).desc(), ModeratedText.id.desc())
            .limit(MOST_OTHERS)
        )
        .scalars()
        .all()
    )
    said = said_texts(dict.fromkeys(rows, case.kind.code), language)
    return [OtherText(each, said[each]) for each in rows if each in said]
