"""Lines of the ledger about follows: what somebody follows no more stays so after a restore."""

from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from cdv_civic.accounts.replay import account_of
from cdv_civic.core.ledger import LedgerLine, register_kind
from cdv_civic.notices.follows.models import Follow, NewsChoice
from cdv_civic.notices.follows.rules import NewsChannel


def _end_follow(session: Session, line: LedgerLine) -> bool:
    account_id, kind, target_id = line.object_id.split(":")
    if account_of(session, line, int(account_id)) is None:
        return False
    gone = session.execute(
        delete(Follow).where(
            Follow.account_id == int(account_id), Follow.kind == kind, Follow.target_id == int(target_id)
        )
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def _stop_news(session: Session, line: LedgerLine) -> bool:
    if account_of(session, line) is None:
        return False
    choice = session.get(NewsChoice, line.id, populate_existing=True)
    if choice is None or choice.channel == NewsChannel.NONE:
        return False
    choice.channel = NewsChannel.NONE.value
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "follow.ended", _end_follow)
    register_kind(app, "news.stopped", _stop_news)
