"""Which account somebody opens who signed in with another service. Each verb is one transaction."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import accept, is_awaited, keeps_out_without_password, never_opened
from cdv_civic.accounts.locking import lock_accounts
from cdv_civic.accounts.models import Account, AccountIdentity
from cdv_civic.accounts.operations import new_account
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.accounts.sessions import SignedIn, account_who_acts
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Touched
from cdv_civic.sign_in.new_ways import tell_of_new_way
from cdv_civic.sign_in.oidc.client import Identity


class NoAccount(DomainError):
    """Nobody here is who came, as far as the service can vouch for it."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Aucun compte d’équipe ne correspond à cette identité. Demandez une invitation, envoyée à l’adresse "
                "e-mail que ce service connaît, ou connectez-vous avec votre mot de passe."
            )
        )


class OtherIdentity(DomainError):
    """The account belongs to another person of the same service: an address may have changed hands."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Cette adresse e-mail ouvre déjà le compte d’une autre identité de ce service. "
                "Demandez à la personne qui gère le site de défaire l’ancien lien."
            )
        )


class StaffSignInOnly(DomainError):
    """An account that can do more than a resident's is opened at the sign-in of staff."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Ce compte a un rôle d’équipe. Connectez-vous par l’espace des équipes, avec votre mot de passe."
            )
        )


class ClosedAccount(DomainError):
    """The account of this identity was closed."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_l("Ce compte est fermé. Demandez à la personne qui gère le site."))


def _holder(identity: Identity) -> Account | None:
    """The account of an identity; raises `ClosedAccount`."""
    account = db.session.execute(
        select(Account)
        .join(AccountIdentity, AccountIdentity.account_id == Account.id)
        .where(AccountIdentity.issuer == identity.issuer, AccountIdentity.subject == identity.subject)
        .execution_options(populate_existing=True)
    ).scalar()
    if account is not None and account.disabled_at is not None:
        raise ClosedAccount
    return account


def _link(session: Session, account: Account, identity: Identity) -> None:
    """Let the identity open the account from now on, and tell all ways there were."""
    session.add(
        AccountIdentity(
            account_id=account.id, issuer=identity.issuer, subject=identity.subject, linked_at=clock.now()
        )
    )
    session.flush()
    itself = SignedIn(account.id, account.email or "", account.name, account.organisation_name, frozenset())
    trail.record(session, itself, "account.self", "account", account.id, after={"identity": "linked"})
    tell_of_new_way(session, account, Way.OIDC, email=account.email, phone=account.phone)


def staff_account(identity: Identity) -> int:
    """The id of the account that an identity opens; the first time, the one whose address the service checked.

    Never makes one, and never opens one whose invitation is over. The service stands for a password: roles that wait
    for the person hold from now on. Raises `NoAccount`, `ClosedAccount`, `OtherIdentity`.
    """
    try:
        with transaction() as session:
            known = _holder(identity)
            if known is not None:
                lock_accounts(session, Account.id == known.id)
                _accept(session, known.id)
                return known.id
            if identity.email is None:
                raise NoAccount
            account = session.execute(
                select(Account)
                .where(Account.email == identity.email, Account.disabled_at.is_(None))
                .with_for_update(key_share=True)
            ).scalar()
            if account is None or (never_opened(account) and not is_awaited(session, account.id)):
                raise NoAccount
            _link(session, account, identity)
            _accept(session, account.id)
            return account.id
    except IntegrityError:
        # Linked in the meantime, by this person's other window or by somebody else of the service.
        known = _holder(identity)
        if known is None:
            raise OtherIdentity from None
        return known.id


def _accept(session: Session, account_id: int) -> None:
    if accept(session, account_id, by_password=True):
        end_sessions(session, account_id)  # one of a resident does not grow into one of staff


def resident_account(identity: Identity) -> int:
    """The id of the account that an identity opens, made where there is none: it holds no name and no address.

    Raises `ClosedAccount`, and `StaffSignInOnly` where the account has got a role that asks for a password.
    """
    try:
        with transaction() as session:
            known = _holder(identity)
            if known is None:
                known = new_account(session)
                _link(session, known, identity)
    except IntegrityError:
        known = _holder(identity)
        if known is None:
            raise
    who = account_who_acts(known.id)
    if who is None:
        raise ClosedAccount
    if keeps_out_without_password(db.session(), known.id):
        raise StaffSignInOnly
    return known.id


def _born(session: Session, account_id: int) -> datetime:
    born: datetime = session.execute(select(Account.created_at).where(Account.id == account_id)).scalar_one()
    return born


def unlink_identities(actor: Actor, account_id: int) -> int:
    """Forget who an account is at other services; how many links there were."""
    require(actor, "account.manage", Touched())
    with transaction() as session:
        gone: int = session.execute(
            delete(AccountIdentity).where(AccountIdentity.account_id == account_id)
        ).rowcount  # type: ignore[attr-defined]
        if gone:
            ledger.note(session, "account.identities", account_id, born=_born(session, account_id))
            trail.record(
                session, actor, "account.manage", "account", account_id, after={"identity": "unlinked"}
            )
    return gone
