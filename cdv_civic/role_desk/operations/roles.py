"""Give a role to somebody who has an account, and end it; each is told to the person in plain words."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.roles import end_role as end_grant
from cdv_civic.accounts.roles import grant_role
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor, Role, Scope
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.letters import mail_language, written_in
from cdv_civic.notices.operations import write_mail
from cdv_civic.notices.topics import ACCOUNT
from cdv_civic.role_desk import letters
from cdv_civic.role_desk.operations.letters import write_invitation
from cdv_civic.role_desk.wording import role_label, scope_label
from cdv_civic.territory.scopes import contract_of_scope, scope_names


def give_role(
    actor: Actor,
    account_id: int,
    role: Role,
    scope: Scope,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    language: str = "fr",
) -> RoleGrant:
    """Give a role and tell the person.

    Raises `BadRole`, `Conflict` where the account holds it, `Forbidden`, `NotFound`.
    """
    with transaction() as session:
        grant = grant_role(actor, account_id, role, scope, starts_at=starts_at, ends_at=ends_at)
        tell_of_role(session, actor, account_id, grant, language)
    return grant


def tell_of_role(
    session: Session,
    actor: Actor,
    account_id: int,
    grant: RoleGrant,
    language: str,
    *,
    with_password: bool = False,
) -> None:
    """Write the mail that says that a role was given, within the caller's transaction; an invitation where it waits."""
    account = _reader(session, account_id)
    if account is None:
        return
    tag = mail_language(language)
    if grant.waits_until is not None:
        contract_id = contract_of_scope(session, grant.scope)
        write_invitation(session, actor, account, tag, with_password=with_password, contract_id=contract_id)
        return
    with written_in(tag):
        letter = letters.role_given(
            role_label(Role(grant.role)),
            _scope_label(session, grant),
            grant,
            tag,
        )
        write_mail(
            session,
            account.email or "",
            tag,
            letter,
            topic=ACCOUNT,
            contract_id=contract_of_scope(session, grant.scope),
        )


def end_role(actor: Actor, account_id: int, grant_id: int, language: str = "fr") -> RoleGrant:
    """End a role now and tell the person; ending twice changes and tells nothing.

    Raises `NotFound`, `Forbidden`, `Conflict` for the last administrator.
    """
    with transaction() as session:
        known = session.execute(
            select(RoleGrant.ends_at).where(RoleGrant.id == grant_id, RoleGrant.account_id == account_id)
        ).first()
        if known is None:
            raise NotFound(_l("Ce rôle n’existe plus."))
        over = known.ends_at is not None and known.ends_at <= clock.now()
        grant = end_grant(actor, grant_id)
        account = _reader(session, account_id)
        if account is not None and not over and account_id != actor.actor_id:
            tag = mail_language(language)
            with written_in(tag):
                letter = letters.role_ended(role_label(Role(grant.role)), _scope_label(session, grant), tag)
                write_mail(
                    session,
                    account.email or "",
                    tag,
                    letter,
                    topic=ACCOUNT,
                    contract_id=contract_of_scope(session, grant.scope),
                )
    return grant


def _scope_label(session: Session, grant: RoleGrant) -> str:
    return scope_label(grant.scope, scope_names(session, [grant.scope]).get(grant.scope))


def _reader(session: Session, account_id: int) -> Account | None:
    """Whom a mail about an account would reach; None where nobody would read it."""
    settings = current_settings()
    if not settings.mails:
        return None
    return session.execute(
        select(Account).where(
            Account.id == account_id, Account.email.is_not(None), Account.disabled_at.is_(None)
        )
    ).scalar()
