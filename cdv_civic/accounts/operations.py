"""Verbs of accounts. Each is one transaction with its line in the audit trail; none keeps a password anywhere."""

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from cdv_civic.accounts.emails import BadEmail, fold_email
from cdv_civic.accounts.erasure import locked_account
from cdv_civic.accounts.invitations import accept, tags_of_moderated
from cdv_civic.accounts.links import end_links
from cdv_civic.accounts.models import NO_PASSWORD, Account, RoleGrant
from cdv_civic.accounts.passwords import check_new_password, hash_password, matches, needs_rehash
from cdv_civic.accounts.roles import grant_role, refuse_last_administrator, require_grant
from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.core import clock, ledger, security_log
from cdv_civic.core.audit import trail
from cdv_civic.core.db import db, raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Role, Scope, ScopeKind, Touched
from cdv_civic.territory.models import Contract


def require_management(actor: Actor) -> None:
    """Accounts belong to the whole site: a role for one contract is not enough. Raises `Forbidden`."""
    require(actor, "account.manage", Touched())


WHOLE_SITE: Final = Scope()


def contract_scope(slug: str | None) -> Scope:
    """The scope of a contract by its slug; without one, the whole site. Raises `NotFound`."""
    if not slug:
        return WHOLE_SITE
    contract_id = db.session.execute(select(Contract.id).where(Contract.slug == slug)).scalar()
    if contract_id is None:
        raise NotFound(_l("Ce contrat n’existe pas."), field="contract")
    return Scope(ScopeKind.CONTRACT, contract_id)


class AddressTaken(Conflict):
    """Somebody has this address already."""

    def __init__(self) -> None:
        super().__init__(_l("Cette adresse e-mail a déjà un compte."), field="email")


class WrongCredentials(DomainError):
    """No such account, a wrong password, or an account that is closed: the answer does not tell which."""


def authenticate(email: str, password: str, *, may_wait: bool = True) -> Account:
    """The account that signs in; raises `WrongCredentials` after the same work in every case, and `TooManyAtOnce`."""
    try:
        folded = fold_email(email)
    except BadEmail:
        folded = ""  # nobody's: the look-up and the hash are done all the same
    statement = select(Account).options(selectinload(Account.role_grants)).where(Account.email == folded)
    account = db.session.execute(statement).scalar()
    usable = account is not None and account.disabled_at is None
    right = matches(
        account.password_hash if account is not None and usable else None, password, may_wait=may_wait
    )
    if account is None or not right:
        aimed_at = account.id if account is not None and account.password_hash != NO_PASSWORD else None
        security_log.note(security_log.SecurityEvent.FAILED, way="password", account=aimed_at)
        raise WrongCredentials(
            _l("L’adresse e-mail ou le mot de passe ne va pas. Vérifiez les deux, puis essayez de nouveau.")
        )
    if needs_rehash(account.password_hash):
        stronger = hash_password(password)
        with transaction() as session:
            # Unless it was closed or erased, or its password changed, in the meantime.
            session.execute(
                update(Account)
                .where(Account.id == account.id, Account.password_hash == account.password_hash)
                .values(password_hash=stronger)
                .execution_options(synchronize_session=False)
            )
    return account


def create_account(
    actor: Actor,
    *,
    email: str,
    password: str | None,
    name: str,
    organisation_name: str,
    role: Role = Role.STAFF,
    scope: Scope = WHOLE_SITE,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Account:
    """A new account with one role for a scope; without a password, an invited one.

    Whoever may give the role may make the account. Raises `BadEmail`, `WeakPassword`, `Forbidden`, `NotFound` for
    the scope, `Conflict` where the address has an account.
    """
    folded = fold_email(email)
    password_hash = NO_PASSWORD
    if password is not None:
        check_new_password(password, email=folded)
        password_hash = hash_password(password)
    taken = AddressTaken()
    try:
        with transaction() as session:
            require_grant(session, actor, role, scope)
            if session.execute(select(Account.id).where(Account.email == folded)).scalar() is not None:
                raise taken
            account = new_account(
                session,
                email=folded,
                name=name.strip() or folded.partition("@")[0],
                organisation_name=organisation_name.strip(),
                password_hash=password_hash,
            )
            trail.record(session, actor, "account.manage", "account", account.id, after={"created": True})
            grant_role(actor, account.id, role, scope, starts_at=starts_at, ends_at=ends_at)
    except IntegrityError:
        raise taken from None
    return account


def new_account(
    session: Session,
    *,
    email: str | None = None,
    phone: str | None = None,
    name: str = "",
    organisation_name: str = "",
    password_hash: str = NO_PASSWORD,
    minor: bool = False,
) -> Account:
    """The row of a new account, within the caller's transaction; `email` is folded, `phone` is E.164."""
    account = Account(
        email=email,
        phone=phone,
        name=name,
        organisation_name=organisation_name,
        password_hash=password_hash,
        minor=minor,
        created_at=clock.now(),
        last_seen_on=None,
        warned_at=None,
        disabled_at=None,
        erased_at=None,
    )
    session.add(account)
    session.flush()
    return account


def disable_account(actor: Actor, email: str) -> Account:
    """Close an account: it cannot act from the next request on.

    Raises `NotFound`, and `Conflict` for the last administrator of the whole site who can sign in.
    """
    require_management(actor)
    with transaction() as session:
        account_id = session.execute(select(Account.id).where(Account.email == fold_email(email))).scalar()
        if account_id is None:
            raise NotFound(_l("Aucun compte n’a cette adresse e-mail."), field="email")
        return close_account(actor, account_id)


def close_account(actor: Actor, account_id: int) -> Account:
    """The same by its id: an account of a card or a telephone number has no address. Raises `NotFound`, `Conflict`."""
    require_management(actor)
    with transaction() as session:
        account = session.execute(select(Account).where(Account.id == account_id)).scalar()
        if account is None:
            raise NotFound(_l("Ce compte n’existe plus."))
        if account.disabled_at is None:
            refuse_last_administrator(session, account.id)
            # The account before its sessions, as everybody else locks them.
            session.refresh(account, with_for_update={"key_share": True})
        if account.disabled_at is None:
            account.disabled_at = clock.now()
            # A body may have lost its only moderator: it listens no more.
            raise_tags(session, *tags_of_moderated(session, RoleGrant.account_id == account.id))
            ledger.note(session, "account.closed", account.id, born=account.created_at)
            end_sessions(session, account.id)
            end_links(session, account.id)
            trail.record(session, actor, "account.manage", "account", account.id, after={"disabled": True})
    return account


def reset_password(actor: Actor, email: str, password: str) -> Account:
    """Set a new password for somebody who forgot theirs, and end their sessions.

    Raises `NotFound`, `BadEmail`, `WeakPassword`.
    """
    require_management(actor)
    folded = fold_email(email)
    check_new_password(password, email=folded)
    password_hash = hash_password(password)
    with transaction() as session:
        account = session.execute(
            select(Account).where(Account.email == folded).with_for_update(key_share=True)
        ).scalar()
        if account is None:
            raise NotFound(_l("Aucun compte n’a cette adresse e-mail."), field="email")
        account.password_hash = password_hash
        accept(session, account.id, by_password=True)  # whoever gives the password says who it is for
        ledger.note(session, "account.password", account.id, born=account.created_at)
        end_sessions(session, account.id)
        end_links(session, account.id)
        trail.record(session, actor, "account.manage", "account", account.id, after={"password": "changed"})
    return account


def change_own_password(actor: Actor, *, current: str, password: str) -> Account:
    """Set a new password and end all sessions of the account; the caller opens the present one anew.

    Raises `WrongCredentials` beside the field `current`, and `WeakPassword`.
    """
    require(actor, "account.self")
    account = db.session.execute(select(Account).where(Account.id == actor.actor_id)).scalar()
    if account is None:
        raise NotFound(_l("Ce compte n’existe plus."))
    if not matches(account.password_hash, current):
        security_log.note(security_log.SecurityEvent.NOT_CONFIRMED, account=account.id)
        raise WrongCredentials(
            _l("Ce n’est pas votre mot de passe d’aujourd’hui. Écrivez-le de nouveau."), field="current"
        )
    check_new_password(password, email=account.email or "")
    password_hash = hash_password(password)
    with transaction() as session:
        account = locked_account(session, account.id)
        account.password_hash = password_hash
        ledger.note(session, "account.password", account.id, born=account.created_at)
        end_sessions(session, account.id)
        end_links(session, account.id)
        trail.record(session, actor, "account.self", "account", account.id, after={"password": "changed"})
    return account
