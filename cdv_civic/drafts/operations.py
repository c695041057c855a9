"""Keeping a draft with an account, and the ways in which it goes: sent, erased, too old.

Not in the audit trail: nothing was done yet. Drafts that go with an act are locked at its end (`before_commit`), after
the rows of what it is about.
"""

import secrets
from collections.abc import Callable, Collection
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.erasure import locked_account
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import before_commit, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.drafts import rules
from cdv_civic.drafts.models import Draft
from cdv_civic.drafts.rules import DraftKey, SentDraft, Typed

#: The line of the ledger about a draft that its author erased.
ERASED: Final = "draft.erased"


class DraftChanged(Conflict):
    """The draft was saved from elsewhere since the form was opened: on another device, in another window."""

    def __init__(self) -> None:
        super().__init__(
            _l("Vous avez gardé un autre texte entre-temps, ailleurs. Relisez les deux, puis recommencez.")
        )


def _own(session: Session, account_id: int, key: DraftKey) -> Draft | None:
    return session.execute(
        select(Draft)
        .where(Draft.account_id == account_id, Draft.form_kind == key.kind, Draft.owner_key == key.owner)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()


def keep(
    actor: Actor,
    key: DraftKey,
    typed: Typed,
    *,
    base: str = "",
    seen: str = "",
    stands: Callable[[Session, str], bool] | None = None,
) -> str:
    """Keep what is typed, as it is; the version of the draft.

    `base` is the version of what the form changes, `seen` that of the draft that the form was opened with. The same
    words again change nothing. Raises `DraftChanged` where another one was saved meanwhile, `DomainError` where it is
    too long, says nothing or is one too many, `NotFound` where the account is gone, or what it is about (`stands`).
    """
    require(actor, "account.self")
    if not rules.says_something(typed):
        raise DomainError(_l("Il n’y a rien à garder : écrivez d’abord quelque chose."))
    if rules.bytes_of(typed) > rules.MOST_BYTES:
        raise DomainError(_l("Ce texte est trop long pour être gardé. Raccourcissez-le, ou envoyez-le."))
    fields = {name: list(values) for name, values in typed.items()}
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        if stands is not None and not stands(session, key.owner):
            raise NotFound(_l("Ce message n’existe pas."))
        row = _own(session, account.id, key)
        if row is None:
            # The row of the account is locked: nobody adds another one meanwhile.
            count = select(func.count()).select_from(Draft).where(Draft.account_id == account.id)
            if session.execute(count).scalar_one() >= rules.MOST_DRAFTS:
                raise DomainError(
                    _l(
                        "Vous avez déjà %(most)s brouillons. Envoyez ou effacez-en un, puis recommencez.",
                        most=rules.MOST_DRAFTS,
                    )
                )
            row = Draft(account_id=account.id, form_kind=key.kind, owner_key=key.owner)
            session.add(row)
        elif (row.fields, row.base) == (fields, base):
            row.saved_at = clock.now()
            return row.version
        elif row.version != seen:
            raise DraftChanged
        row.fields, row.base = fields, base
        row.version, row.saved_at = secrets.token_hex(8), clock.now()
        return row.version


def forget_sent(session: Session, actor: Actor, sent: SentDraft | None) -> None:
    """Let the draft of a form go with the act that sends it, at the end of the act's transaction.

    One that was saved from elsewhere since the form was opened stays: its words were not sent. 1 statement, none
    where the form was opened without a draft.
    """
    if sent is None or not sent.version:
        return
    _delete_at_end(
        session,
        Draft.account_id == actor.actor_id,
        Draft.form_kind == sent.key.kind,
        Draft.owner_key == sent.key.owner,
        Draft.version == sent.version,
    )


def forget_about(session: Session, kinds: Collection[str], owner: str) -> None:
    """Erase what anybody has begun to write about something that is erased, at the end of the caller's transaction."""
    _delete_at_end(session, Draft.form_kind.in_(sorted(kinds)), Draft.owner_key == owner)


def _delete_at_end(session: Session, *which: ColumnElement[bool]) -> None:
    statement = delete(Draft).where(*which).execution_options(synchronize_session=False)

    def work(open_session: Session) -> None:
        open_session.execute(statement)

    before_commit(session, statement, work)


def erase(actor: Actor, draft_id: int, *, seen: str) -> None:
    """Erase a draft of one's own for good, as it was `seen`: its version.

    Raises `NotFound` for another's, `DraftChanged` where it was saved from elsewhere since.
    """
    require(actor, "account.self")
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        row = session.get(Draft, draft_id, populate_existing=True, with_for_update={"key_share": True})
        if row is None or row.account_id != account.id:
            raise NotFound(_l("Ce brouillon n’existe plus."))
        if row.version != seen:
            raise DraftChanged
        ledger.note(session, ERASED, f"{account.id}/{row.form_kind}/{row.owner_key}", born=account.created_at)
        session.delete(row)


def forget_old_drafts() -> int:
    """Erase the drafts that nobody has saved for `rules.KEPT_FOR`; how many. It may be run again."""
    with transaction() as session:
        gone = session.execute(
            delete(Draft)
            .where(Draft.saved_at < clock.now() - rules.KEPT_FOR)
            .execution_options(synchronize_session=False)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]
