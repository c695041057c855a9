"""Texts before their moderators, for tests: a kind of text whose words lie in a table of this module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any, Final

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.moderation.kinds import Author, ModeratedKind, SaidText, moderated_kinds, register_kind
from cdv_civic.moderation.models import (
    Charter,
    CharterPrinciple,
    ModeratedText,
    ModerationDecision,
    ModerationHint,
    ModerationReport,
)
from tests import factories as make
from tests.voices.voices import BodyWithPeople, make_place

KIND: Final = "essai"
WORDS: Final = "Monsieur Untel, au 3, crie la nuit. Le parc ferme trop tôt."
_numbers = count(1)
_said: dict[int, SaidText] = {}
_authors: dict[int, Author] = {}
#: The states in which the feature was told that a text came.
told: list[tuple[int, str]] = []


def _texts(case_ids: Sequence[int], _language: str) -> Mapping[int, SaidText]:
    return {each: _said[each] for each in case_ids if each in _said}


def _read_authors(_session: Session, case_ids: Sequence[int]) -> Mapping[int, Author]:
    return {each: _authors[each] for each in case_ids if each in _authors}


def _changed(_session: Session, case: ModeratedText) -> None:
    told.append((case.id, case.state))


def declare() -> None:
    """Let the application at hand know this kind."""
    told.clear()
    if KIND not in moderated_kinds():
        kind = ModeratedKind(KIND, "Un essai", "bulb", _texts, _read_authors, _changed, shows_photo=True)
        register_kind(current_app._get_current_object(), kind)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Desk:
    """A body with its people, a second moderator, and the staff of the commune."""

    place: BodyWithPeople
    second: SignedIn
    principle_id: int

    @property
    def moderator(self) -> SignedIn:
        return self.place.moderator


def make_desk(slug: str = "val") -> Desk:
    declare()
    place = make_place(slug)
    second = make.make_account(role=Role.MODERATOR.value, scope=Scope(ScopeKind.BODY, place.body.id))
    return Desk(place, second, make_principle(place))


def make_principle(
    place: BodyWithPeople, words: str = "On ne nomme personne.", *, staff: bool = False
) -> int:
    """A published charter with one article; the id of the article."""
    with transaction() as session:
        charter = Charter(
            contract_id=place.contract.id,
            body_id=None if staff else place.body.id,
            read_before=True,
            read_within_hours=72,
            appeals_body_id=None,
            published_at=clock.now(),
            version=1,
        )
        session.add(charter)
        session.flush()
        principle_id = reserve_ids(session, CharterPrinciple)[0]
        owner = TextOwner("charter_principle", principle_id, "text", place.contract.id)
        text_id = write_original(session, words, owner).id
        session.add(
            CharterPrinciple(
                id=principle_id, charter_id=charter.id, position=1, text_id=text_id, retired_at=None
            )
        )
    return principle_id


def make_case(contract_id: int, body_id: int | None, **values: Any) -> int:
    """A case that waits, of a text without words; its id."""
    now = clock.now()
    with transaction() as session:
        case = ModeratedText(
            **{
                "kind": KIND,
                "contract_id": contract_id,
                "body_id": body_id,
                "commune_id": None,
                "state": "en_attente",
                "sensitive": False,
                "minor": False,
                "author_id": None,
                "received_at": now,
                "due_at": now + timedelta(hours=72),
                "published_at": now if values.get("state") == "publie" else None,
                "shown_words": None,
                "merged_into_id": None,
                "version": 1,
                **values,
            }
        )
        session.add(case)
        session.flush()
        return case.id


def make_text(
    desk: Desk,
    words: str = WORDS,
    *,
    author: Author | None = None,
    title: str = "",
    photo_id: int | None = None,
    **values: Any,
) -> int:
    """A text that waits for the moderators of the body; the id of its case."""
    body_id = values.pop("body_id", desk.place.body.id)
    text_id = make_case(desk.place.contract.id, body_id, **values)
    _said[text_id] = SaidText(title, words, "fr", photo_id, place="Une boîte à idées")
    _authors.pop(text_id, None)
    if author is not None:
        _authors[text_id] = author
    return text_id


def make_report(text_id: int, contact: str | None = "voisin@example.org", **values: Any) -> int:
    number = next(_numbers)
    now = clock.now()
    with transaction() as session:
        report = ModerationReport(
            **{
                "text_id": text_id,
                "reason": "noms",
                "words": "On reconnaît mon voisin.",
                "lang": "fr",
                "reporter_id": None,
                "contact_kind": None if contact is None else "email",
                "contact": contact,
                "received_at": now,
                "due_at": now + timedelta(hours=24),
                "client_key": f"cle-{number}",
                "receipt_hash": f"signalement-{number}",
                "decision_id": None,
                "decided_at": None,
                **values,
            }
        )
        session.add(report)
        session.flush()
        return report.id


def make_hint(text_id: int, starts_at: int, ends_at: int, kind: str = "nom") -> int:
    with transaction() as session:
        hint = ModerationHint(
            text_id=text_id,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            pattern_id=None,
            other_text_id=None,
            false_alarm=None,
        )
        session.add(hint)
        session.flush()
        return hint.id


def by_mail(address: str = "autrice@example.org", language: str = "fr") -> Author:
    return Author(None, "email", address, language, has_receipt=True)


def stored_case(text_id: int) -> ModeratedText:
    db.session.rollback()
    return db.session.get_one(ModeratedText, text_id, populate_existing=True)


def decisions(text_id: int) -> list[ModerationDecision]:
    db.session.rollback()
    found = db.session.execute(
        select(ModerationDecision)
        .where(ModerationDecision.text_id == text_id)
        .order_by(ModerationDecision.id)
    )
    return list(found.scalars())
