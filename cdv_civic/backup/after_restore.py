"""What follows a restore, in one act: nobody is signed in, nothing leaves by itself, nothing forgotten comes back."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import AccountLink, AccountSession
from cdv_civic.backup.checking import Noted, RestorableBackup
from cdv_civic.cards.models import CardSheet
from cdv_civic.core import ledger
from cdv_civic.core.audit import check, trail
from cdv_civic.core.db import SITE, Model, db, transaction
from cdv_civic.jobs.models import JobLease
from cdv_civic.notices.follows.operations import tell_from_now_on
from cdv_civic.notices.operations import hold_waiting
from cdv_civic.sign_in.by_message.models import SignInCode


@dataclass(frozen=True)
class Ended:
    """What a restore ended, and what it did again."""

    sessions: int
    links: int
    codes: int
    held: int
    replayed: ledger.Replayed


def after_restore(checked: RestorableBackup, *, broken_chain: bool = False) -> Ended:
    """Make a database that was just put in its place one that people may use; begun again, it changes nothing more.

    With `broken_chain` a trail whose key is lost is sealed anew first: nothing could be written down without it.
    """
    if broken_chain and not check.sealed_here(db.session()):
        reason = f"restored without its key from the backup of {checked.manifest.made_at}"
        check.rekey(ledger.RESTORE, reason, present_key=True)
    with transaction(publishes=SITE) as session:
        ended = {
            "sessions": _emptied(session, AccountSession),
            "links": _emptied(session, AccountLink),
            "codes": _emptied(session, SignInCode) + _emptied(session, CardSheet),
            "held": hold_waiting(session),
        }
        _emptied(session, JobLease)
        tell_from_now_on(session)
        trail.restart_counter(session, f"restored from the backup of {checked.manifest.made_at}")
        trail.record(
            session,
            ledger.RESTORE,
            "restore",
            "site",
            None,
            after={"backup": checked.manifest.made_at, "entries": checked.manifest.audit_entries, **ended},
        )
    return Ended(**ended, replayed=replay(checked.noted))


def _emptied(session: Session, table: type[Model]) -> int:
    gone: int = session.execute(delete(table).execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    return gone


def replay(noted: Noted) -> ledger.Replayed:
    """Do again what the ledger says; lines that were in a copy alone are added to this machine's."""
    replayed = ledger.replay(noted.lines, from_a_copy=noted.from_a_copy)
    ledger.append_pending()
    return replayed
