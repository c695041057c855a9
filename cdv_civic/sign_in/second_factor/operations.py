"""The second factor: a code of the telephone after the password (TOTP, RFC 6238), or a recovery code on paper.

Secrets are sealed with a key derived from SECRET_KEY: who reads the database alone makes no code from it. Where
SECRET_KEY has changed they cannot be read any more; recovery codes, which are hashed without it, still open accounts.
"""

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.models import NO_PASSWORD, Account, RecoveryCode, SecondFactor
from cdv_civic.accounts.operations import WrongCredentials, require_management
from cdv_civic.accounts.passwords import matches
from cdv_civic.accounts.rules import (
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    RECOVERY_SIGNS,
    STEP_SECONDS,
    Judged,
    Verdict,
    clean_recovery_code,
    code_at,
    judge_code,
    needs_factor,
    step_at,
)
from cdv_civic.accounts.sessions import account_who_acts, end_sessions
from cdv_civic.core import audit, clock, ledger, security_log
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import lazy_ngettext
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Role
from cdv_civic.core.settings import current_settings

_NONCE_BYTES: Final = 12


class Unreadable(DomainError):
    """Sealed by another SECRET_KEY, or not by us at all."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Le site ne sait plus lire les codes de votre téléphone. Prenez un code de secours, "
                "ou demandez à la personne qui gère le site chez vous."
            ),
            field="code",
        )


class WrongCode(DomainError):
    """A code that opens nothing; the sentence says what to do about it."""


_SENTENCES: Final = {
    Verdict.USED: _l(
        "Ce code a déjà servi. Attendez que votre téléphone en montre un autre : 30 secondes au plus."
    ),
    Verdict.WRONG: _l(
        "Ce n’est pas le bon code. Écrivez les 6 chiffres que votre téléphone montre maintenant."
    ),
}
_WRONG_RECOVERY: Final = _l("Ce code de secours ne va pas, ou il a déjà servi. Prenez-en un autre.")


def _wrong(judged: Judged, account_id: int) -> WrongCode:
    """What to raise, once it is noted: whoever types a code knows the password."""
    security_log.note(
        security_log.Event.FAILED, way="second factor", reason=judged.verdict.value, account=account_id
    )
    if judged.verdict not in (Verdict.AHEAD, Verdict.BEHIND):
        return WrongCode(_SENTENCES[judged.verdict], field="code")
    minutes = max(1, round(abs(judged.step - step_at(clock.now())) * STEP_SECONDS / 60))
    sentence = (
        lazy_ngettext(
            "L’heure de votre téléphone avance de %(num)s minute environ. Dans ses réglages, choisissez "
            "« date et heure automatiques », puis écrivez le nouveau code.",
            "L’heure de votre téléphone avance de %(num)s minutes environ. Dans ses réglages, choisissez "
            "« date et heure automatiques », puis écrivez le nouveau code.",
            minutes,
        )
        if judged.verdict is Verdict.AHEAD
        else lazy_ngettext(
            "Ce code est vieux de %(num)s minute environ. Si votre téléphone le montre encore, son heure "
            "retarde : dans ses réglages, choisissez « date et heure automatiques ».",
            "Ce code est vieux de %(num)s minutes environ. Si votre téléphone le montre encore, son heure "
            "retarde : dans ses réglages, choisissez « date et heure automatiques ».",
            minutes,
        )
    )
    return WrongCode(sentence, field="code")


def _cipher() -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cdv_civic: second factor")
    return AESGCM(key.derive(str(current_app.config["SECRET_KEY"]).encode()))


def seal(text: str, about: str) -> str:
    """`text` so that only this site reads it, and only as what it is about."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + _cipher().encrypt(nonce, text.encode(), about.encode())).decode()


def unseal(sealed: str, about: str) -> str:
    """What was sealed; raises `Unreadable`."""
    try:
        raw = base64.urlsafe_b64decode(sealed.encode())
        return _cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode()).decode()
    except (ValueError, InvalidTag):
        raise Unreadable from None


def _about(account_id: int) -> str:
    return f"factor of {account_id}"


def new_secret() -> str:
    """160 random bits, in base 32."""
    return pyotp.random_base32()


def current_code(secret: str) -> str:
    """The code that a telephone with this secret shows now."""
    return code_at(secret, step_at(clock.now()))


def provisioning_uri(secret: str, name: str, site: str) -> str:
    """What the square holds that the telephone reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=site)


@dataclass(frozen=True)
class FactorState:
    """What an account has beside its password."""

    #: When the telephone was taken; None where there is none.
    since: datetime | None
    codes_left: int

    @property
    def on(self) -> bool:
        """Whether the account asks for a code."""
        return self.since is not None


def state_of(account_id: int) -> FactorState:
    """The second factor of an account. 2 statements."""
    since = db.session.execute(
        select(SecondFactor.confirmed_at).where(SecondFactor.account_id == account_id)
    ).scalar()
    left = db.session.execute(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    ).scalar_one()
    return FactorState(since, left)


def must_have(roles: frozenset[Role]) -> bool:
    """Whether who holds these roles must have a second factor on this site."""
    settings = current_settings()
    return needs_factor(roles, moderators=settings.second_factor_moderators)


def enrol(session: Session, account_id: int, secret: str) -> None:
    """Take a telephone for an account, within the caller's transaction; without a code, for who has no screen."""
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
    """Erase the telephone and the codes of an account, within the caller's transaction."""
    for table in (SecondFactor, RecoveryCode):
        session.execute(delete(table).where(table.account_id == account_id))


def _hashed_code(account_id: int, code: str) -> str:
    return hashlib.sha256(f"{account_id}:{code}".encode()).hexdigest()


def _write_codes(session: Session, account_id: int) -> list[str]:
    """New recovery codes in place of the old ones, within the caller's transaction."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [
        "".join(secrets.choice(RECOVERY_SIGNS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)
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
        audit.record(session, actor, "account.self", "account", account_id, after={"second_factor": said})


def set_up(
    account_id: int, secret: str, typed: str, *, replacing: bool = False, but: int | None = None
) -> list[str]:
    """Take a telephone that shows the right code; the new recovery codes. All sessions but one (`but`) end.

    The caller has proved the password; who has a telephone already proves more than that, and says `replacing`.
    Raises `WrongCode`, and `Conflict` where there is a telephone and nothing was said.
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
    """Take the code of the telephone, once. Raises `WrongCode`, `Unreadable`."""
    row = db.session.execute(
        select(SecondFactor.secret, SecondFactor.last_step).where(SecondFactor.account_id == account_id)
    ).first()
    if row is None:
        raise WrongCode(_SENTENCES[Verdict.WRONG], field="code")
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
            security_log.note(security_log.Event.FAILED, way="recovery code", account=account_id)
            raise WrongCode(_WRONG_RECOVERY, field="code")
        used = session.execute(
            select(RecoveryCode.id).where(
                RecoveryCode.account_id == account_id,
                RecoveryCode.code_hash == _hashed_code(account_id, code),
            )
        ).scalar_one()
        ledger.note(session, "recovery_code.used", used, born=_hashed_code(account_id, code)[:16])
        _record(session, account_id, "recovery code used")
    return state_of(account_id).codes_left


def has_password(account_id: int) -> bool:
    """Whether an account is opened by a password; residents' accounts have none. 1 statement."""
    known = db.session.execute(select(Account.password_hash).where(Account.id == account_id)).scalar()
    return bool(known)


def confirm_password(actor: Actor, typed: str) -> None:
    """Ask for the password of who acts once more. Raises `WrongCredentials` beside the field `current`."""
    require(actor, "account.self")
    found = db.session.execute(select(Account.password_hash).where(Account.id == actor.actor_id)).scalar()
    if not matches(found or NO_PASSWORD, typed):
        security_log.note(security_log.Event.NOT_CONFIRMED, account=actor.actor_id)
        raise WrongCredentials(
            _l("Ce n’est pas votre mot de passe d’aujourd’hui. Écrivez-le de nouveau."), field="current"
        )


def renew_codes(actor: Actor) -> list[str]:
    """New recovery codes; the old ones open nothing any more. Raises `Conflict` without a telephone."""
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
    """Ask oneself for no code any more. Raises `Conflict` for who must have one."""
    require(actor, "account.self")
    account_id = actor.actor_id or 0
    if must_have(frozenset(grant.role for grant in actor.grants)):
        raise Conflict(_l("Votre rôle demande un code en plus du mot de passe : il ne peut pas être retiré."))
    with transaction() as session:
        account = _locked(session, account_id)
        forget(session, account_id)
        ledger.note(session, "account.factor", account_id, born=account.created_at)
        _record(session, account_id, "turned off")


def account_id_of(email: str) -> int:
    """The account of an e-mail address, for the command line. Raises `BadEmail`, `NotFound`."""
    found = db.session.execute(select(Account.id).where(Account.email == fold_email(email))).scalar()
    if found is None:
        raise NotFound(_l("Aucun compte n’a cette adresse e-mail."), field="email")
    return found


def reset_second_factor(actor: Actor, account_id: int) -> Account:
    """Forget a lost telephone and its codes, and end all sessions: the person takes another one at the next sign-in.

    Raises `Forbidden`, `NotFound`.
    """
    require_management(actor)
    with transaction() as session:
        account = _locked(session, account_id)
        forget(session, account_id)
        ledger.note(session, "account.factor", account_id, born=account.created_at)
        end_sessions(session, account_id)
        audit.record(
            session, actor, "account.manage", "account", account_id, after={"second_factor": "reset"}
        )
    return account
