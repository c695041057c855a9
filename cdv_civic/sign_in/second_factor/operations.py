"""The second factor: a code of an authenticator app after the password (TOTP, RFC 6238), or a recovery code."""

import hashlib
import secrets

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import NO_PASSWORD, Account, RecoveryCode, SecondFactor
from cdv_civic.accounts.operations import WrongCredentials, require_management
from cdv_civic.accounts.passwords import matches
from cdv_civic.accounts.rules import (
    RECOVERY_ALPHABET,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    Judged,
    Verdict,
    clean_recovery_code,
    judge_code,
    step_at,
)
from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.accounts.sessions import account_who_acts
from cdv_civic.core import clock, ledger, security_log
from cdv_civic.core.audit import trail
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.sign_in.second_factor.queries import factor_state, must_have
from cdv_civic.sign_in.second_factor.sealing import seal, unseal
from cdv_civic.sign_in.second_factor.wording import WRONG_RECOVERY_CODE, wrong_code


class WrongCode(DomainError):
    """A code that opens nothing; the sentence says what to do about it."""


def _wrong(judged: Judged, account_id: int) -> WrongCode:
    """What to raise, once it is noted: whoever types a code knows the password."""
    security_log.note(
        security_log.SecurityEvent.FAILED,
        way="second factor",
        reason=judged.verdict.value,
        account=account_id,
    )
    return WrongCode(wrong_code(judged, step_at(clock.now())), field="code")


def _about(account_id: int) -> str:
    return f"factor of {account_id}"


def enrol(session: Session, account_id: int, secret: str) -> None:
    """Set an app up for an account, within the caller's transaction; without a code, for whoever has no screen."""
    forget(session, account_id)
    session.add(
        SecondFactor(
            account_id=account_id,
            secret=seal(secret, _about(account_id)),
            confirmed_at=clock.now(),
            last_step=0,
        )
    )
    session.flush()


def forget(session: Session, account_id: int) -> None:
    """Erase the authenticator app and the recovery codes of an account, within the caller's transaction."""
    for table in (SecondFactor, RecoveryCode):
        session.execute(delete(table).where(table.account_id == account_id))


def _hashed_code(account_id: int, code: str) -> str:
    return hashlib.sha256(f"{account_id}:{code}".encode()).hexdigest()


def _write_codes(session: Session, account_id: int) -> list[str]:
    """New recovery codes in place of the old ones, within the caller's transaction."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    session.add_all(
        RecoveryCode(account_id=account_id, code_hash=_hashed_code(account_id, code), used_at=None)
        for code in codes
    )
    session.flush()
    return codes


def _locked(session: Session, account_id: int) -> Account:
    """The open account, its row locked."""
    account = session.execute(
        select(Account)
        .where(Account.id == account_id, Account.disabled_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if account is None:
        raise NotFound(_l("Ce compte n’existe plus."))
    return account


def _record(session: Session, account_id: int, said: str) -> None:
    actor = account_who_acts(account_id)
    if actor is not None:
        trail.record(session, actor, "account.self", "account", account_id, after={"second_factor": said})


def set_up(
    account_id: int, secret: str, typed: str, *, replacing: bool = False, but: int | None = None
) -> list[str]:
    """Set up the authenticator app that shows the right code; the new recovery codes. All sessions but one (`but`) end.

    The caller has proved the password; one who has an app already proves more than that, and says `replacing`.
    Raises `WrongCode`, and `Conflict` where there is one and nothing was said.
    """
    judged = judge_code(secret, typed, clock.now(), 0)
    if judged.verdict is not Verdict.RIGHT:
        raise _wrong(judged, account_id)
    with transaction() as session:
        account = _locked(session, account_id)
        known = session.get(SecondFactor, account_id, populate_existing=True)
        if known is not None and not replacing:
            raise Conflict(
                _l("Ce compte a déjà un téléphone. Connectez-vous de nouveau, avec son code."), field="code"
            )
        if known is not None:
            ledger.note(session, "account.factor", account_id, born=account.created_at)
        enrol(session, account_id, secret)
        session.execute(
            update(SecondFactor)
            .where(SecondFactor.account_id == account_id)
            .values(last_step=judged.step)
            .execution_options(synchronize_session=False)
        )
        codes = _write_codes(session, account_id)
        end_sessions(session, account_id, but=but)
        _record(session, account_id, "changed" if known is not None else "set up")
    return codes


def use_code(account_id: int, typed: str) -> None:
    """Take the code of the authenticator app, once. Raises `WrongCode`, `UnreadableSecret`."""
    row = db.session.execute(
        select(SecondFactor.secret, SecondFactor.last_step).where(SecondFactor.account_id == account_id)
    ).first()
    if row is None:
        raise WrongCode(wrong_code(Judged(Verdict.WRONG), 0), field="code")
    judged = judge_code(unseal(row.secret, _about(account_id)), typed, clock.now(), row.last_step)
    if judged.verdict is not Verdict.RIGHT:
        raise _wrong(judged, account_id)
    with transaction() as session:
        # Of several requests with one code at once, the database lets one through.
        taken = session.execute(
            update(SecondFactor)
            .where(
                SecondFactor.account_id == account_id,
                SecondFactor.secret == row.secret,
                SecondFactor.last_step < judged.step,
            )
            .values(last_step=judged.step)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise _wrong(Judged(Verdict.USED), account_id)


def use_recovery_code(account_id: int, typed: str) -> int:
    """Take a recovery code, once; how many are left. Raises `WrongCode`."""
    code = clean_recovery_code(typed)
    with transaction() as session:
        taken = session.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.account_id == account_id,
                RecoveryCode.code_hash == _hashed_code(account_id, code),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            security_log.note(security_log.SecurityEvent.FAILED, way="recovery code", account=account_id)
            raise WrongCode(WRONG_RECOVERY_CODE, field="code")
        used = session.execute(
            select(RecoveryCode.id).where(
                RecoveryCode.account_id == account_id,
                RecoveryCode.code_hash == _hashed_code(account_id, code),
            )
        ).scalar_one()
        ledger.note(session, "recovery_code.used", used, born=_hashed_code(account_id, code)[:16])
        _record(session, account_id, "recovery code used")
    return factor_state(account_id).codes_left


def confirm_password(actor: Actor, typed: str) -> None:
    """Ask for the password of the actor once more. Raises `WrongCredentials` beside the field `current`."""
    require(actor, "account.self")
    found = db.session.execute(select(Account.password_hash).where(Account.id == actor.actor_id)).scalar()
    if not matches(found or NO_PASSWORD, typed):
        security_log.note(security_log.SecurityEvent.NOT_CONFIRMED, account=actor.actor_id)
        raise WrongCredentials(
            _l("Ce n’est pas votre mot de passe d’aujourd’hui. Écrivez-le de nouveau."), field="current"
        )


def renew_codes(actor: Actor) -> list[str]:
    """New recovery codes; the old ones open nothing any more. Raises `Conflict` without an authenticator app."""
    require(actor, "account.self")
    account_id = actor.actor_id or 0
    with transaction() as session:
        account = _locked(session, account_id)
        if session.get(SecondFactor, account_id, populate_existing=True) is None:
            raise Conflict(_l("Ajoutez d’abord votre téléphone."))
        ledger.note(session, "account.recovery_codes", account_id, born=account.created_at)
        codes = _write_codes(session, account_id)
        _record(session, account_id, "new recovery codes")
    return codes


def turn_off(actor: Actor) -> None:
    """Ask oneself for no code any more. Raises `Conflict` for whoever must have one."""
    require(actor, "account.self")
    account_id = actor.actor_id or 0
    if must_have(frozenset(grant.role for grant in actor.grants)):
        raise Conflict(_l("Votre rôle demande un code en plus du mot de passe : il ne peut pas être retiré."))
    with transaction() as session:
        account = _locked(session, account_id)
        forget(session, account_id)
        ledger.note(session, "account.factor", account_id, born=account.created_at)
        _record(session, account_id, "turned off")


def reset_second_factor(actor: Actor, account_id: int) -> Account:
    """Forget a lost authenticator app and its codes, and end all sessions: the next sign-in sets another one up.

    Raises `Forbidden`, `NotFound`.
    """
    require_management(actor)
    with transaction() as session:
        account = _locked(session, account_id)
        forget(session, account_id)
        ledger.note(session, "account.factor", account_id, born=account.created_at)
        end_sessions(session, account_id)
        trail.record(
            session, actor, "account.manage", "account", account_id, after={"second_factor": "reset"}
        )
    return account
