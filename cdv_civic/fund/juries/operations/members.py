"""Who sits in the commission of a fund."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.locking import lock_accounts
from cdv_civic.accounts.models import Account
from cdv_civic.accounts.operations import new_account
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.juries.operations.locking import NO_MEMBER
from cdv_civic.fund.models.choosing import JuryMeeting, JuryMember, JuryPresence
from cdv_civic.fund.models.funds import Fund
from cdv_civic.fund.operations.locking import kept_fund, record_of_fund
from cdv_civic.fund.rules.juries import LONGEST_NAME, JurySide
from cdv_civic.fund.scopes import EDIT
from cdv_civic.territory.models import Body

_TAKEN: Final = _l("Ce compte a déjà une place dans cette commission.")


@dataclass(frozen=True)
class MemberDraft:
    """A member as the form says it."""

    name: str
    side: str
    #: Whom they speak for, as everybody reads it; empty for residents.
    represents: str = ""
    #: Of their account; empty: as it is.
    email: str = ""
    unlink: bool = False
    body_id: int | None = None


def add_member(actor: Actor, fund_id: int, said: MemberDraft, *, client_key: str) -> int:
    """A new member; the id. The same `client_key` again makes no other.

    With an e-mail address the seat is tied to its account, made now where there is none: the answer is the same for
    both. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError` with the fields of the form.
    """
    return _put(actor, fund_id, None, said, version=None, client_key=client_key)


def change_member(actor: Actor, member_id: int, said: MemberDraft, *, version: int) -> None:
    """Say anew who a member is. Raises as `add_member`."""
    _put(actor, None, member_id, said, version=version, client_key="")


def _put(
    actor: Actor,
    fund_id: int | None,
    member_id: int | None,
    said: MemberDraft,
    *,
    version: int | None,
    client_key: str,
) -> int:
    try:
        with transaction() as session:
            folded = fold_email(said.email) if said.email.strip() else None
            account_id = _account(session, folded, said.name) if folded else None
            if member_id is not None:
                fund_id = _fund_of_member(session, member_id)
            fund = kept_fund(session, actor, fund_id or 0)
            if member_id is None:
                known = made_before(
                    session,
                    JuryMember,
                    key=(JuryMember.client_key, client_key),
                    owner=(JuryMember.fund_id, fund.id),
                )
                if known is not None:
                    return known.id
                row = JuryMember(
                    fund_id=fund.id,
                    account_id=None,
                    since_on=clock.today(),
                    left_on=None,
                    client_key=client_key,
                    version=0,
                )
            else:
                row = _sitting(session, member_id, version)
            _write(session, fund, row, said)
            if account_id is not None:
                row.account_id = account_id
            elif said.unlink:
                row.account_id = None
            row.version += 1
            session.add(row)
            session.flush()
            record_of_fund(
                session, actor, fund, EDIT, "fund_jury_member", row.id, {"side": row.side, "in": True}
            )
            return row.id
    except IntegrityError:
        raise Conflict(_TAKEN, field="email") from None


def _account(session: Session, folded: str, name: str) -> int:
    found = next(iter(lock_accounts(session, Account.email == folded)), None)
    return (found or new_account(session, email=folded, name=name.strip())).id


def _fund_of_member(session: Session, member_id: int) -> int:
    found = session.execute(select(JuryMember.fund_id).where(JuryMember.id == member_id)).scalar()
    if found is None:
        raise NotFound(NO_MEMBER)
    return found


def _sitting(session: Session, member_id: int, version: int | None) -> JuryMember:
    member = session.get(JuryMember, member_id, populate_existing=True)
    if member is None or member.left_on is not None:
        raise NotFound(NO_MEMBER)
    if version is not None and member.version != version:
        raise ChangedMeanwhile
    return member


def _write(session: Session, fund: Fund, row: JuryMember, said: MemberDraft) -> None:
    name, represents = said.name.strip(), said.represents.strip()
    with Refusals() as refused:
        if not name:
            refused.add(DomainError(_l("Écrivez le nom."), field="name"))
        for field, text in (("name", name), ("represents", represents)):
            if len(text) > LONGEST_NAME:
                refused.add(
                    DomainError(
                        _l("C’est trop long. Gardez %(most)s caractères au plus.", most=LONGEST_NAME),
                        field=field,
                    )
                )
        if said.side not in set(JurySide):
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="side"))
        if said.body_id is not None and not _body_of_contract(session, fund, said.body_id):
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="body"))
    row.name, row.side, row.body_id = name, said.side, said.body_id
    row.represents = "" if said.side == JurySide.RESIDENT.value else represents


def _body_of_contract(session: Session, fund: Fund, body_id: int) -> bool:
    found = select(Body.id).where(Body.id == body_id, Body.contract_id == fund.contract_id)
    return session.execute(found).first() is not None


def end_member(actor: Actor, member_id: int, *, version: int, on: date | None = None) -> None:
    """A member leaves: from now on they are at no meeting. What they took part in stays.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with transaction() as session:
        fund = kept_fund(session, actor, _fund_of_member(session, member_id))
        member = _sitting(session, member_id, version)
        there = session.execute(
            select(JuryPresence.meeting_id)
            .join(JuryMeeting, JuryMeeting.id == JuryPresence.meeting_id)
            .where(JuryPresence.member_id == member_id, JuryMeeting.closed_at.is_(None))
        ).first()
        if there is not None:
            raise Conflict(
                _l("Cette personne est notée présente à une réunion qui n’est pas close. Fermez-la d’abord.")
            )
        member.left_on = max(on or clock.today(), member.since_on)
        member.version += 1
        record_of_fund(session, actor, fund, EDIT, "fund_jury_member", member.id, {"in": False})
