"""What happens when several people give, take and invite at the same moment."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account, AccountLink, RoleGrant
from cdv_civic.accounts.operations import close_account
from cdv_civic.accounts.roles import grant_role
from cdv_civic.core.db import db
from cdv_civic.core.errors import Conflict
from cdv_civic.core.policy.model import CommandLine, Grant, Role, Scope, ScopeKind
from cdv_civic.role_desk.operations.invitations import invite
from cdv_civic.role_desk.operations.roles import end_role
from tests.conftest import TODAY
from tests.factories import load_actor, make_account, make_commune, make_contract
from tests.mail_server import MailBox


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[Exception | None]:
    """What each act ended with, all of them begun at the same moment."""
    ready = threading.Barrier(len(acts))
    ended: list[Exception | None] = []

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait()
            try:
                act()
                ended.append(None)
            except Exception as error:
                ended.append(error)
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return ended


def administrators() -> int:
    with_role = [
        load_actor(account_id)
        for account_id in db.session.execute(
            select(Account.id).where(Account.disabled_at.is_(None))
        ).scalars()
    ]
    return sum(Grant(Role.ADMINISTRATOR) in account.grants for account in with_role)


@pytest.mark.parametrize("_time", range(5))
def test_of_two_administrators_who_end_each_others_role_one_stays(app: Flask, _time: int) -> None:
    first, second = make_account(role="administrator"), make_account(role="administrator")
    ids = {row[0]: row[1] for row in db.session.execute(select(RoleGrant.account_id, RoleGrant.id))}
    ended = at_once(
        app,
        [
            lambda: end_role(first, second.actor_id, ids[second.actor_id]),
            lambda: end_role(second, first.actor_id, ids[first.actor_id]),
        ],
    )
    assert sorted(type(each).__name__ for each in ended) == ["Conflict", "NoneType"], ended
    assert administrators() == 1


def test_of_two_administrators_one_who_ends_and_one_who_closes_one_stays(app: Flask) -> None:
    first, second = make_account(role="administrator"), make_account(role="administrator")
    ids = {row[0]: row[1] for row in db.session.execute(select(RoleGrant.account_id, RoleGrant.id))}
    ended = at_once(
        app,
        [
            lambda: end_role(first, second.actor_id, ids[second.actor_id]),
            lambda: close_account(second, first.actor_id),
        ],
    )
    assert sum(each is None for each in ended) == 1
    assert administrators() == 1


def test_the_same_role_given_twenty_times_at_once_is_one_row(app: Flask, session: Session) -> None:
    contract = make_contract()
    scope = Scope(ScopeKind.COMMUNE, make_commune(contract).id)
    account, giver = make_account(role=None), make_account()
    until = TODAY.replace(year=2027)
    # With an end, for which no index of the database can promise it.
    ended = at_once(
        app,
        [lambda: grant_role(giver, account.actor_id, Role.RELAIS, scope, ends_at=until) for _ in range(20)],
    )
    assert sum(each is None for each in ended) == 1
    assert {type(each) for each in ended if each is not None} == {Conflict}
    held = select(func.count()).select_from(RoleGrant).where(RoleGrant.account_id == account.actor_id)
    assert session.execute(held).scalar() == 1


def test_the_same_invitation_fifty_times_at_once_makes_one_account(
    app: Flask, session: Session, mail: MailBox
) -> None:
    giver = make_account(role="administrator")
    ended = at_once(
        app,
        [
            lambda: invite(giver, email="n@example.org", name="N", organisation_name="Ville")
            for _ in range(50)
        ],
    )
    assert [each for each in ended if each is not None] == []
    account_id = session.execute(select(Account.id).where(Account.email == "n@example.org")).scalar_one()
    rows = select(func.count()).select_from(RoleGrant).where(RoleGrant.account_id == account_id)
    assert session.execute(rows).scalar() == 1
    living = (
        select(func.count())
        .select_from(AccountLink)
        .where(AccountLink.account_id == account_id, AccountLink.used_at.is_(None))
    )
    assert session.execute(living).scalar() == 1, "the last letter's link"


def test_a_role_can_be_given_for_later_and_again_after_its_end(app: Flask) -> None:
    account = make_account(role=None)
    months = [TODAY.replace(month=month, year=2027, day=1) for month in (1, 2, 3, 4)]

    def give(start: int, end: int | None) -> bool:
        try:
            grant_role(
                CommandLine(),
                account.actor_id,
                Role.STAFF,
                Scope(),
                starts_at=months[start],
                ends_at=None if end is None else months[end],
            )
        except Conflict:
            return False
        return True

    assert give(1, 2)
    assert not give(1, 2)
    assert not give(0, 3), "over it"
    assert not give(0, None)
    assert give(0, 1), "right before"
    assert give(2, None), "right after"
    assert not give(3, None)
