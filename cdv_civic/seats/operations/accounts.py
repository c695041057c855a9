"""Tie a seat to an account, with the role of member that comes with it."""

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.invitations import waits
from cdv_civic.accounts.locking import lock_accounts
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.operations import new_account
from cdv_civic.accounts.roles import end_role, grant_role
from cdv_civic.core import clock
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import may_grant
from cdv_civic.core.policy.model import Actor, Role, Scope, ScopeKind
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations.locking import NOT_YET, holds_role_of, locked_seat, record_seat
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.scopes import extent_of


def link_account(actor: Actor, seat_id: int, email: str, *, version: int) -> bool:
    """Tie a seat to the account of an address, made now where there is none: the answer is the same for both.

    With it comes the role of member, where the actor may give it: whether it was. Raises `BadEmail`, `Conflict`
    where the account sits in the collège already, `NotFound`, `Forbidden`.
    """
    folded = fold_email(email)
    taken = Conflict(_l("Ce compte a déjà une de ces places."), field="email")
    try:
        with transaction() as session:
            locked = lock_accounts(session, or_(Account.email == folded, holds_role_of(seat_id)))
            account = next((each for each in locked if each.email == folded), None)
            seat, contract = locked_seat(session, actor, seat_id, version)
            if seat.pending:
                raise Conflict(NOT_YET)
            raise_tags(session, contract_tag(contract))  # the account may say that the person is a minor
            if account is None:
                account = new_account(session, email=folded, name=seat.first_name, minor=seat.minor)
            _leave_account(session, actor, seat)
            seat.account_id = account.id
            seat.version += 1
            session.flush()
            granted = account.disabled_at is None and _give_role(session, actor, seat)
            record_seat(session, actor, contract, seat, "linked")
            return granted
    except IntegrityError:
        raise taken from None


def _leave_account(session: Session, actor: Actor, seat: Seat) -> None:
    if seat.role_grant_id is not None:
        end_role(actor, seat.role_grant_id)
    seat.account_id = seat.role_grant_id = None
    session.flush()


def _give_role(session: Session, actor: Actor, seat: Seat) -> bool:
    scope = Scope(ScopeKind.BODY, seat.body_id)
    if seat.account_id is None or not may_grant(actor, Role.MEMBER, extent_of(session, scope)):
        return False
    held = session.execute(
        select(RoleGrant.id).where(
            RoleGrant.account_id == seat.account_id,
            RoleGrant.role == Role.MEMBER.value,
            RoleGrant.body_id == seat.body_id,
            or_(RoleGrant.ends_at.is_(None), waits(clock.now())),
        )
    ).first()
    if held is None:
        seat.role_grant_id = grant_role(actor, seat.account_id, Role.MEMBER, scope).id
        session.flush()
    return True
