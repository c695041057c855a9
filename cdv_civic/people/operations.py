"""Verbs of accounts. Each is one transaction with its line in the audit trail; none keeps a password anywhere."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from cdv_civic.core import audit, clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.policy import Actor, Role, require
from cdv_civic.people.emails import BadEmail, fold_email
from cdv_civic.people.links import end_links
from cdv_civic.people.models import NO_PASSWORD, Account, RoleGrant
from cdv_civic.people.passwords import check_new_password, hash_password, matches, needs_rehash
from cdv_civic.people.scopes import contracts_of
from cdv_civic.territory.models import Contract


def require_management(actor: Actor, contract_id: int | None) -> None:
    """For the whole site (None), a role for one contract is not enough."""
    require(actor, "account.manage", contract_id)
    if contract_id is None and contracts_of(actor, "account.manage") is not None:
        raise Forbidden(_l("Votre compte ne permet pas de faire cela. Demandez ce droit à votre équipe."))


class WrongCredentials(DomainError):
    """No such account, a wrong password, or an account that is closed: the answer does not tell which."""


def authenticate(email: str, password: str) -> Account:
    """The account that signs in; raises `WrongCredentials` after the same work in every case."""
    try:
        folded = fold_email(email)
    except BadEmail:
        folded = ""  # nobody's: the look-up and the hash are done all the same
    statement = select(Account).options(selectinload(Account.role_grants)).where(Account.email == folded)
    account = db.session.execute(statement).scalar()
    usable = account is not None and account.disabled_at is None
    right = matches(account.password_hash if account is not None and usable else None, password)
    if account is None or not right:
        raise WrongCredentials(
            _l("L’adresse e-mail ou le mot de passe ne va pas. Vérifiez les deux, puis essayez de nouveau.")
        )
    if needs_rehash(account.password_hash):
        with transaction():
            account.password_hash = hash_password(password)
    return account


def create_account(
    actor: Actor,
    *,
    email: str,
    password: str | None,
    name: str,
    organisation_name: str,
    role: Role = Role.STAFF,
    contract_slug: str | None = None,
) -> Account:
    """A new account with one role, for one contract or (None) the whole site; without a password, an invited one.

    Raises `BadEmail`, `WeakPassword`, `NotFound` for the contract, `Conflict` where the address has an account.
    """
    require(actor, "account.manage")
    folded = fold_email(email)
    password_hash = NO_PASSWORD
    if password is not None:
        check_new_password(password, email=folded)
        password_hash = hash_password(password)
    taken = Conflict(_l("Cette adresse e-mail a déjà un compte."), field="email")
    try:
        with transaction() as session:
            contract_id = None
            if contract_slug is not None:
                contract_id = session.execute(
                    select(Contract.id).where(Contract.slug == contract_slug)
                ).scalar()
                if contract_id is None:
                    raise NotFound(_l("Ce contrat n’existe pas."), field="contract")
            require_management(actor, contract_id)
            if session.execute(select(Account.id).where(Account.email == folded)).scalar() is not None:
                raise taken
            account = Account(
                email=folded,
                name=name.strip() or folded.partition("@")[0],
                organisation_name=organisation_name.strip(),
                password_hash=password_hash,
                created_at=clock.now(),
                disabled_at=None,
                session_number=0,
            )
            session.add(account)
            session.flush()
            session.add(
                RoleGrant(
                    account_id=account.id,
                    role=role.value,
                    contract_id=contract_id,
                    granted_at=clock.now(),
                    granted_by=actor.actor_id,
                )
            )
            audit.record(
                session,
                actor,
                "account.manage",
                "account",
                account.id,
                scope=contract_slug,
                after={"role": role.value, "created": True},
            )
    except IntegrityError:
        raise taken from None
    return account


def _refuse_last_administrator(session: Session, leaving: Account) -> None:
    """All administrators are locked, so that two of them cannot close each other's account at once."""
    administrators = set(
        session.execute(
            select(Account.id)
            .join(RoleGrant, RoleGrant.account_id == Account.id)
            .where(
                RoleGrant.role == Role.ADMINISTRATOR.value,
                RoleGrant.contract_id.is_(None),
                Account.disabled_at.is_(None),
                Account.password_hash != NO_PASSWORD,
            )
            .order_by(Account.id)
            .with_for_update(of=Account)
        ).scalars()
    )
    if administrators == {leaving.id}:
        raise Conflict(
            _l("C’est le dernier compte qui gère le site. Invitez d’abord une autre personne pour le faire."),
            field="email",
        )


def disable_account(actor: Actor, email: str) -> Account:
    """Close an account: it cannot act from the next request on.

    Raises `NotFound`, and `Conflict` for the last administrator of the whole site who can sign in.
    """
    require_management(actor, None)
    with transaction() as session:
        account = session.execute(select(Account).where(Account.email == fold_email(email))).scalar()
        if account is None:
            raise NotFound(_l("Aucun compte n’a cette adresse e-mail."), field="email")
        if account.disabled_at is None:
            _refuse_last_administrator(session, account)
            account.disabled_at = clock.now()
            account.session_number += 1
            end_links(session, account.id)
            audit.record(session, actor, "account.manage", "account", account.id, after={"disabled": True})
    return account


def reset_password(actor: Actor, email: str, password: str) -> Account:
    """Set a new password for somebody who forgot theirs, and end their sessions.

    Raises `NotFound`, `BadEmail`, `WeakPassword`.
    """
    require_management(actor, None)
    folded = fold_email(email)
    check_new_password(password, email=folded)
    password_hash = hash_password(password)
    with transaction() as session:
        account = session.execute(select(Account).where(Account.email == folded).with_for_update()).scalar()
        if account is None:
            raise NotFound(_l("Aucun compte n’a cette adresse e-mail."), field="email")
        account.password_hash = password_hash
        account.session_number += 1
        end_links(session, account.id)
        audit.record(session, actor, "account.manage", "account", account.id, after={"password": "changed"})
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
        raise WrongCredentials(
            _l("Ce n’est pas votre mot de passe d’aujourd’hui. Écrivez-le de nouveau."), field="current"
        )
    check_new_password(password, email=account.email)
    password_hash = hash_password(password)
    with transaction() as session:
        account.password_hash = password_hash
        account.session_number += 1
        end_links(session, account.id)
        audit.record(session, actor, "account.self", "account", account.id, after={"password": "changed"})
    return account
