"""The drafts of an account: that of one form, and all of them for « Mes brouillons »."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor
from cdv_civic.drafts.kinds import DraftKind, DraftPlace, draft_kinds
from cdv_civic.drafts.models import Draft
from cdv_civic.drafts.rules import DraftKey, Typed, end_of


@dataclass(frozen=True)
class KeptDraft:
    """A draft as plain values."""

    id: int
    key: DraftKey
    typed: Typed
    base: str
    version: str
    saved_at: datetime


def _plain(row: Draft) -> KeptDraft:
    return KeptDraft(
        row.id, DraftKey(row.form_kind, row.owner_key), row.fields, row.base, row.version, row.saved_at
    )


def kept_draft(account_id: int, key: DraftKey) -> KeptDraft | None:
    """What an account keeps of one form; 1 statement."""
    row = db.session.execute(
        select(Draft)
        .where(Draft.account_id == account_id, Draft.form_kind == key.kind, Draft.owner_key == key.owner)
        .execution_options(populate_existing=True)
    ).scalar()
    return _plain(row) if row is not None else None


@dataclass(frozen=True)
class ListedDraft:
    """A draft in the list of its author."""

    id: int
    #: None: the site has no such form any more.
    kind: DraftKind | None
    #: None: what it was about is gone.
    place: DraftPlace | None
    #: Whether its author may still open the form.
    reachable: bool
    #: What was typed, the longest text first.
    texts: Sequence[str]
    saved_at: datetime
    ends_at: datetime


#: Shorter texts without a space are answers of lists: days, codes, boxes.
_A_TEXT: Final = 20


def texts_of(typed: Typed) -> list[str]:
    """What was written in words, the longest first."""
    texts = {value.strip() for values in typed.values() for value in values}
    return sorted(
        (text for text in texts if len(text) >= _A_TEXT or " " in text), key=lambda text: (-len(text), text)
    )


def _rows(account_id: int) -> list[KeptDraft]:
    rows = db.session.execute(
        select(Draft)
        .where(Draft.account_id == account_id)
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
        .execution_options(populate_existing=True)
    ).scalars()
    return [_plain(row) for row in rows]


def listed_drafts(actor: Actor, account_id: int, language: str) -> list[ListedDraft]:
    """The drafts of an account, the newest first. 1 statement, and 1 for each kind that is among them."""
    rows = _rows(account_id)
    kinds = draft_kinds()
    places: dict[str, Mapping[str, DraftPlace]] = {
        name: kinds[name].describe([row.key.owner for row in rows if row.key.kind == name], language)
        for name in dict.fromkeys(row.key.kind for row in rows)
        if name in kinds
    }
    found = []
    for row in rows:
        kind = kinds.get(row.key.kind)
        place = places.get(row.key.kind, {}).get(row.key.owner)
        found.append(
            ListedDraft(
                id=row.id,
                kind=kind,
                place=place,
                reachable=kind is not None and place is not None and may(actor, kind.action),
                texts=texts_of(row.typed),
                saved_at=row.saved_at,
                ends_at=end_of(row.saved_at),
            )
        )
    return found


def own_draft(account_id: int, draft_id: int) -> KeptDraft | None:
    """A draft of an account; None where it is another's or gone. 1 statement."""
    row = db.session.execute(
        select(Draft).where(Draft.id == draft_id, Draft.account_id == account_id)
    ).scalar()
    return _plain(row) if row is not None else None
