"""Lines of the ledger about second factors and sign-ins by another service: see `accounts.replay`."""

from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import (
    AccountIdentity,
    RecoveryCode,
    SecondFactor,
)
from cdv_civic.accounts.replay import account_of
from cdv_civic.core.ledger import LedgerLine, register_kind
from cdv_civic.sign_in.second_factor.operations import forget


def _forget_factor(session: Session, line: LedgerLine) -> bool:
    """An app that was lost, replaced or given up; the next sign-in sets one up where a role asks for it."""
    if account_of(session, line) is None or session.get(SecondFactor, line.id) is None:
        return False
    forget(session, line.id)
    return True


def _forget_codes(session: Session, line: LedgerLine) -> bool:
    if account_of(session, line) is None:
        return False
    gone = session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == line.id))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def _use_code(session: Session, line: LedgerLine) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.id == line.id,
            RecoveryCode.code_hash.startswith(line.born, autoescape=True),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=line.at)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def _forget_identities(session: Session, line: LedgerLine) -> bool:
    if account_of(session, line) is None:
        return False
    gone = session.execute(delete(AccountIdentity).where(AccountIdentity.account_id == line.id))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    """Say how each line is done again."""
    for kind, replay in (
        ("account.factor", _forget_factor),
        ("account.recovery_codes", _forget_codes),
        ("account.identities", _forget_identities),
        ("recovery_code.used", _use_code),
    ):
        register_kind(app, kind, replay)
