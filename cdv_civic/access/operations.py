"""Send the links that lead to an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cdv_civic.access.letters import invitation, lost_password
from cdv_civic.access.role_letters import welcome
from cdv_civic.access.roles import mail_language, tell_of_role
from cdv_civic.core import audit, clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.policy import PASSWORD_ROLES, Actor, Role, Scope
from cdv_civic.notices.letters import written_in
from cdv_civic.notices.operations import require_mail, write_mail
from cdv_civic.notices.rules import fits_in_a_header
from cdv_civic.people.emails import fold_email
from cdv_civic.people.links import Purpose, end_links, issue
from cdv_civic.people.models import NO_PASSWORD, Account, RoleGrant
from cdv_civic.people.operations import (
    WHOLE_SITE,
    AddressTaken,
    create_account,
    require_management,
)
from cdv_civic.people.roles import grant_role, holds_role, require_grant
from cdv_civic.territory.scopes import contract_of_scope


class BadName(DomainError):
    """A name that is written over several lines, or holds signs that nobody sees."""


def send_password_link(email: str, language: str) -> None:
    """Send a link for a new password, if the address has an account.

    Says nothing about that: the same rows and the same letter are written for nobody, and the letter is taken back
    before the commit. Raises `BadEmail`, `NoMail`.
    """
    require_mail()
    tag = mail_language(language)
    folded = fold_email(email)
    with transaction() as session:
        account_id = session.execute(
            select(Account.id).where(Account.email == folded, Account.disabled_at.is_(None))
        ).scalar()
        link = issue(session, account_id, Purpose.PASSWORD)
        with session.begin_nested() as attempt:
            with written_in(tag):
                write_mail(session, folded, tag, lost_password(link.token, tag), useful_until=link.expires_at)
            if account_id is None:
                attempt.rollback()


def invite(
    actor: Actor,
    *,
    email: str,
    name: str,
    organisation_name: str,
    role: Role = Role.STAFF,
    scope: Scope = WHOLE_SITE,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    language: str = "fr",
    with_password: bool = False,
) -> Account:
    """Give a role to the person of an address, whether they have an account or not, and write to them.

    A new account gets a link to choose its password; where the role can do without one (and `with_password` does
    not ask for it), the letter leads to the page of sign-in. Somebody who has not come yet gets another letter.
    Raises `BadEmail`, `BadName`, `BadRole`, `NoMail`, `Forbidden`, `NotFound` for the scope, `Conflict` where the
    person holds the role or the account is closed.
    """
    require_mail()
    for field, value in (("name", name), ("organisation_name", organisation_name)):
        if not fits_in_a_header(value):
            raise BadName(
                _l("Écrivez ce nom sur une seule ligne, sans signe caché, en 500 signes au plus."),
                field=field,
            )
    new = {"email": fold_email(email), "name": name, "organisation_name": organisation_name}
    given = _Given(role, scope, starts_at, ends_at, mail_language(language), with_password)
    try:
        return _invite(actor, new, given)
    except AddressTaken:
        # Invited by somebody else at the same moment: now there is an account.
        return _invite(actor, new, given)


@dataclass(frozen=True)
class _Given:
    """What an invitation brings."""

    role: Role
    scope: Scope
    starts_at: datetime | None
    ends_at: datetime | None
    language: str
    with_password: bool


def _invite(actor: Actor, new: Mapping[str, str], given: _Given) -> Account:
    with transaction() as session:
        account = session.execute(
            select(Account)
            .where(Account.email == new["email"])
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalar()
        grant: RoleGrant | None = None
        if account is None:
            account = create_account(
                actor,
                password=None,
                role=given.role,
                scope=given.scope,
                starts_at=given.starts_at,
                ends_at=given.ends_at,
                **new,
            )
        else:
            require_grant(session, actor, given.role, given.scope)
            if account.disabled_at is not None:
                raise Conflict(
                    _l(
                        "Cette adresse ne peut pas recevoir de rôle. Demandez à la personne qui gère le site."
                    ),
                    field="email",
                )
            grant = _add_role(session, actor, account, new, given)
        if _never_came(account) or (account.password_hash == NO_PASSWORD and given.role in PASSWORD_ROLES):
            _write_invitation(
                session,
                actor,
                account,
                given.language,
                with_password=given.with_password,
                contract_id=contract_of_scope(session, given.scope),
            )
        elif grant is not None:
            tell_of_role(session, account.id, grant, given.language)
    return account


def _never_came(account: Account) -> bool:
    return account.password_hash == NO_PASSWORD and account.last_seen_on is None


def _add_role(
    session: Session, actor: Actor, account: Account, new: Mapping[str, str], given: _Given
) -> RoleGrant | None:
    """The role of an invitation, for an account that there is; None where somebody who has not come yet holds it."""
    start = given.starts_at or clock.now()
    if _never_came(account) and holds_role(
        session, account.id, given.role, given.scope, start, given.ends_at
    ):
        return None
    # What the person said of themselves stays, silence too; who joins a team speaks for somebody from now on.
    if _never_came(account):
        account.name = account.name or new["name"].strip()
    if _never_came(account) or given.role in PASSWORD_ROLES:
        account.organisation_name = account.organisation_name or new["organisation_name"].strip()
    session.flush()
    return grant_role(
        actor, account.id, given.role, given.scope, starts_at=given.starts_at, ends_at=given.ends_at
    )


def _write_invitation(
    session: Session,
    actor: Actor,
    account: Account,
    tag: str,
    *,
    with_password: bool = False,
    contract_id: int | None = None,
) -> None:
    """The letter for somebody who has not come yet, or who needs a password now; links of before end."""
    end_links(session, account.id)
    with_password = with_password or needs_password(session, account.id)
    with written_in(tag):
        if with_password:
            link = issue(session, account.id, Purpose.INVITATION)
            letter, until = invitation(link.token, account.organisation_name, tag), link.expires_at
        else:
            letter, until = welcome(tag), None
        write_mail(session, account.email or "", tag, letter, useful_until=until, contract_id=contract_id)
    audit.record(session, actor, "account.manage", "account", account.id, after={"invited": True})


def needs_password(session: Session, account_id: int) -> bool:
    """Whether one of the roles of an account is opened by a password only. 1 statement."""
    asking = select(RoleGrant.id).where(
        RoleGrant.account_id == account_id,
        RoleGrant.role.in_(sorted(role.value for role in PASSWORD_ROLES)),
        or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > clock.now()),
    )
    return session.execute(asking.limit(1)).first() is not None


def invite_again(actor: Actor, account_id: int, language: str) -> Account:
    """Another letter for somebody who has not come yet; the link of the older one ends.

    Raises `NoMail`, `NotFound`, `Conflict` where the account is in use.
    """
    require_management(actor)
    require_mail()
    with transaction() as session:
        account = session.execute(
            select(Account)
            .where(Account.id == account_id, Account.email.is_not(None))
            .with_for_update(key_share=True)
        ).scalar()
        if account is None:
            raise NotFound(_l("Ce compte n’existe plus."))
        if account.password_hash != NO_PASSWORD or account.disabled_at is not None:
            raise Conflict(_l("Cette adresse e-mail a déjà un compte."), field="email")
        _write_invitation(session, actor, account, mail_language(language))
    return account
