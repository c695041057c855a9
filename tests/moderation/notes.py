"""A kind of moderated text for tests, « Essai »: its words lie in memory, and it notes each change of a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import translate, write_original
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.moderation.kinds import Author, ModeratedKind, SaidText, moderated_kinds
from cdv_civic.moderation.models import (
    Charter,
    CharterPrinciple,
    ModeratedText,
    ModerationAppeal,
    ModerationDecision,
)
from cdv_civic.moderation.operations.deciding import carry_out
from cdv_civic.moderation.operations.entering import ModeratedBy, open_case
from cdv_civic.moderation.operations.locking import lock_texts
from cdv_civic.moderation.operations.verdicts import ModerationVerdict
from cdv_civic.moderation.reports.operations import NewReport
from cdv_civic.moderation.rules.appeals import AppealSide
from cdv_civic.moderation.rules.decisions import (
    RESTRICTIONS,
    LegalGround,
    ModerationAct,
    Reasons,
    Source,
    TextState,
)
from cdv_civic.territory.models import Body, Contract

KIND = "essai"
_numbers = count(1)


@dataclass
class Notes:
    """The texts of one test."""

    said: dict[int, SaidText] = field(default_factory=dict)
    authors: dict[int, Author] = field(default_factory=dict)
    #: Receipts of texts, as `read_receipt` gives them.
    receipts: dict[str, int] = field(default_factory=dict)
    #: Cases that changed, with the state they came to.
    changed: list[tuple[int, str]] = field(default_factory=list)

    def texts(self, ids: Sequence[int], _language: str) -> Mapping[int, SaidText]:
        return {each: self.said[each] for each in ids if each in self.said}

    def authors_of(self, _session: Session, ids: Sequence[int]) -> Mapping[int, Author]:
        return {each: self.authors[each] for each in ids if each in self.authors}

    def note(self, _session: Session, text: ModeratedText) -> None:
        self.changed.append((text.id, text.state))

    def case_of(self, _session: Session, code: str) -> int | None:
        return self.receipts.get(code)

    def write(
        self,
        place: Body | Contract,
        words: str = "Le banc du parc est cassé.",
        *,
        author: Author | None = None,
        read_before: bool = False,
        sensitive: bool = False,
    ) -> int:
        """A text that somebody wrote, public unless it is read before; the id of its case."""
        of_body = isinstance(place, Body)
        by = ModeratedBy(place.contract_id, place.id) if of_body else ModeratedBy(place.id)  # type: ignore[union-attr]
        with transaction() as session:
            text = open_case(
                session,
                KIND,
                by,
                author_id=author.account_id if author else None,
                read_before=read_before,
                sensitive=sensitive,
            )
            text_id = text.id
        self.said[text_id] = SaidText("Un banc", words, "fr", None, "/fr/", "La boîte")
        if author is not None:
            self.authors[text_id] = author
        return text_id


@pytest.fixture
def notes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Notes:
    """The kind, registered for one test."""
    made = Notes()
    kind = ModeratedKind(
        KIND,
        "Essai",
        "bulb",
        made.texts,
        made.authors_of,
        made.note,
        case_of_receipt=made.case_of,
    )
    monkeypatch.setitem(app.extensions, "moderated_kinds", {**moderated_kinds(), KIND: kind})
    return made


def without_account(email: str | None = None, language: str = "fr") -> Author:
    """An author who left an address, or nothing."""
    return Author(None, "email" if email else None, email, language, has_receipt=True)


def with_account(account: SignedIn, language: str = "fr") -> Author:
    """An author who wrote with their account."""
    return Author(account.actor_id, None, None, language, has_receipt=False)


def a_report(text_id: int, reason: str = "injure", **values: Any) -> NewReport:
    return NewReport(
        **{
            "text_id": text_id,
            "reason": reason,
            "client_key": f"un-signalement-{next(_numbers):08}",
            "words": "Le dernier mot.",
            **values,
        }
    )


def decide(
    text_id: int,
    act: ModerationAct,
    by: SignedIn,
    *,
    law: LegalGround | None = LegalGround.INSULT,
    principle_id: int | None = None,
    part: str | None = None,
) -> int:
    """What a moderator decides; the id of the decision, which answers the reports that wait."""
    reasons = Reasons()
    if act in RESTRICTIONS:
        reasons = Reasons(principle_id, None if principle_id else law, "Un mot blesse.")
    verdict = ModerationVerdict(act, reasons, part, decided_for="Le conseil")
    with transaction() as session:
        return carry_out(session, by, lock_texts(session, [text_id])[text_id], verdict)


def make_appeal(body: Body, words: str) -> int:
    """An appeal of an author that waits for the moderators of a body, against nobody's decision that is here still."""
    with transaction() as session:
        by = ModeratedBy(body.contract_id, body.id)
        text = open_case(session, KIND, by, author_id=None, read_before=False)
        text.state = TextState.HIDDEN.value
        (decision_id,) = reserve_ids(session, ModerationDecision)
        owner = TextOwner("moderation_decision", decision_id, "facts", body.contract_id)
        decision = ModerationDecision(
            id=decision_id,
            text_id=text.id,
            act=ModerationAct.HIDE.value,
            source=Source.OWN_LOOK.value,
            hinted=False,
            principle_id=None,
            law=LegalGround.INSULT.value,
            points_to_help=False,
            facts_id=write_original(session, "Un mot blesse.", owner).id,
            decided_at=clock.now(),
            decided_by=None,
            decided_for="Le conseil",
        )
        session.add(decision)
        session.flush()
        appeal = ModerationAppeal(
            decision_id=decision_id,
            contested_by=None,
            side=AppealSide.AUTHOR.value,
            report_id=None,
            words=words,
            lang="fr",
            received_at=clock.now(),
            due_at=clock.now(),
            client_key=f"un-recours-fait-{next(_numbers)}",
            to_body_id=body.id,
            outcome=None,
            answer_id=None,
            decided_at=None,
            decided_by=None,
            decided_for="",
            version=1,
        )
        session.add(appeal)
        session.flush()
        return appeal.id


def make_charter(
    place: Body | Contract, *principles: str, appeals_to: Body | None = None, hours: int = 48
) -> list[int]:
    """A published charter; the ids of its principles."""
    contract_id = place.contract_id if isinstance(place, Body) else place.id
    with transaction() as session:
        charter = Charter(
            contract_id=contract_id,
            body_id=place.id if isinstance(place, Body) else None,
            read_before=True,
            read_within_hours=hours,
            appeals_body_id=appeals_to.id if appeals_to else None,
            published_at=clock.now(),
            version=1,
        )
        session.add(charter)
        session.flush()
        ids = []
        for position, principle in enumerate(principles):
            (row_id,) = reserve_ids(session, CharterPrinciple)
            owner = TextOwner("charter_principle", row_id, "text", contract_id)
            text_id = write_original(session, principle, owner).id
            translate(session, text_id, "en", f"{principle} (en)", author=None)
            session.add(
                CharterPrinciple(
                    id=row_id, charter_id=charter.id, position=position, text_id=text_id, retired_at=None
                )
            )
            ids.append(row_id)
    return ids


def case(text_id: int) -> ModeratedText:
    """A case as it is stored now."""
    db.session.rollback()
    return db.session.get_one(ModeratedText, text_id, populate_existing=True)
