"""Send the links that lead to an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.invitations import let_wait, never_opened
from cdv_civic.accounts.models import NO_PASSWORD, Account, RoleGrant
from cdv_civic.accounts.operations import WHOLE_SITE, AddressTaken, create_account, require_management
from cdv_civic.accounts.roles import grant_role, renew_waiting, require_grant, waiting_grant
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor, Role, Scope
from cdv_civic.core.policy.table import PASSWORD_ROLES
from cdv_civic.notices.letters import mail_language
from cdv_civic.notices.operations import require_mail
from cdv_civic.notices.rules import fits_in_a_header
from cdv_civic.role_desk.operations.letters import write_invitation
from cdv_civic.role_desk.operations.roles import tell_of_role
from cdv_civic.territory.scopes import contract_of_scope


class BadInviteeName(DomainError):
    """A name that is written over several lines, or holds characters that nobody sees."""


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
    Raises `BadEmail`, `BadInviteeName`, `BadRole`, `NoMail`, `Forbidden`, `NotFound` for the scope, `Conflict` where
    the person holds the role or the account is closed.
    """
    require_mail()
    with Refusals() as refused:
        for field, value in (("name", name), ("organisation_name", organisation_name)):
            if not fits_in_a_header(value):
                refused.add(
                    BadInviteeName(
                        _l(
                            "Écrivez ce nom sur une seule ligne, sans caractère caché, en 500 caractères au plus."
                        ),
                        field=field,
                    )
                )
        folded = refused.unless(fold_email, email) or ""
    new = {"email": folded, "name": name, "organisation_name": organisation_name}
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
            write_invitation(
                session,
                actor,
                account,
                given.language,
                with_password=given.with_password,
                contract_id=contract_of_scope(session, given.scope),
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
            tell_of_role(session, actor, account.id, grant, given.language, with_password=given.with_password)
    return account


def _add_role(
    session: Session, actor: Actor, account: Account, new: Mapping[str, str], given: _Given
) -> RoleGrant:
    """The role of an invitation, for an account that there is; the one that waits, where they are invited again."""
    waiting = waiting_grant(session, account.id, given.role, given.scope)
    if waiting is not None:
        let_wait(waiting, given.ends_at)
        session.flush()
        return waiting
    # What the person said of themselves stays, silence too; who joins a team speaks for somebody from now on.
    if never_opened(account):
        account.name = account.name or new["name"].strip()
    if never_opened(account) or given.role in PASSWORD_ROLES:
        account.organisation_name = account.organisation_name or new["organisation_name"].strip()
    session.flush()
    return grant_role(
        actor, account.id, given.role, given.scope, starts_at=given.starts_at, ends_at=given.ends_at
    )


def invite_again(actor: Actor, account_id: int, language: str) -> Account:
    """Another letter for somebody who has not come yet; the link of the older one ends, and roles wait anew.

    Those of an invitation that is over, too. Raises `NoMail`, `NotFound`, `Conflict` where the account is in use, or
    no role is left that it could wait for.
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
        if not renew_waiting(session, actor, account_id):
            raise Conflict(
                _l("Aucun rôle n’attend plus cette personne. Donnez-lui un rôle : l’invitation part avec.")
            )
        write_invitation(session, actor, account, mail_language(language))
    return account
