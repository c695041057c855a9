"""Send the links that lead to an account."""

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from cdv_civic.access.letters import invitation, lost_password
from cdv_civic.core import audit
from cdv_civic.core.config import Settings
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.policy import Actor, Role, Scope
from cdv_civic.notices.letters import written_in
from cdv_civic.notices.operations import require_mail, write_mail
from cdv_civic.notices.rules import fits_in_a_header
from cdv_civic.people.emails import fold_email
from cdv_civic.people.links import Purpose, end_links, issue
from cdv_civic.people.models import NO_PASSWORD, Account
from cdv_civic.people.operations import WHOLE_SITE, create_account, disable_account, require_management


class BadName(DomainError):
    """A name that is written over several lines, or holds signs that nobody sees."""


def _language(tag: str) -> str:
    settings: Settings = current_app.extensions["settings"]
    return tag if tag in settings.languages else settings.default_language


def send_password_link(email: str, language: str) -> None:
    """Send a link for a new password, if the address has an account.

    Says nothing about that: the same rows and the same letter are written for nobody, and the letter is taken back
    before the commit. Raises `BadEmail`, `NoMail`.
    """
    require_mail()
    tag = _language(language)
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
    ends_at: datetime | None = None,
    language: str = "fr",
) -> Account:
    """Make an account without a password and send its link; send another to somebody who has not come yet.

    Raises `BadEmail`, `BadName`, `NoMail`, `NotFound` for the contract, `Conflict` where the account is in use.
    """
    require_mail()
    for field, value in (("name", name), ("organisation_name", organisation_name)):
        if not fits_in_a_header(value):
            raise BadName(
                _l("Écrivez ce nom sur une seule ligne, sans signe caché, en 500 signes au plus."),
                field=field,
            )
    tag = _language(language)
    folded = fold_email(email)
    with transaction() as session:
        account = session.execute(select(Account).where(Account.email == folded)).scalar()
        if account is None:
            account = create_account(
                actor,
                email=folded,
                password=None,
                name=name,
                organisation_name=organisation_name,
                role=role,
                scope=scope,
                ends_at=ends_at,
            )
        else:
            require_management(actor)
            if account.password_hash != NO_PASSWORD or account.disabled_at is not None:
                raise Conflict(_l("Cette adresse e-mail a déjà un compte."), field="email")
            end_links(session, account.id)
        link = issue(session, account.id, Purpose.INVITATION)
        with written_in(tag):
            letter = invitation(link.token, account.organisation_name, tag)
            write_mail(session, folded, tag, letter, useful_until=link.expires_at)
        audit.record(session, actor, "account.manage", "account", account.id, after={"invited": True})
    return account


def invite_again(actor: Actor, account_id: int, language: str) -> Account:
    """A new link for somebody who has not come yet; the older one ends. Raises `NotFound`, `Conflict`."""
    email = _email_of(actor, account_id)
    return invite(actor, email=email, name="", organisation_name="", language=language)


def close_account(actor: Actor, account_id: int) -> Account:
    """Close the account of an id; raises `NotFound`, and `Conflict` for the last administrator."""
    return disable_account(actor, _email_of(actor, account_id))


def _email_of(actor: Actor, account_id: int) -> str:
    require_management(actor)
    with transaction() as session:
        email = session.execute(select(Account.email).where(Account.id == account_id)).scalar()
    if email is None:
        raise NotFound(_l("Ce compte n’existe plus."))
    return email
