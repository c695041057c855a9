"""Lines of the ledger about accounts: what a restored backup must not bring back, done again.

A line says when its account was made: another one that has got its number since is left alone.
"""

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.erasure import erase_account
from cdv_civic.accounts.invitations import forget_waiting
from cdv_civic.accounts.models import (
    NO_PASSWORD,
    Account,
    ResidentQuartier,
    RoleGrant,
)
from cdv_civic.core.ledger import RESTORE, LedgerLine, mark, register_kind


def account_of(session: Session, line: LedgerLine, account_id: int | None = None) -> Account | None:
    """The account of a line, its row locked, unless it is erased or another one."""
    account = session.execute(
        select(Account)
        .where(Account.id == (account_id or line.id), Account.erased_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    return account if account is not None and mark(account.created_at) == line.born else None


def _erase(session: Session, line: LedgerLine) -> bool:
    """Erased before the backup's own last administrator, too: the command line makes another one."""
    return account_of(session, line) is not None and erase_account(
        session, RESTORE, line.id, "restore", keep_last_administrator=False
    )


def _close(session: Session, line: LedgerLine) -> bool:
    account = account_of(session, line)
    if account is None or account.disabled_at is not None:
        return False
    account.disabled_at = line.at
    return True


def _forget_password(session: Session, line: LedgerLine) -> bool:
    """The old one opens nothing any more; the new one is not in the backup: the person asks for a link."""
    account = account_of(session, line)
    if account is None or account.password_hash == NO_PASSWORD:
        return False
    account.password_hash = NO_PASSWORD
    return True


def _forget_email(session: Session, line: LedgerLine) -> bool:
    account = account_of(session, line)
    if account is None or account.email is None:
        return False
    account.email = None
    return True


def _forget_phone(session: Session, line: LedgerLine) -> bool:
    account = account_of(session, line)
    if account is None or account.phone is None:
        return False
    account.phone = None
    return True


def _forget_name(session: Session, line: LedgerLine) -> bool:
    account = account_of(session, line)
    if account is None or not account.name:
        return False
    account.name = ""
    return True


def _mark_minor(session: Session, line: LedgerLine) -> bool:
    account = account_of(session, line)
    if account is None or account.minor:
        return False
    account.minor = True
    return True


def _leave_quartier(session: Session, line: LedgerLine) -> bool:
    account_id, quartier_id = (int(part) for part in line.object_id.split(":"))
    if account_of(session, line, account_id) is None:
        return False
    gone = session.execute(
        delete(ResidentQuartier).where(
            ResidentQuartier.account_id == account_id, ResidentQuartier.quartier_id == quartier_id
        )
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def _end_role(session: Session, line: LedgerLine) -> bool:
    grant = session.execute(
        select(RoleGrant)
        .where(RoleGrant.id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if grant is None or mark(grant.granted_at) != line.born:
        return False
    ends_at = max(line.at, grant.starts_at)
    if grant.ends_at is not None and grant.ends_at <= ends_at:
        return False
    forget_waiting(grant)
    grant.ends_at = ends_at
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    for kind, replay in (
        ("account.erased", _erase),
        ("account.closed", _close),
        ("account.password", _forget_password),
        ("account.email", _forget_email),
        ("account.phone", _forget_phone),
        ("account.name", _forget_name),
        ("account.minor", _mark_minor),
        ("quartier.left", _leave_quartier),
        ("role.ended", _end_role),
    ):
        register_kind(app, kind, replay)
