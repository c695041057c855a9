"""Somebody contests a decision: the author of the text, or who reported it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import in_force
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.core import clock, pasted_text
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.forms.base import too_long
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Role
from cdv_civic.moderation.appeals import rules as remedies
from cdv_civic.moderation.appeals.operations.locking import UNKNOWN_DECISION, decision_and_text
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import (
    Charter,
    ModeratedText,
    ModerationAppeal,
    ModerationDecision,
    ModerationReport,
)
from cdv_civic.moderation.rules.appeals import LONGEST_APPEAL, AppealSide, may_contest
from cdv_civic.moderation.rules.decisions import ModerationAct
from cdv_civic.notices.letters import mail_language
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.territory.models import Body


class AppealedBefore(Conflict):
    """This side has contested the decision already."""

    def __init__(self) -> None:
        super().__init__(_l("Cette décision est déjà contestée\u00a0: une autre personne vous répondra."))


@dataclass(frozen=True)
class NewAppeal:
    """What somebody says against a decision."""

    decision_id: int
    words: str
    #: Random name of the form: sent twice, it is one row.
    client_key: str
    #: The language of the site that it was written in.
    lang: str = "fr"


def contest(author: Actor, new: NewAppeal) -> int:
    """Contest a decision about one's own text, or one that left a text that one reported; the appeal's id.

    The same form again gives the same. Raises `Forbidden`, `NotFound`, `Conflict`, `DomainError`.
    """
    require(author, "account.self")
    return _once(new, author.actor_id, None)


def contest_by_receipt(code: str, new: NewAppeal) -> int:
    """The same by the receipt of the text or of the report, as `read_receipt` gives it.

    Raises `NotFound`, `Conflict`, `DomainError`.
    """
    require(None, "text.report")
    return _once(new, None, code)


def _once(new: NewAppeal, account_id: int | None, code: str | None) -> int:
    try:
        return _contest(new, account_id, code)
    except IntegrityError:
        # The same form, or another one of the same side, was faster.
        return _contest(new, account_id, code)


def _contest(new: NewAppeal, account_id: int | None, code: str | None) -> int:
    words = pasted_text.free_text(new.words)
    with Refusals() as refused:
        if not words:
            refused.add(DomainError(_l("Dites pourquoi, avec vos mots."), field="words"))
        if len(words) > LONGEST_APPEAL:
            refused.add(DomainError(too_long(LONGEST_APPEAL), field="words"))
    key = stored_key(bound_key(read_key(new.client_key), new.decision_id, words))
    with transaction() as session:
        known = session.execute(
            select(ModerationAppeal.id).where(ModerationAppeal.client_key == key)
        ).scalar()
        if known is not None:
            return known
        decision, text = decision_and_text(session, new.decision_id)
        side = remedies.side_of(ModerationAct(decision.act))
        report_id = (
            _report_of(session, decision.id, account_id, code) if side is AppealSide.REPORTER else None
        )
        own = (
            _is_authors(session, text, account_id, code)
            if side is AppealSide.AUTHOR
            else report_id is not None
        )
        if not own:
            raise NotFound(UNKNOWN_DECISION)
        today, on = clock.today(), decision.decided_at.astimezone(clock.zone()).date()
        if not may_contest(side, ModerationAct(decision.act), on, today):
            raise Conflict(_l("Les six mois pour contester cette décision sont passés."))
        if _contested_before(session, decision.id, side, report_id):
            raise AppealedBefore
        now = clock.now()
        appeal = ModerationAppeal(
            decision_id=decision.id,
            contested_by=decision.decided_by,
            side=side.value,
            report_id=report_id,
            words=words,
            lang=mail_language(new.lang),
            received_at=now,
            due_at=now + timedelta(days=remedies.APPEAL_DUE_DAYS),
            client_key=key,
            to_body_id=_goes_to(session, text, decision),
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


def _is_authors(session: Session, text: ModeratedText, account_id: int | None, code: str | None) -> bool:
    if account_id is not None:
        return text.author_id == account_id
    kind = moderated_kinds().get(text.kind)
    return kind is not None and code is not None and text.id in kind.cases_by_receipt(session, code)


def _report_of(session: Session, decision_id: int, account_id: int | None, code: str | None) -> int | None:
    """The report of this person that the decision answered."""
    if account_id is not None:
        whose = ModerationReport.reporter_id == account_id
    else:
        whose = ModerationReport.receipt_hash == receipt_hash(code or "")
    return session.execute(
        select(ModerationReport.id).where(ModerationReport.decision_id == decision_id, whose)
    ).scalar()


def _contested_before(session: Session, decision_id: int, side: AppealSide, report_id: int | None) -> bool:
    statement = select(ModerationAppeal.id).where(
        ModerationAppeal.decision_id == decision_id, ModerationAppeal.side == side.value
    )
    if report_id is not None:
        statement = statement.where(ModerationAppeal.report_id == report_id)
    return session.execute(statement).first() is not None


def _goes_to(session: Session, text: ModeratedText, decision: ModerationDecision) -> int | None:
    """Whose moderators answer: see `remedies.goes_to`. 2 statements, for the staff none."""
    if text.body_id is None:
        return None
    barred = [each for each in (decision.decided_by, text.author_id) if each is not None]
    others = session.execute(
        select(func.count(RoleGrant.account_id.distinct()))
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.body_id == text.body_id,
            RoleGrant.role == Role.MODERATOR.value,
            in_force(clock.now()),
            Account.disabled_at.is_(None),
            RoleGrant.account_id.not_in(barred),
        )
    ).scalar_one()
    named = session.execute(
        select(Charter.appeals_body_id)
        .join(Body, Body.id == Charter.appeals_body_id)
        .where(Charter.body_id == text.body_id, Charter.published_at.is_not(None), Body.retired_at.is_(None))
    ).scalar()
    return remedies.goes_to(text.body_id, others=others, named_body_id=named)
