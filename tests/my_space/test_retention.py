"""Accounts that nobody uses are warned about, then erased; whoever comes back is left alone."""

import dataclasses
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.erasure import erase_account
from cdv_civic.accounts.models import NO_PASSWORD, Account, RoleGrant
from cdv_civic.accounts.operations import disable_account
from cdv_civic.accounts.roles import end_role, grant_role
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.sessions import SignedIn, open_session
from cdv_civic.accounts.unused import unused_with_roles
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, Forbidden
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.jobs.table import JOBS, run
from cdv_civic.my_space import retention
from cdv_civic.my_space.retention import RetentionRun, anything_to_do, keep_no_longer
from cdv_civic.notices.models import Notice
from tests.conftest import TODAY, counting
from tests.factories import make_account
from tests.mail_server import MailBox, send_mails
from tests.signing_in import open_browser

DAY = timedelta(days=1)
UNUSED = 730 * DAY
WARNING = 30 * DAY


def make_resident(email: str | None = None, **values: Any) -> SignedIn:
    account = {"role": None, "organisation_name": "", "password_hash": NO_PASSWORD, "name": "", **values}
    return make_account(email or "zoubida@example.org", **account)


def state(session: Session, account: SignedIn) -> tuple[bool, bool]:
    """Whether it is warned, and erased."""
    session.rollback()
    row = session.get_one(Account, account.actor_id, populate_existing=True)
    return row.warned_at is not None, row.erased_at is not None


def run_at(moment: datetime) -> RetentionRun:
    with clock.frozen_everywhere(moment):
        return keep_no_longer()


def messages(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.execute(select(Notice).order_by(Notice.id)).scalars())


def test_an_unused_account_is_warned_then_erased(app: Flask, session: Session, mail: MailBox) -> None:
    account = make_resident()
    assert run_at(TODAY + UNUSED) == RetentionRun()
    assert run_at(TODAY + UNUSED + DAY) == RetentionRun(warned=1)
    assert state(session, account) == (True, False)
    assert run_at(TODAY + UNUSED + 2 * DAY) == RetentionRun(), "warned once"
    assert run_at(TODAY + UNUSED + DAY + WARNING - timedelta(minutes=1)) == RetentionRun()
    assert run_at(TODAY + UNUSED + DAY + WARNING) == RetentionRun(erased=1)
    assert state(session, account) == (False, True)
    assert run_at(TODAY + UNUSED + DAY + WARNING) == RetentionRun()
    entry = session.execute(select(AuditEntry)).scalar_one()
    assert (entry.action, entry.actor_label, entry.after) == ("retention", "retention", {"erased": True})


def test_the_letter_says_until_when_in_every_language(app: Flask, mail: MailBox) -> None:
    make_resident()
    with clock.frozen_everywhere(TODAY + UNUSED + DAY):
        keep_no_longer()
        send_mails()
    assert mail.recipients == ["zoubida@example.org"]
    text = mail.taken[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "avant le 20 décembre 2028" in text
    assert "https://site.example.org/fr/moi" in text
    assert "20 December 2028" in text.replace("December 20, 2028", "20 December 2028")
    assert "حساب" in text
    assert mail.taken[0]["List-Unsubscribe"] is None, "nobody has refused what protects their account"


def test_whoever_signs_in_is_left_alone(app: Flask, session: Session, mail: MailBox) -> None:
    account = make_resident()
    run_at(TODAY + UNUSED + DAY)
    with clock.frozen_everywhere(TODAY + UNUSED + 20 * DAY), app.test_request_context():
        open_session(account.actor_id, Way.EMAIL)
    assert state(session, account) == (False, False)
    assert run_at(TODAY + UNUSED + DAY + WARNING) == RetentionRun()
    assert run_at(TODAY + 2 * UNUSED + 20 * DAY + DAY) == RetentionRun(warned=1), "from the last visit on"


def test_a_browser_that_is_used_is_enough(
    app: Flask, session: Session, client: FlaskClient, mail: MailBox
) -> None:
    account = make_resident()
    for weeks in range(0, 110, 4):
        with clock.frozen_everywhere(TODAY + timedelta(weeks=weeks)):
            if weeks % 24 == 0:  # no session lasts longer than half a year
                open_browser(client, account, way="card")
            assert client.get("/fr/moi").status_code == 200
    assert run_at(TODAY + UNUSED + 10 * DAY) == RetentionRun()
    assert state(session, account) == (False, False)


def test_who_has_a_telephone_alone_gets_a_text_message(app: Flask, session: Session) -> None:
    account = make_resident(phone="+33612345678")
    with transaction() as writing:
        writing.get_one(Account, account.actor_id).email = None
    run_at(TODAY + UNUSED + DAY)
    (text,) = messages(session)
    assert (text.kind, text.recipient) == ("sms", "+33612345678")
    assert "/fr/moi" in (text.text_body or "")
    assert len(text.text_body or "") <= 160


def test_whoever_cannot_be_reached_has_the_same_time(app: Flask, session: Session) -> None:
    account = make_resident()
    with transaction() as writing:
        writing.get_one(Account, account.actor_id).email = None
    assert run_at(TODAY + UNUSED + WARNING) == RetentionRun()
    assert run_at(TODAY + UNUSED + WARNING + DAY) == RetentionRun(erased=1)
    assert messages(session) == []
    assert state(session, account) == (False, True)


def test_a_site_that_sends_nothing_erases_without_a_letter(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dataclasses.replace(app.extensions["settings"], environment="production")
    monkeypatch.setitem(app.extensions, "settings", settings)
    make_resident()
    assert run_at(TODAY + UNUSED + DAY) == RetentionRun()
    assert run_at(TODAY + UNUSED + WARNING + DAY) == RetentionRun(erased=1)


def test_who_was_not_warned_in_time_is_warned_first(app: Flask, session: Session, mail: MailBox) -> None:
    make_resident()
    late = TODAY + 2 * UNUSED
    assert run_at(late) == RetentionRun(warned=1)
    assert run_at(late + WARNING) == RetentionRun(erased=1)


def test_an_account_with_a_role_is_listed_and_left(app: Flask, session: Session, mail: MailBox) -> None:
    staff = make_account("agente@example.org", name="Agente", role="staff")
    make_resident()
    late = TODAY + UNUSED + DAY
    assert run_at(late) == RetentionRun(warned=1)
    with clock.frozen_everywhere(late):
        (row,) = unused_with_roles(CommandLine())
        assert (row.id, row.email, row.last_seen_on) == (staff.actor_id, "agente@example.org", None)
        assert [str(role) for role, _where in row.roles] == ["Équipe de la ville ou du contrat"]
        with pytest.raises(Forbidden):
            unused_with_roles(staff)
        grant = session.execute(select(RoleGrant.id)).scalar_one()
        end_role(CommandLine(), grant)
        assert unused_with_roles(CommandLine()) == []
        assert keep_no_longer() == RetentionRun(warned=1), "as everybody from then on"


def test_a_role_given_after_the_warning_keeps_the_account(
    app: Flask, session: Session, mail: MailBox
) -> None:
    account = make_resident()
    run_at(TODAY + UNUSED + DAY)
    with clock.frozen_everywhere(TODAY + UNUSED + 2 * DAY):
        grant_role(CommandLine(), account.actor_id, Role.TRANSLATOR, Scope(ScopeKind.LANGUAGE, "en"))
    assert run_at(TODAY + UNUSED + DAY + WARNING) == RetentionRun()


def test_a_closed_account_is_erased_a_year_later_with_its_roles(app: Flask, session: Session) -> None:
    make_account(role="administrator")
    closed = make_account("parti@example.org")
    disable_account(CommandLine(), "parti@example.org")
    assert run_at(TODAY + 365 * DAY - timedelta(minutes=1)) == RetentionRun()
    assert run_at(TODAY + 365 * DAY) == RetentionRun(erased=1)
    assert state(session, closed) == (False, True)


def test_many_are_done_in_batches_and_a_run_cut_off_goes_on(
    app: Flask, session: Session, mail: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    accounts = [make_resident(f"r{number}@example.org") for number in range(8)]
    tell = retention.warn_holder
    told: list[int] = []

    def stop_at_the_fifth(session: Session, account: Account, until: Any) -> None:
        if len(told) == 4:
            raise RuntimeError
        told.append(account.id)
        tell(session, account, until)

    monkeypatch.setattr(retention, "warn_holder", stop_at_the_fifth)
    with pytest.raises(RuntimeError):
        run_at(TODAY + UNUSED + DAY)
    monkeypatch.setattr(retention, "warn_holder", tell)
    assert run_at(TODAY + UNUSED + 2 * DAY) == RetentionRun(warned=4)
    assert sorted(notice.recipient or "" for notice in messages(session)) == sorted(
        account.email for account in accounts
    )
    assert run_at(TODAY + UNUSED + 2 * DAY + WARNING) == RetentionRun(erased=8)
    assert {notice.recipient for notice in messages(session)} == {None}


def test_one_that_cannot_be_erased_does_not_keep_the_others(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [make_resident(f"r{number}@example.org", warned_at=TODAY) for number in range(3)]

    def refuse_the_first(session: Session, actor: Any, account_id: int, action: str, **how: bool) -> bool:
        if account_id == accounts[0].actor_id:
            raise Conflict("no")
        return erase_account(session, actor, account_id, action, **how)

    monkeypatch.setattr(retention, "erase_account", refuse_the_first)
    assert run_at(TODAY + UNUSED + DAY) == RetentionRun(erased=2)
    assert [state(session, account)[1] for account in accounts] == [False, True, True]


def test_runs_and_sign_ins_at_once_leave_no_half_done_account(
    app: Flask, session: Session, mail: MailBox
) -> None:
    account = make_resident(warned_at=TODAY)
    late = TODAY + UNUSED + DAY
    session.rollback()
    ready = threading.Barrier(9)
    wrong: list[str] = []

    def act(number: int) -> None:
        with app.app_context(), app.test_request_context():
            ready.wait()
            try:
                if number % 3:
                    keep_no_longer()
                else:
                    open_session(account.actor_id, Way.EMAIL)
            except Exception as error:
                if type(error).__name__ != "AccountClosed":
                    wrong.append(repr(error))

    with clock.frozen_everywhere(late):
        threads = [threading.Thread(target=act, args=(number,)) for number in range(9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    session.rollback()
    row = session.get_one(Account, account.actor_id, populate_existing=True)
    came_back = row.last_seen_on is not None
    assert came_back is (row.erased_at is None)
    assert came_back is (row.email is not None)


def test_finding_nothing_costs_one_statement_and_writes_nothing(app: Flask) -> None:
    make_resident()
    with counting(app) as seen:
        assert not anything_to_do()
    assert len(seen) == 1


def test_the_job_stands_in_the_table(app: Flask, session: Session, mail: MailBox) -> None:
    account = make_resident()
    job = next(job for job in JOBS if job.name == "retention")
    assert not run(app, job)
    with clock.frozen_everywhere(TODAY + UNUSED + DAY):
        assert run(app, job)
    assert state(session, account) == (True, False)
